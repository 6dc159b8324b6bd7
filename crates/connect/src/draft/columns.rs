//! What a column seems to hold: by its name, its type, and the form of its
//! sampled values. Pure. Text that nothing explains is a question: a column
//! somebody forgot is how personal data survives an erasure.

use candor_policy::catalogue::looks_personal;
use candor_policy::charter::covers;

use super::names::{self, stems};
use super::sample::Counts;
use super::statements::Form;
use super::{DraftColumn, Reason, Terms};
use crate::catalogue::{Class, Column};

/// Values from which their form counts.
const VALUES_MIN: u64 = 10;
/// Share of values, in hundredths, whose form agrees.
const AGREE_SHARE: u64 = 90;
const CONTRADICT_SHARE: u64 = 40;
/// A text with no more different values than this in many rows is a choice.
const CHOICES_MAX: u64 = 12;
const CHOICE_ROWS_MIN: u64 = 50;

/// Last words of texts that say nothing about a person.
const PLAIN: [&str; 38] = [
    "status",
    "state",
    "type",
    "kind",
    "currency",
    "version",
    "sku",
    "slug",
    "color",
    "colour",
    "format",
    "checksum",
    "etag",
    "mime",
    "icon",
    "unit",
    "level",
    "priority",
    "category",
    "environment",
    "region",
    "plan",
    "class",
    "mode",
    "position",
    "locale_code",
    "branch",
    "sha",
    "md5",
    "sha1",
    "sha256",
    "extension",
    "queue",
    "schema",
    "timezone",
    "severity",
    "visibility",
    "permission",
];

/// Last words of texts that people write.
const WRITTEN: [&str; 26] = [
    "body",
    "content",
    "message",
    "comment",
    "note",
    "reply",
    "bio",
    "biography",
    "feedback",
    "review",
    "text",
    "excerpt",
    "question",
    "answer",
    "remark",
    "testimonial",
    "signature",
    "reason",
    "description",
    "title",
    "subject",
    "caption",
    "headline",
    "summary",
    "story",
    "complaint",
];

/// Last words of texts by which people look for something.
const SOUGHT: [&str; 3] = ["query", "search", "keyword"];

/// Moments in a person's use of an account.
const MOMENTS: [&[&str]; 8] = [
    &["last", "login"],
    &["last", "sign", "in"],
    &["current", "sign", "in"],
    &["last", "seen"],
    &["last", "active"],
    &["last", "activity"],
    &["last", "logged"],
    &["last", "used"],
];

/// Secrets that looks at personal columns leave out.
const SECRETS: [&str; 10] = [
    "token",
    "secret",
    "otp",
    "salt",
    "password",
    "passphrase",
    "passcode",
    "pin",
    "apikey",
    "credential",
];

/// What a column belongs to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    /// Its table's name.
    pub(super) table: &'a str,
    pub(super) column: &'a Column,
    pub(super) counts: Option<&'a Counts>,
    /// Each row of its table is a person.
    pub(super) is_persons: bool,
    /// Rows of its table are some person's.
    pub(super) is_owned: bool,
    /// Paths that its JSON objects share.
    pub(super) paths: &'a [Vec<String>],
}

/// What a column holds that no edge or key uses.
pub(super) fn content(place: &Place<'_>, terms: &Terms) -> DraftColumn {
    let (content, reason) = guess(place);
    let column = |content, reason| DraftColumn {
        name: place.column.name.clone(),
        content,
        reason,
    };
    let Some(category) = content.filter(|content| content != "plain" && content != "key") else {
        // Nothing, `plain` or `key` needs no declaration.
        return column(plain_or_none(&reason), reason);
    };
    let refused = if terms.forbidden.iter().any(|own| covers(own, &category)) {
        Some(format!(
            "{}; the policy says it is never collected",
            reason.why
        ))
    } else {
        let declared = terms.declared.as_ref();
        declared
            .is_some_and(|declared| !declared.iter().any(|own| covers(own, &category)))
            .then(|| format!("{}; `data` does not declare it", reason.why))
    };
    match refused {
        Some(why) => column(Some(category), Reason::undetermined(why)),
        None => column(Some(category), reason),
    }
}

fn plain_or_none(reason: &Reason) -> Option<String> {
    (reason.grade != super::Grade::Undetermined).then(|| "plain".to_owned())
}

fn guess(place: &Place<'_>) -> (Option<String>, Reason) {
    if let Some(found) = by_values(place) {
        return found;
    }
    if let Some((category, why)) = by_name(place) {
        return against_values(category, why, place.counts);
    }
    by_type(place)
}

/// Forms that leave no doubt.
fn by_values(place: &Place<'_>) -> Option<(Option<String>, Reason)> {
    const FORMS: [(Form, &str, &str); 4] = [
        (Form::Email, "contact.email", "an e-mail address"),
        (
            Form::PasswordHash,
            "credential.password",
            "a password's hash",
        ),
        (Form::UserAgent, "device.user_agent", "a browser's name"),
        (Form::Ip, "device.ip", "an IP address"),
    ];
    let counts = place.counts.filter(|counts| counts.filled > 0)?;
    for (form, category, what) in FORMS {
        let with = counts.of(form);
        if with * 100 < counts.filled * AGREE_SHARE {
            continue;
        }
        let why = format!(
            "{with} of {} sampled values have the form of {what}",
            counts.filled
        );
        let named = looks_personal(&place.column.name, &place.column.type_name)
            .is_some_and(|own| covers(own, category) || covers(category, own));
        let reason = if counts.filled >= VALUES_MIN || named {
            Reason::proven(why)
        } else {
            Reason::weak(why)
        };
        return Some((Some(category.to_owned()), reason));
    }
    None
}

fn by_name(place: &Place<'_>) -> Option<(&'static str, &'static str)> {
    let column = place.column;
    let about = stems(place.table);
    let has = |word: &str| about.iter().any(|own| own == word);
    if let Some(category) = looks_personal(&column.name, &column.type_name) {
        // `email_addresses.address` is no place where somebody lives.
        let is_mail = category == "contact.address" && (has("email") || has("mail"));
        let category = if is_mail { "contact.email" } else { category };
        return Some((category, "by its name"));
    }
    let words = stems(&column.name);
    let last = words.last().map_or("", String::as_str);
    let is_text = matches!(column.class, Class::Text | Class::Textual | Class::Bytes);
    match column.type_name.as_str() {
        "inet" | "cidr" => return Some(("device.ip", "by its type")),
        "macaddr" | "macaddr8" => return Some(("device.id", "by its type")),
        "point" | "geography" => return Some(("location.precise", "by its type")),
        _ => {}
    }
    let ends = |ending: &[&str]| words.windows(ending.len()).any(|own| own == ending);
    let is_moment = place
        .counts
        .is_some_and(|counts| counts.filled > 0 && counts.of(Form::Moment) == counts.filled);
    // A moment may be a number of seconds: `last_login_ts`.
    let is_stamp =
        column.class == Class::Integer && matches!(last, "ts" | "at" | "time" | "timestamp");
    if (column.class == Class::Time || is_moment || is_stamp)
        && MOMENTS.iter().any(|moment| ends(moment))
    {
        return Some(("account.history", "by its name"));
    }
    if is_text && place.is_persons && (last == "name" || last == "login") && words.len() == 1 {
        let category = if last == "login" { "username" } else { "name" };
        return Some((category, "a person's, by its name"));
    }
    let is_name = last == "name" && by_person(&words, &about, place.is_persons);
    if is_text && is_name {
        return Some(("name", "a person's, by its name"));
    }
    let is_number = column.class == Class::Integer;
    if (is_text || is_number || column.class == Class::Time) && is_birth(&words) {
        return Some(("demographic.birth_date", "by its name"));
    }
    if let Some(category) = of_table(&words, &about).filter(|_| is_text && place.is_owned) {
        return Some((category, "by its table's name"));
    }
    if is_secret(place, &words, &about) {
        return Some(("credential", "by its name"));
    }
    if is_text && place.is_owned && matches!(last, "locale" | "language") {
        return Some(("demographic.language", "by its name"));
    }
    if is_text && place.is_owned && SOUGHT.contains(&last) {
        return Some(("behavior.search", "by its name"));
    }
    // What a program writes about itself.
    let is_machine = words
        .iter()
        .any(|word| matches!(word.as_str(), "error" | "failure" | "warning"));
    let is_written = is_text && !is_machine && WRITTEN.contains(&last);
    (is_written && place.is_owned).then_some(("content", "people write it, by its name"))
}

/// Whether a name is somebody's: `youth_name`, or the `name` of `judges`.
fn by_person(words: &[String], about: &[String], is_persons: bool) -> bool {
    let whose = match words {
        [_] if !is_persons && about.len() <= 2 => about.last(),
        [.., whose, _] => Some(whose),
        _ => None,
    };
    whose.is_some_and(|whose| names::is_persons_word(whose))
}

/// `birth_month_year`, not `birth_place`.
fn is_birth(words: &[String]) -> bool {
    const ELSEWHERE: [&str; 7] = [
        "place",
        "city",
        "town",
        "country",
        "name",
        "weight",
        "certificate",
    ];
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    has(&["birth", "birthday", "birthdate"]) && !has(&ELSEWHERE)
}

/// What the rows of a table say that is called after what it holds: the
/// `line_1` of `addresses`, the `value` of `answers`.
fn of_table(words: &[String], about: &[String]) -> Option<&'static str> {
    const LINES: [&str; 8] = [
        "line",
        "zip",
        "postcode",
        "postal",
        "house",
        "building",
        "apartment",
        "flat",
    ];
    let (first, rest) = words.split_first()?;
    let holds = about.last().map_or("", String::as_str);
    let is_it = rest.is_empty() && matches!(first.as_str(), "content" | "value" | "text" | "full");
    let is_number = rest.is_empty() && first == "number";
    let is_elsewhere = ["email", "mail", "ip", "mac"]
        .iter()
        .any(|kind| about.iter().any(|own| own == kind));
    match holds {
        "address" if !is_elsewhere && (is_it || LINES.contains(&first.as_str())) => {
            Some("contact.address")
        }
        "phone" | "telephone" if is_it || is_number => Some("contact.phone"),
        _ if is_it && WRITTEN.contains(&holds) => Some("content"),
        _ => None,
    }
}

/// Whether a column holds what lets somebody in: `reset_token`, `backup_codes`,
/// and the `key` or `value` of an `api_key`.
fn is_secret(place: &Place<'_>, words: &[String], about: &[String]) -> bool {
    let class = place.column.class;
    let last = words.last().map_or("", String::as_str);
    let is_text = matches!(class, Class::Text | Class::Textual | Class::Bytes);
    let can_hold = is_text || class == Class::Json;
    let named = words.iter().any(|word| SECRETS.contains(&word.as_str()));
    let of_key = ["api", "access"]
        .iter()
        .any(|kind| about.ends_with(&[(*kind).to_owned(), "key".to_owned()]))
        || about.last().is_some_and(|last| last == "token");
    let is_value = of_key && words.len() == 1 && matches!(last, "key" | "value" | "token");
    let is_code = last == "code"
        && words
            .iter()
            .any(|word| matches!(word.as_str(), "backup" | "recovery" | "scratch"));
    let is_owns = place.is_owned && (is_code || (named && !PLAIN.contains(&last)));
    can_hold && (is_owns || (is_text && is_value))
}

/// A name that the values contradict is a question.
fn against_values(
    category: &'static str,
    why: &str,
    counts: Option<&Counts>,
) -> (Option<String>, Reason) {
    let form = match category {
        "contact.email" => Some(Form::Email),
        "device.ip" => Some(Form::Ip),
        "device.user_agent" => None,
        _ => None,
    };
    let content = Some(category.to_owned());
    if let (Some(form), Some(counts)) = (form, counts)
        && counts.filled >= VALUES_MIN
    {
        let with = counts.of(form);
        let seen = format!(
            "{why}; {with} of {} sampled values look like it",
            counts.filled
        );
        // Addresses are stored encrypted, hashed or in other forms, too.
        let reason = if with * 100 < counts.filled * CONTRADICT_SHARE {
            Reason::undetermined(seen)
        } else {
            Reason::weak(seen)
        };
        return (content, reason);
    }
    (content, Reason::weak(why))
}

fn by_type(place: &Place<'_>) -> (Option<String>, Reason) {
    let column = place.column;
    let plain = || Some("plain".to_owned());
    let words = stems(&column.name);
    let last = words.last().map_or("", String::as_str);
    match column.class {
        Class::Time | Class::Integer | Class::Uuid => {
            return (plain(), Reason::weak("by its type"));
        }
        Class::Other if !column.type_name.is_empty() => {
            return (plain(), Reason::weak("by its type"));
        }
        Class::Json if !place.is_owned => return (plain(), Reason::weak("no row is a person's")),
        Class::Json => return (None, Reason::undetermined(json(place.paths))),
        _ => {}
    }
    if !place.is_owned {
        return (
            plain(),
            Reason::weak("no row is a person's, and its name says nothing"),
        );
    }
    if !place.paths.is_empty() {
        return (None, Reason::undetermined(json(place.paths)));
    }
    if PLAIN.contains(&last) {
        return (plain(), Reason::weak("by its name"));
    }
    let Some(counts) = place.counts.filter(|counts| counts.filled > 0) else {
        return (
            None,
            Reason::undetermined("a text, and no values to look at"),
        );
    };
    if counts.of(Form::Moment) * 100 >= counts.filled * AGREE_SHARE {
        return (plain(), Reason::weak("a date, by its values"));
    }
    if counts.distinct <= CHOICES_MAX && counts.filled >= CHOICE_ROWS_MIN {
        let why = format!(
            "{} different values in {} rows",
            counts.distinct, counts.filled
        );
        return (plain(), Reason::weak(why));
    }
    let prose = counts.of(Form::Words) * 2 > counts.filled;
    let what = if prose {
        "a text of several words"
    } else {
        "a text"
    };
    let why = format!(
        "{what}, {} different in {} rows",
        counts.distinct, counts.filled
    );
    (None, Reason::undetermined(why))
}

fn json(paths: &[Vec<String>]) -> String {
    const SHOWN_MAX: usize = 8;
    if paths.is_empty() {
        return "a document".to_owned();
    }
    let mut shown: Vec<String> = paths.iter().map(|path| path.join(".")).collect();
    let more = shown.len().saturating_sub(SHOWN_MAX);
    shown.truncate(SHOWN_MAX);
    let mut text = format!("a document with {}", shown.join(", "));
    if more > 0 {
        text.push_str(&format!(" and {more} more"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::Grade;
    use super::*;

    fn drafted(name: &str, type_name: &str, class: Class, counts: Option<Counts>) -> DraftColumn {
        let column = Column {
            name: name.to_owned(),
            type_name: type_name.to_owned(),
            class,
            nullable: true,
            generated: false,
            touched: false,
            collation: None,
        };
        let place = Place {
            table: "",
            column: &column,
            counts: counts.as_ref(),
            is_persons: false,
            is_owned: true,
            paths: &[],
        };
        let terms = Terms {
            forbidden: vec!["payment.card".to_owned()],
            ..Terms::default()
        };
        content(&place, &terms)
    }

    fn text(name: &str, counts: Option<Counts>) -> (Option<String>, Grade) {
        let drafted = drafted(name, "text", Class::Text, counts);
        (drafted.content, drafted.reason.grade)
    }

    fn is(content: &str, grade: Grade) -> (Option<String>, Grade) {
        (Some(content.to_owned()), grade)
    }

    #[test]
    fn names_and_values_must_agree_to_prove_anything() {
        let addresses = Counts::with(100, 100, Some((Form::Email, 100)));
        assert_eq!(text("email", None), is("contact.email", Grade::Weak));
        assert_eq!(
            text("email", Some(addresses.clone())),
            is("contact.email", Grade::Proven)
        );
        assert_eq!(
            text("field_17", Some(addresses)),
            is("contact.email", Grade::Proven)
        );
        assert_eq!(
            text("email", Some(Counts::with(100, 100, None))),
            is("contact.email", Grade::Undetermined)
        );
    }

    #[test]
    fn a_text_that_nothing_explains_is_a_question() {
        assert_eq!(text("ref_a", None), (None, Grade::Undetermined));
        assert_eq!(
            text("ref_a", Some(Counts::with(500, 480, None))),
            (None, Grade::Undetermined)
        );
        assert_eq!(
            text("ref_a", Some(Counts::with(500, 4, None))),
            is("plain", Grade::Weak)
        );
        assert_eq!(text("status", None), is("plain", Grade::Weak));
    }

    #[test]
    fn what_the_policy_rules_out_is_never_written_as_a_fact() {
        assert_eq!(
            text("card_number", None),
            is("payment.card", Grade::Undetermined)
        );
    }
}
