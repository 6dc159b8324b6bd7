//! Small words that turn a sentence: negations, "only", bounds and hedges, in
//! the languages the comparisons know. A language that isn't here is not
//! compared in these respects.

use super::tokens::Word;

/// The small words of one language.
#[derive(Debug)]
pub(crate) struct Cues {
    /// Whether a part before an apostrophe is a word of its own.
    pub(crate) elides: bool,
    /// Any of these makes a sentence deny something.
    pub(crate) negations: &'static [&'static str],
    /// "only", where it closes a list or a set of purposes.
    pub(crate) only: &'static [&'static str],
    /// After "only", these make it a condition ("only if").
    pub(crate) conditions: &'static [&'static str],
    /// Phrases that say that there is nothing else.
    pub(crate) nothing_else: &'static [&'static str],
    /// Phrases before a period that make it the least.
    pub(crate) at_least: &'static [&'static str],
    /// Phrases before a period that make it vague.
    pub(crate) about: &'static [&'static str],
    /// Phrases that say that a period starts with the end of a month, a quarter
    /// and a year.
    pub(crate) end_of: [&'static [&'static str]; 3],
    /// Phrases that take back half of what is promised.
    pub(crate) hedges: &'static [&'static str],
}

const ENGLISH: Cues = Cues {
    elides: false,
    negations: &[
        "not",
        "no",
        "never",
        "none",
        "nobody",
        "nothing",
        "neither",
        "nor",
        "without",
        "cannot",
        "nowhere",
        "refuse",
        "free",
        "exclude",
        "excluded",
        "prohibited",
        "forbidden",
        "outside",
        "avoid",
        "except",
    ],
    only: &["only", "solely", "exclusively", "purely", "merely"],
    conditions: &[
        "if",
        "when",
        "where",
        "after",
        "once",
        "until",
        "while",
        "during",
        "on",
        "upon",
        "under",
        "by",
        "people",
        "persons",
        "employees",
        "staff",
        "authorised",
        "authorized",
        "as",
        "you",
        "through",
        "in",
        "within",
    ],
    nothing_else: &[
        "nothing else",
        "no other purpose",
        "no other purposes",
        "for nothing more",
        "not for anything else",
        "never for anything else",
    ],
    at_least: &[
        "at least",
        "no less than",
        "not less than",
        "a minimum of",
        "minimum",
        "more than",
        "longer than",
        "no sooner than",
        "not before",
        "over",
    ],
    about: &[
        "about",
        "around",
        "approximately",
        "roughly",
        "some",
        "typically",
        "usually",
        "normally",
        "generally",
        "as a rule",
        "on average",
        "in principle",
    ],
    end_of: [
        &[
            "end of the month",
            "end of the calendar month",
            "end of that month",
            "month s end",
        ],
        &[
            "end of the quarter",
            "end of the calendar quarter",
            "end of that quarter",
            "quarter s end",
        ],
        &[
            "end of the year",
            "end of the calendar year",
            "end of that year",
            "end of the financial year",
            "close of the year",
            "close of the calendar year",
            "year s end",
            "year end",
        ],
    ],
    hedges: &[
        "try to",
        "aim to",
        "endeavour to",
        "endeavor to",
        "strive to",
        "seek to",
        "intend to",
        "where possible",
        "if possible",
        "where practicable",
        "as far as possible",
        "to the extent possible",
        "reasonable efforts",
        "best efforts",
        "we hope to",
        "commercially reasonable",
    ],
};

const FRENCH: Cues = Cues {
    elides: true,
    negations: &[
        "ne", "n", "pas", "jamais", "aucun", "aucune", "ni", "sans", "nul", "nulle", "rien",
        "personne", "hors", "exclu", "exclus", "sauf",
    ],
    only: &["uniquement", "seulement", "exclusivement"],
    conditions: &[
        "si", "lorsque", "quand", "après", "dès", "pendant", "sur", "avec", "par", "les", "dans",
        "en",
    ],
    nothing_else: &["rien d autre", "à aucune autre fin", "pas à autre chose"],
    at_least: &["au moins", "au minimum", "plus de", "minimum"],
    about: &[
        "environ",
        "en général",
        "généralement",
        "habituellement",
        "en principe",
    ],
    end_of: [
        &["fin du mois", "fin de ce mois"],
        &["fin du trimestre", "fin de ce trimestre"],
        &[
            "fin de l année",
            "fin de cette année",
            "clôture de l exercice",
            "fin de l exercice",
        ],
    ],
    hedges: &[
        "nous efforçons",
        "dans la mesure du possible",
        "si possible",
        "tentons de",
        "essayons de",
    ],
};

const GERMAN: Cues = Cues {
    elides: false,
    negations: &[
        "nicht", "nie", "niemals", "kein", "keine", "keinen", "keiner", "keinem", "keines",
        "weder", "noch", "ohne", "nichts", "niemand", "außer",
    ],
    only: &["nur", "ausschließlich", "lediglich"],
    conditions: &[
        "wenn", "falls", "nach", "sobald", "während", "bei", "auf", "mit", "durch", "in",
    ],
    nothing_else: &[
        "nichts anderes",
        "keinem anderen zweck",
        "keinen anderen zweck",
    ],
    at_least: &["mindestens", "wenigstens", "mehr als", "länger als"],
    about: &[
        "etwa",
        "ungefähr",
        "circa",
        "ca",
        "in der regel",
        "üblicherweise",
        "grundsätzlich",
    ],
    end_of: [
        &[
            "ende des monats",
            "ende des kalendermonats",
            "schluss des monats",
            "monatsende",
        ],
        &[
            "ende des quartals",
            "ende des kalendervierteljahres",
            "quartalsende",
        ],
        &[
            "ende des jahres",
            "ende des kalenderjahres",
            "schluss des jahres",
            "schluss des kalenderjahres",
            "ende des geschäftsjahres",
            "jahresende",
        ],
    ],
    hedges: &[
        "bemühen uns",
        "versuchen",
        "nach möglichkeit",
        "soweit möglich",
    ],
};

impl Cues {
    /// The small words of a language by its tag.
    pub(crate) fn of(language: &str) -> Option<&'static Self> {
        match language.split('-').next()? {
            "en" => Some(&ENGLISH),
            "fr" => Some(&FRENCH),
            "de" => Some(&GERMAN),
            _ => None,
        }
    }

    /// Whether any word denies something.
    pub(crate) fn denies(&self, words: &[Word]) -> bool {
        words.iter().any(|word| self.is_negation(&word.text))
    }

    /// Whether a word denies something: "not", "don't", "n't".
    pub(crate) fn is_negation(&self, word: &str) -> bool {
        self.negations.contains(&word)
            || word.ends_with("n't")
            || word.ends_with("-free")
            || word.starts_with("non-")
    }
}
