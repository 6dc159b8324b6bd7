//! Words the generator draws from: people, companies, places, products.
//!
//! Invariant: every address ends in `.example` (RFC 2606), so no mail of the
//! demo can reach anybody.

/// Given names as written, and as they stand in an e-mail address.
pub(crate) const FIRST: &[(&str, &str)] = &[
    ("Adèle", "adele"),
    ("Agnieszka", "agnieszka"),
    ("Alba", "alba"),
    ("Amélie", "amelie"),
    ("Anders", "anders"),
    ("Anneke", "anneke"),
    ("Antoine", "antoine"),
    ("Astrid", "astrid"),
    ("Beatriz", "beatriz"),
    ("Björn", "bjorn"),
    ("Bram", "bram"),
    ("Camille", "camille"),
    ("Carla", "carla"),
    ("Chiara", "chiara"),
    ("Clément", "clement"),
    ("Daan", "daan"),
    ("Diogo", "diogo"),
    ("Elif", "elif"),
    ("Elena", "elena"),
    ("Émile", "emile"),
    ("Enzo", "enzo"),
    ("Femke", "femke"),
    ("Filipa", "filipa"),
    ("François", "francois"),
    ("Giulia", "giulia"),
    ("Greta", "greta"),
    ("Hanna", "hanna"),
    ("Hugo", "hugo"),
    ("Inês", "ines"),
    ("Iris", "iris"),
    ("Jakub", "jakub"),
    ("Joana", "joana"),
    ("Jonas", "jonas"),
    ("Jürgen", "jurgen"),
    ("Karin", "karin"),
    ("Katarzyna", "katarzyna"),
    ("Lars", "lars"),
    ("Léa", "lea"),
    ("Lena", "lena"),
    ("Lorenzo", "lorenzo"),
    ("Lucía", "lucia"),
    ("Maja", "maja"),
    ("Marek", "marek"),
    ("Marta", "marta"),
    ("Matteo", "matteo"),
    ("Maxime", "maxime"),
    ("Mehmet", "mehmet"),
    ("Nina", "nina"),
    ("Noémie", "noemie"),
    ("Oskar", "oskar"),
    ("Pablo", "pablo"),
    ("Paula", "paula"),
    ("Pieter", "pieter"),
    ("Rafael", "rafael"),
    ("Saskia", "saskia"),
    ("Sofia", "sofia"),
    ("Søren", "soren"),
    ("Théo", "theo"),
    ("Tomasz", "tomasz"),
    ("Valentina", "valentina"),
    ("Viktor", "viktor"),
    ("Wout", "wout"),
    ("Yasmin", "yasmin"),
    ("Zoë", "zoe"),
];

/// Family names, likewise.
pub(crate) const LAST: &[(&str, &str)] = &[
    ("Aalto", "aalto"),
    ("Almeida", "almeida"),
    ("Andersson", "andersson"),
    ("Bakker", "bakker"),
    ("Bauer", "bauer"),
    ("Bianchi", "bianchi"),
    ("Blanchard", "blanchard"),
    ("Borg", "borg"),
    ("Boucher", "boucher"),
    ("Castro", "castro"),
    ("Chevalier", "chevalier"),
    ("Conti", "conti"),
    ("Costa", "costa"),
    ("De Smet", "desmet"),
    ("De Vries", "devries"),
    ("Delgado", "delgado"),
    ("Demir", "demir"),
    ("Dupont", "dupont"),
    ("Eriksson", "eriksson"),
    ("Esposito", "esposito"),
    ("Fernández", "fernandez"),
    ("Fischer", "fischer"),
    ("Fontaine", "fontaine"),
    ("Gallo", "gallo"),
    ("García", "garcia"),
    ("Girard", "girard"),
    ("Hoffmann", "hoffmann"),
    ("Huber", "huber"),
    ("Iglesias", "iglesias"),
    ("Jansen", "jansen"),
    ("Janssens", "janssens"),
    ("Kaya", "kaya"),
    ("Kowalski", "kowalski"),
    ("Kral", "kral"),
    ("Lambert", "lambert"),
    ("Larsen", "larsen"),
    ("Lefèvre", "lefevre"),
    ("Lindqvist", "lindqvist"),
    ("Lombardi", "lombardi"),
    ("Lopes", "lopes"),
    ("Maes", "maes"),
    ("Marchand", "marchand"),
    ("Mazur", "mazur"),
    ("Moreau", "moreau"),
    ("Müller", "muller"),
    ("Navarro", "navarro"),
    ("Nowak", "nowak"),
    ("Nyström", "nystrom"),
    ("Oliveira", "oliveira"),
    ("Peeters", "peeters"),
    ("Perrin", "perrin"),
    ("Ricci", "ricci"),
    ("Rousseau", "rousseau"),
    ("Santos", "santos"),
    ("Schmitt", "schmitt"),
    ("Steiner", "steiner"),
    ("Torres", "torres"),
    ("Van Dijk", "vandijk"),
    ("Visser", "visser"),
    ("Wagner", "wagner"),
    ("Weber", "weber"),
    ("Wójcik", "wojcik"),
    ("Ziegler", "ziegler"),
    ("Zimmer", "zimmer"),
];

/// First halves of company names.
pub(crate) const TRADE: &[&str] = &[
    "atelier",
    "studio",
    "labor",
    "werkstatt",
    "bureau",
    "agence",
    "officina",
    "taller",
    "verlag",
    "galerie",
    "librairie",
    "cantina",
    "fabrik",
    "maison",
    "casa",
    "huis",
    "kontor",
    "forge",
    "jardin",
    "bakkerij",
    "editions",
    "radio",
    "theatre",
    "musik",
    "design",
    "data",
    "code",
    "pixel",
    "cloud",
    "logistik",
    "energie",
    "optik",
    "sport",
    "velo",
    "kino",
    "kaffee",
];

/// Second halves.
pub(crate) const PLACE: &[&str] = &[
    "nord", "sud", "aurore", "lumen", "boreal", "castor", "delta", "ecluse", "falaise", "granit",
    "horizon", "iris", "jura", "kompass", "laguna", "merle", "noir", "ombre", "pivoine", "quai",
    "rivage", "sable", "tilleul", "vallon", "wald", "zenit", "hafen", "brise", "canal", "faro",
    "alba", "monte", "verde", "azul", "rosa", "prado",
];

/// Hosts of private mailboxes.
pub(crate) const MAILBOX: &[&str] = &[
    "courriel.example",
    "posteo-mail.example",
    "mailbox.example",
    "correo.example",
    "posta.example",
];

/// A country of the European Union and what an address there looks like.
#[derive(Clone, Copy, Default)]
pub(crate) struct Country {
    pub(crate) code: &'static str,
    pub(crate) locale: &'static str,
    pub(crate) city: &'static str,
    pub(crate) street: &'static str,
    /// First two digits of the postcode.
    pub(crate) postcode: i64,
}

const fn country(
    code: &'static str,
    locale: &'static str,
    city: &'static str,
    street: &'static str,
    postcode: i64,
) -> Country {
    Country {
        code,
        locale,
        city,
        street,
        postcode,
    }
}

pub(crate) const COUNTRIES: &[Country] = &[
    country("FR", "fr-FR", "Lyon", "rue des Lilas", 69),
    country("FR", "fr-FR", "Nantes", "quai de la Fosse", 44),
    country("FR", "fr-FR", "Lille", "rue du Molinel", 59),
    country("FR", "fr-FR", "Strasbourg", "rue des Juifs", 67),
    country("DE", "de-DE", "Leipzig", "Karl-Heine-Straße", 42),
    country("DE", "de-DE", "Hamburg", "Bei der Flottbeker Mühle", 22),
    country("NL", "nl-NL", "Utrecht", "Oudegracht", 35),
    country("BE", "nl-BE", "Gent", "Coupure Links", 90),
    country("BE", "fr-BE", "Liège", "rue Hors-Château", 40),
    country("ES", "es-ES", "Valencia", "Carrer de Cadis", 46),
    country("IT", "it-IT", "Torino", "Via Barbaroux", 10),
    country("PT", "pt-PT", "Porto", "Rua do Almada", 40),
    country("AT", "de-AT", "Graz", "Sporgasse", 80),
    country("PL", "pl-PL", "Wrocław", "ulica Ruska", 50),
    country("SE", "sv-SE", "Malmö", "Friisgatan", 21),
];

/// What is sold: key, name on the invoice, price per month.
pub(crate) const PRODUCTS: &[(&str, &str, i64)] = &[
    ("vm-s", "Virtual machine S, 1 vCPU, 2 GB", 490),
    ("vm-m", "Virtual machine M, 2 vCPU, 8 GB", 1490),
    ("vm-l", "Virtual machine L, 8 vCPU, 32 GB", 5900),
    ("ct-s", "Container S, 512 MB", 290),
    ("ct-m", "Container M, 2 GB", 790),
];

/// What goes with it.
pub(crate) const EXTRAS: &[(&str, &str, i64)] = &[
    ("backup-daily", "Daily backup", 250),
    ("ipv4-extra", "Additional IPv4 address", 200),
    ("snapshot-10", "Ten snapshots", 150),
];

pub(crate) const TEMPLATES: &[&str] = &[
    "debian-13",
    "ubuntu-26.04",
    "alpine-3.23",
    "freebsd-15",
    "postgres-18",
    "wordpress-7",
];

pub(crate) const USER_AGENTS: &[&str] = &[
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 15_1) AppleWebKit/605.1.15 Version/26.0 Safari/605.1.15",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 26_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
];

/// Articles of the help centre.
pub(crate) const ARTICLES: &[&str] = &[
    "add-an-ssh-key",
    "change-your-plan",
    "close-your-account",
    "download-an-invoice",
    "export-your-data",
    "invite-your-team",
    "open-the-console",
    "resize-a-disk",
    "restore-a-backup",
    "sign-in-with-github",
    "turn-off-usage-statistics",
    "use-the-api",
];

/// The help desk's own people: id, name, e-mail, team.
pub(crate) const STAFF: &[(i64, &str, &str, &str)] = &[
    (1, "Manon Petit", "manon@stackyard.example", "support"),
    (2, "Idris Benali", "idris@stackyard.example", "support"),
    (3, "Solène Gauthier", "solene@stackyard.example", "billing"),
    (
        4,
        "Kacper Zieliński",
        "kacper@stackyard.example",
        "platform",
    ),
    (5, "Ana Duarte", "ana@stackyard.example", "support"),
    (6, "Rémi Colin", "remi@stackyard.example", "abuse"),
];

/// A word with a capital at its beginning.
pub(crate) fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}
