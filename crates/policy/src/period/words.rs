//! Numbers and units in words, by language.

use super::Unit;

/// A language whose periods are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    English,
    French,
    German,
}

impl Language {
    /// By its tag (BCP 47).
    pub(super) fn of(tag: &str) -> Option<Self> {
        match tag.split('-').next()? {
            "en" => Some(Self::English),
            "fr" => Some(Self::French),
            "de" => Some(Self::German),
            _ => None,
        }
    }

    /// Articles that stand for one.
    pub(super) fn is_article(self, word: &str) -> bool {
        match self {
            Self::English => matches!(word, "a" | "an"),
            Self::French => matches!(word, "un" | "une"),
            Self::German => matches!(word, "ein" | "eine" | "einem" | "einen" | "einer" | "eines"),
        }
    }

    /// Words after a unit that say how often: "24 hours a day".
    pub(super) fn is_rate(self, word: &str) -> bool {
        match self {
            Self::English => matches!(word, "a" | "per"),
            Self::French => matches!(word, "par" | "sur"),
            Self::German => matches!(word, "pro" | "am" | "im"),
        }
    }

    /// Words after which an article says how often: "once a day".
    pub(super) fn is_times(self, word: &str) -> bool {
        match self {
            Self::English => matches!(word, "once" | "twice" | "times" | "time"),
            Self::French => word == "fois",
            Self::German => matches!(word, "einmal" | "zweimal" | "mal"),
        }
    }

    /// Words between number and unit, or in French after it, that say what
    /// kind of day: `true` where they mean working days.
    pub(super) fn kind_of_day(self, word: &str) -> Option<bool> {
        let (working, plain): (&[&str], &[&str]) = match self {
            Self::English => (
                &["working", "business", "banking"],
                &[
                    "calendar",
                    "full",
                    "consecutive",
                    "whole",
                    "further",
                    "more",
                ],
            ),
            // Both are counted by the working days of the calendar.
            Self::French => (
                &[
                    "ouvré",
                    "ouvrés",
                    "ouvrée",
                    "ouvrées",
                    "ouvrable",
                    "ouvrables",
                ],
                &[
                    "calendaire",
                    "calendaires",
                    "civil",
                    "civils",
                    "plein",
                    "pleins",
                    "francs",
                ],
            ),
            Self::German => (
                &[],
                &["volle", "vollen", "weitere", "weiteren", "ganze", "ganzen"],
            ),
        };
        if working.contains(&word) {
            return Some(true);
        }
        plain.contains(&word).then_some(false)
    }

    /// The unit a word names.
    pub(super) fn unit(self, word: &str) -> Option<Unit> {
        Some(match (self, word) {
            (Self::English, "hour" | "hours" | "hr" | "hrs" | "h")
            | (Self::French, "heure" | "heures" | "h")
            | (Self::German, "stunde" | "stunden" | "std") => Unit::Hours,
            (Self::English, "day" | "days" | "d")
            | (Self::French, "jour" | "jours")
            | (Self::German, "tag" | "tage" | "tagen") => Unit::Days,
            (Self::English, "week" | "weeks")
            | (Self::French, "semaine" | "semaines")
            | (Self::German, "woche" | "wochen") => Unit::Weeks,
            (Self::English, "month" | "months")
            | (Self::French, "mois")
            | (Self::German, "monat" | "monate" | "monaten" | "monats") => Unit::Months,
            (Self::English, "year" | "years")
            | (Self::French, "an" | "ans" | "année" | "années")
            | (Self::German, "jahr" | "jahre" | "jahren" | "jahres") => Unit::Years,
            (Self::English, "workday" | "workdays")
            | (
                Self::German,
                "werktag" | "werktage" | "werktagen" | "arbeitstag" | "arbeitstage"
                | "arbeitstagen",
            ) => Unit::WorkingDays,
            _ => return None,
        })
    }

    /// The number that these words begin with, and how many of them it takes:
    /// `7`, `seven`, `twenty one`, `quatre vingt dix`, `einundzwanzig`. Digits
    /// may be grouped: `1,000`.
    pub(super) fn number(self, words: &[&str]) -> Option<(u64, usize)> {
        let first = words.first()?;
        if first.starts_with(|first: char| first.is_ascii_digit()) {
            return first
                .replace(',', "")
                .parse()
                .ok()
                .map(|number| (number, 1));
        }
        match self {
            Self::English => english(words),
            Self::French => french(words),
            Self::German => german(first).map(|number| (number, 1)),
        }
    }
}

/// A number in digits or in English words up to ninety-nine: `7`, `seven`,
/// `twenty-one`. Digits may be grouped: `1,000`.
pub(crate) fn number(word: &str) -> Option<u64> {
    let lower = word.to_lowercase();
    let words: Vec<&str> = lower.split('-').collect();
    let (number, taken) = Language::English.number(&words)?;
    (taken == words.len()).then_some(number)
}

const ENGLISH: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const ENGLISH_TENS: [&str; 8] = [
    "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
];
const FRENCH: [&str; 17] = [
    "zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze",
    "douze", "treize", "quatorze", "quinze", "seize",
];
const FRENCH_TENS: [(&str, u64); 9] = [
    ("vingt", 20),
    ("vingts", 20),
    ("trente", 30),
    ("quarante", 40),
    ("cinquante", 50),
    ("soixante", 60),
    ("septante", 70),
    ("huitante", 80),
    ("nonante", 90),
];
const GERMAN: [&str; 20] = [
    "null",
    "eins",
    "zwei",
    "drei",
    "vier",
    "fünf",
    "sechs",
    "sieben",
    "acht",
    "neun",
    "zehn",
    "elf",
    "zwölf",
    "dreizehn",
    "vierzehn",
    "fünfzehn",
    "sechzehn",
    "siebzehn",
    "achtzehn",
    "neunzehn",
];
const GERMAN_TENS: [&str; 8] = [
    "zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig",
];

/// The place of a word in a table, as a number.
fn place(table: &[&str], word: &str) -> Option<u64> {
    let at = table.iter().position(|known| *known == word)?;
    u64::try_from(at).ok()
}

fn english(words: &[&str]) -> Option<(u64, usize)> {
    let first = words.first()?;
    if let Some(small) = place(&ENGLISH, first) {
        return Some((small, 1));
    }
    let ten = (place(&ENGLISH_TENS, first)? + 2) * 10;
    let one = words.get(1).and_then(|word| place(&ENGLISH, word));
    Some(match one.filter(|one| (1..10).contains(one)) {
        Some(one) => (ten + one, 2),
        None => (ten, 1),
    })
}

/// Up to 199: "cent vingt", "quatre-vingt-dix-neuf", "vingt et un".
fn french(words: &[&str]) -> Option<(u64, usize)> {
    let mut total: u64 = 0;
    let mut taken = 0;
    for (at, word) in words.iter().enumerate() {
        let below = total % 100;
        let small = place(&FRENCH, word).or((*word == "une").then_some(1));
        let ten = FRENCH_TENS
            .iter()
            .find(|(known, _)| known == word)
            .map(|(_, ten)| *ten);
        match (*word, small, ten) {
            ("cent", _, _) if total == 0 => total = 100,
            ("et", _, _) if below >= 20 => continue,
            (_, _, Some(20)) if below == 4 => total += 76,
            (_, _, Some(ten)) if below == 0 => total += ten,
            (_, Some(small), _) if takes(below, small) => total += small,
            _ => break,
        }
        taken = at + 1;
    }
    (taken > 0).then_some((total, taken))
}

/// Whether a small number may follow what was said below a hundred: "vingt
/// deux", "soixante douze", "dix sept".
const fn takes(below: u64, small: u64) -> bool {
    match below {
        0 => true,
        60 | 80 => small < 20,
        10 | 70 | 90 => small >= 7 && small < 10,
        _ => below.is_multiple_of(10) && small < 10,
    }
}

fn german(word: &str) -> Option<u64> {
    if word == "hundert" || word == "einhundert" {
        return Some(100);
    }
    let small = |word: &str| place(&GERMAN, word).or((word == "ein").then_some(1));
    if let Some(number) = small(word).filter(|_| word != "ein") {
        return Some(number);
    }
    let tens = |word: &str| {
        let word = word.replace("dreissig", "dreißig");
        place(&GERMAN_TENS, &word).map(|place| (place + 2) * 10)
    };
    tens(word).or_else(|| {
        let (one, ten) = word.split_once("und")?;
        Some(small(one).filter(|one| (1..10).contains(one))? + tens(ten)?)
    })
}
