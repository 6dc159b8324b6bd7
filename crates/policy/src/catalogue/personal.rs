//! Which columns look personal by their name and type. A column's meaning lies
//! in the last words of its name: `billing_email` is an e-mail address,
//! `email_verified` and `email_count` are not. The type decides where the name
//! alone would mislead: a truth value is never an address.

/// What a declared type can hold.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Truth,
    Number,
    Date,
    /// Generated ids: never an address or a name, but maybe a device's.
    Id,
    /// Text, documents, bytes, network addresses, and types unknown.
    Text,
}

use Kind::{Date, Id, Number, Text};

/// Words that end a name without changing what it holds.
const QUALIFIERS: [&str; 12] = [
    "hash",
    "hashed",
    "digest",
    "encrypted",
    "enc",
    "ciphertext",
    "normalized",
    "normalised",
    "lower",
    "raw",
    "masked",
    "unconfirmed",
];

/// First words that make any name a switch.
const SWITCHES: [&str; 18] = [
    "is", "has", "can", "may", "allow", "allows", "use", "uses", "send", "notify", "require",
    "requires", "enable", "show", "hide", "skip", "wants", "accepts",
];

/// Words before `ip` or `address` that make it a machine's.
const MACHINES: [&str; 14] = [
    "server", "host", "bind", "listen", "dns", "gateway", "network", "memory", "wallet",
    "contract", "smtp", "proxy", "web", "node",
];

/// Last words of a name, the category they mean, and the kinds of type that
/// can hold it. Longer endings stand before shorter ones.
pub(super) const ENDINGS: &[(&[&str], &str, &[Kind])] = &[
    (
        &["social", "security", "number"],
        "government_id",
        &[Text, Number],
    ),
    (
        &["date", "of", "birth"],
        "demographic.birth_date",
        &[Text, Date, Number],
    ),
    (&["driver", "license", "number"], "government_id", &[Text]),
    (&["drivers", "license", "number"], "government_id", &[Text]),
    (&["email", "address"], "contact.email", &[Text]),
    (&["e", "mail"], "contact.email", &[Text]),
    (&["ip", "address"], "device.ip", &[Text]),
    (&["ip", "addr"], "device.ip", &[Text]),
    (&["remote", "addr"], "device.ip", &[Text]),
    (&["mac", "address"], "device.id", &[Text]),
    (&["mac", "addr"], "device.id", &[Text]),
    (&["user", "agent"], "device.user_agent", &[Text]),
    (&["device", "id"], "device.id", &[Text, Id]),
    (&["device", "uuid"], "device.id", &[Text, Id]),
    (&["device", "fingerprint"], "device.fingerprint", &[Text]),
    (&["browser", "fingerprint"], "device.fingerprint", &[Text]),
    (&["cookie", "id"], "device.cookie_id", &[Text, Id]),
    (&["visitor", "id"], "device.cookie_id", &[Text, Id]),
    (&["first", "name"], "name.first", &[Text]),
    (&["given", "name"], "name.first", &[Text]),
    (&["middle", "name"], "name", &[Text]),
    (&["last", "name"], "name.last", &[Text]),
    (&["family", "name"], "name.last", &[Text]),
    (&["maiden", "name"], "name.last", &[Text]),
    (&["full", "name"], "name", &[Text]),
    (&["display", "name"], "name", &[Text]),
    (&["real", "name"], "name", &[Text]),
    (&["contact", "name"], "name", &[Text]),
    (&["customer", "name"], "name", &[Text]),
    (&["billing", "name"], "name", &[Text]),
    (&["recipient", "name"], "name", &[Text]),
    (&["sender", "name"], "name", &[Text]),
    (&["author", "name"], "name", &[Text]),
    (&["owner", "name"], "name", &[Text]),
    (&["holder", "name"], "name", &[Text]),
    (&["cardholder", "name"], "name", &[Text]),
    (&["user", "name"], "username", &[Text]),
    (&["screen", "name"], "username", &[Text]),
    (&["phone", "number"], "contact.phone", &[Text, Number]),
    (&["mobile", "number"], "contact.phone", &[Text, Number]),
    (&["phone", "no"], "contact.phone", &[Text, Number]),
    (&["mobile", "no"], "contact.phone", &[Text, Number]),
    (&["account", "number"], "financial.bank_account", &[Text]),
    (&["postal", "code"], "contact.address", &[Text, Number]),
    (&["zip", "code"], "contact.address", &[Text, Number]),
    (&["address", "line"], "contact.address", &[Text]),
    (&["birth", "date"], "demographic.birth_date", &[Text, Date]),
    (
        &["birth", "year"],
        "demographic.birth_date",
        &[Text, Number],
    ),
    (&["marital", "status"], "demographic.marital", &[Text]),
    (&["tax", "id"], "financial.tax_id", &[Text, Number]),
    (&["tax", "number"], "financial.tax_id", &[Text, Number]),
    (&["vat", "id"], "financial.tax_id", &[Text, Number]),
    (&["vat", "number"], "financial.tax_id", &[Text, Number]),
    (&["national", "id"], "government_id", &[Text, Number]),
    (&["passport", "number"], "government_id.passport", &[Text]),
    (&["card", "number"], "payment.card", &[Text, Number]),
    (&["card", "last4"], "payment", &[Text, Number]),
    (&["card", "last", "four"], "payment", &[Text, Number]),
    (&["access", "token"], "credential", &[Text]),
    (&["refresh", "token"], "credential", &[Text]),
    (&["reset", "token"], "credential", &[Text]),
    (&["session", "token"], "credential", &[Text]),
    (&["api", "key"], "credential", &[Text]),
    (&["ssh", "key"], "credential", &[Text]),
    (&["totp", "secret"], "credential", &[Text]),
    (&["job", "title"], "job", &[Text]),
    (&["avatar", "url"], "content.photo", &[Text]),
    (&["profile", "picture"], "content.photo", &[Text]),
    (&["email"], "contact.email", &[Text]),
    (&["emailaddress"], "contact.email", &[Text]),
    (&["firstname"], "name.first", &[Text]),
    (&["forename"], "name.first", &[Text]),
    (&["lastname"], "name.last", &[Text]),
    (&["middlename"], "name", &[Text]),
    (&["surname"], "name.last", &[Text]),
    (&["fullname"], "name", &[Text]),
    (&["cardholder"], "name", &[Text]),
    (&["username"], "username", &[Text]),
    (&["nickname"], "username", &[Text]),
    (&["phone"], "contact.phone", &[Text, Number]),
    (&["telephone"], "contact.phone", &[Text, Number]),
    (&["msisdn"], "contact.phone", &[Text, Number]),
    (&["fax"], "contact.phone", &[Text, Number]),
    (&["street"], "contact.address", &[Text]),
    (&["postcode"], "contact.address", &[Text, Number]),
    (&["address"], "contact.address", &[Text]),
    (&["ip"], "device.ip", &[Text]),
    (&["ipaddress"], "device.ip", &[Text]),
    (&["useragent"], "device.user_agent", &[Text]),
    (&["imei"], "device.id", &[Text, Number]),
    (&["idfa"], "device.id", &[Text, Id]),
    (&["password"], "credential.password", &[Text]),
    (&["passwd"], "credential.password", &[Text]),
    (&["pwd"], "credential.password", &[Text]),
    (&["dob"], "demographic.birth_date", &[Text, Date]),
    (&["birthday"], "demographic.birth_date", &[Text, Date]),
    (&["birthdate"], "demographic.birth_date", &[Text, Date]),
    (&["gender"], "demographic.gender", &[Text]),
    (&["religion"], "demographic.religion", &[Text]),
    (&["ethnicity"], "demographic.race", &[Text]),
    (&["nationality"], "demographic", &[Text]),
    (&["ssn"], "government_id", &[Text, Number]),
    (&["cvv"], "payment.card", &[Text, Number]),
    (&["cvc"], "payment.card", &[Text, Number]),
    (&["iban"], "financial.bank_account", &[Text]),
    (&["latitude"], "location.precise", &[Text, Number]),
    (&["longitude"], "location.precise", &[Text, Number]),
    (&["referer", "url"], "behavior.referrer", &[Text]),
    (&["referrer", "url"], "behavior.referrer", &[Text]),
    (&["referer"], "behavior.referrer", &[Text]),
    (&["referrer"], "behavior.referrer", &[Text]),
    (&["avatar"], "content.photo", &[Text]),
];

/// The data category that a column seems to hold, by its name and declared
/// type; `None` where neither says so. A guess for warnings, never a fact.
///
/// ```
/// use candor_policy::catalogue::looks_personal;
///
/// assert_eq!(looks_personal("billingEmail", "text"), Some("contact.email"));
/// assert_eq!(looks_personal("email_verified", "boolean"), None);
/// assert_eq!(looks_personal("email_verified", ""), None);
/// ```
#[must_use]
pub fn looks_personal(column_name: &str, declared_type: &str) -> Option<&'static str> {
    let kind = kind(declared_type);
    let words = words(column_name);
    let first = words.first()?;
    if kind == Kind::Truth || (words.len() > 1 && SWITCHES.contains(&first.as_str())) {
        return None;
    }
    let end = words
        .iter()
        .rposition(|word| !QUALIFIERS.contains(&word.as_str()) && !is_number(word))?;
    let words: Vec<&str> = words.iter().take(end + 1).map(String::as_str).collect();
    let (ending, category, _) = ENDINGS
        .iter()
        .find(|(ending, _, kinds)| ends(&words, ending) && kinds.contains(&kind))?;
    let before = words.len().checked_sub(ending.len() + 1);
    let machine = before
        .and_then(|before| words.get(before))
        .is_some_and(|before| MACHINES.contains(before));
    let network = matches!(*category, "device.ip" | "contact.address" | "device.id");
    (!(machine && network)).then_some(*category)
}

/// Whether words end like this; the last may have a number or be several:
/// `address2`, `emails`.
fn ends(words: &[&str], ending: &[&str]) -> bool {
    let (Some((last, before)), Some((wanted, rest))) = (words.split_last(), ending.split_last())
    else {
        return false;
    };
    let bare = last.trim_end_matches(|own: char| own.is_ascii_digit());
    let is_it = [*last, bare]
        .iter()
        .any(|own| own == wanted || is_plural(own, wanted));
    is_it && before.ends_with(rest)
}

fn is_plural(word: &str, one: &str) -> bool {
    // `ips` and `fax` are too short to tell.
    let plural = if one.ends_with('s') { "es" } else { "s" };
    one.len() > 3 && word.strip_suffix(plural) == Some(one)
}

fn kind(declared_type: &str) -> Kind {
    const NUMBERS: [&str; 14] = [
        "int",
        "bigint",
        "smallint",
        "tinyint",
        "mediumint",
        "serial",
        "bigserial",
        "smallserial",
        "numeric",
        "decimal",
        "real",
        "double",
        "float",
        "money",
    ];
    let declared = declared_type.trim().to_ascii_lowercase();
    let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| declared.starts_with(prefix));
    if starts(&["bool", "tinyint(1)", "bit(1)"]) {
        Kind::Truth
    } else if starts(&["date", "time", "interval", "year"]) {
        Kind::Date
    } else if starts(&["uuid", "uniqueidentifier"]) {
        Kind::Id
    } else if starts(&NUMBERS) {
        Kind::Number
    } else {
        Kind::Text
    }
}

/// The words of a column's or table's name in lower case: `billingEmail`,
/// `billing_email` and `BILLING_EMAIL` alike. Digits at the end of a word stay
/// with it (`last4`).
#[must_use]
pub fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut lower_before = false;
    let mut open = false;
    for character in name.chars() {
        if !character.is_alphanumeric() {
            open = false;
            lower_before = false;
            continue;
        }
        if !open || (character.is_uppercase() && lower_before) {
            words.push(String::new());
            open = true;
        }
        lower_before = character.is_lowercase();
        if let Some(word) = words.last_mut() {
            word.extend(character.to_lowercase());
        }
    }
    words
}

fn is_number(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit())
}
