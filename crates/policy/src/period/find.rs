//! Finds periods in running text. A period is a number, perhaps the same
//! number again in brackets, perhaps a word on what kind of day, and a unit:
//! "seven (7) working days", "a 30-day period", "one calendar month". Rates
//! ("once a day", "24 hours a day") are not periods.

use std::borrow::Cow;
use std::ops::Range;

use super::words::Language;
use super::{AMOUNT_MAX, Period, PeriodError, Unit};

/// Words of the longest number: "quatre-vingt-dix-neuf", with "cent" before.
const NUMBER_WORDS_MAX: usize = 6;

/// Every period in an English text, with its bytes, in order.
///
/// ```
/// use candor_policy::period::{Period, Unit, find_periods};
///
/// let found = find_periods("answered within 24 hours, done in a month");
/// assert_eq!(found[0], (16..24, Period { amount: 24, unit: Unit::Hours }));
/// assert_eq!(found[1].1, Period::ONE_MONTH);
/// ```
#[must_use]
pub fn find_periods(text: &str) -> Vec<(Range<usize>, Period)> {
    find(text, Language::English)
}

/// Every period in a text of this language (a BCP 47 tag: English, French and
/// German are read), with its bytes, in order; `None` for other languages.
///
/// ```
/// use candor_policy::period::{Period, Unit, find_periods_in};
///
/// let found = find_periods_in("sous sept jours ouvrés", "fr-FR").unwrap();
/// assert_eq!(found[0].1, Period { amount: 7, unit: Unit::WorkingDays });
/// assert_eq!(find_periods_in("yhdessä kuukaudessa", "fi"), None);
/// ```
#[must_use]
pub fn find_periods_in(text: &str, language: &str) -> Option<Vec<(Range<usize>, Period)>> {
    Some(find(text, Language::of(language)?))
}

fn find(text: &str, language: Language) -> Vec<(Range<usize>, Period)> {
    let tokens = tokens(text);
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        match read(&tokens, at, language) {
            Some(read) => {
                if let Ok(amount) = amount(read.amount) {
                    let unit = read.unit;
                    found.push((read.span, Period { amount, unit }));
                }
                at = read.next;
            }
            None => at += 1,
        }
    }
    found
}

/// A text that is one period and nothing else.
pub(super) fn parse(text: &str) -> Result<Period, PeriodError> {
    let tokens = tokens(text);
    let read = read(&tokens, 0, Language::English).ok_or(PeriodError::Unclear)?;
    let leftover = |part: Option<&str>| part.is_none_or(|part| !part.trim().is_empty());
    if leftover(text.get(..read.span.start)) || leftover(text.get(read.span.end..)) {
        return Err(PeriodError::Unclear);
    }
    let amount = amount(read.amount)?;
    Ok(Period {
        amount,
        unit: read.unit,
    })
}

fn amount(amount: u64) -> Result<u32, PeriodError> {
    match u32::try_from(amount) {
        Ok(0) => Err(PeriodError::Zero),
        Ok(amount) if amount <= AMOUNT_MAX => Ok(amount),
        _ => Err(PeriodError::TooLong),
    }
}

/// A period as read: its bytes, and the token after it.
struct Read {
    amount: u64,
    unit: Unit,
    span: Range<usize>,
    next: usize,
}

fn read(tokens: &[Token<'_>], start: usize, language: Language) -> Option<Read> {
    let first = tokens.get(start)?;
    let (amount, mut at) = count(tokens, start, language)?;
    if language.is_article(first.lower()) && is_rate(tokens, start, language) {
        return None;
    }
    let kind_at = |at: usize| {
        let token: Option<&Token<'_>> = tokens.get(at);
        token.and_then(|token| language.kind_of_day(token.lower()))
    };
    let mut working = false;
    while let Some(kind) = kind_at(at) {
        working |= kind;
        at += 1;
    }
    let unit = language.unit(tokens.get(at)?.lower())?;
    // "jours ouvrés": in French the kind of day comes last.
    while let Some(kind) = kind_at(at + 1).filter(|_| language == Language::French) {
        let joined = tokens.get(at + 1).is_some_and(|token| token.joined);
        if !joined {
            break;
        }
        working |= kind;
        at += 1;
    }
    let last = tokens.get(at)?;
    let rest = tokens.get(start + 1..=at).unwrap_or_default();
    if !rest.iter().all(|token| token.joined) {
        return None;
    }
    let unit = match (unit, working) {
        (Unit::Days, true) => Unit::WorkingDays,
        (unit, _) => unit,
    };
    // "24 hours a day", "7 days per week": how often, not how long.
    let rate = tokens
        .get(at + 1)
        .is_some_and(|next| language.is_rate(next.lower()))
        && tokens
            .get(at + 2)
            .is_some_and(|next| is_unit_or_number(next, language));
    (!rate).then(|| Read {
        amount,
        unit,
        span: first.start..last.end(),
        next: at + 1,
    })
}

/// What follows "per": a unit, or the 24 of "24 heures sur 24".
fn is_unit_or_number(token: &Token<'_>, language: Language) -> bool {
    let word = token.lower();
    language.unit(word).is_some()
        || (language == Language::French && language.number(&[word]).is_some())
}

/// A number and the token after it: `7`, `twenty one`, `seven (7)`, `a`.
fn count(tokens: &[Token<'_>], start: usize, language: Language) -> Option<(u64, usize)> {
    let first = tokens.get(start)?.lower();
    let (amount, taken) = if language.is_article(first) && language != Language::French {
        (1, 1)
    } else {
        let words = tokens.iter().skip(start).take(NUMBER_WORDS_MAX);
        let words: Vec<&str> = words.map(Token::lower).collect();
        language.number(&words)?
    };
    let next = start + taken;
    // The same number again in brackets: "thirty (30) days".
    let again = tokens.get(next).is_some_and(|token| {
        token.after_bracket && language.number(&[token.text]) == Some((amount, 1))
    });
    Some((amount, next + usize::from(again)))
}

/// "once a day", "hours a week": the article after these says how often.
fn is_rate(tokens: &[Token<'_>], article: usize, language: Language) -> bool {
    let before = article.checked_sub(1).and_then(|at| tokens.get(at));
    before.is_some_and(|before| {
        let word = before.lower();
        language.is_times(word) || language.unit(word).is_some()
    })
}

/// A word or number of a text.
struct Token<'a> {
    text: &'a str,
    lower: Cow<'a, str>,
    start: usize,
    after_bracket: bool,
    /// Only spaces, a hyphen or brackets stand between it and the one before.
    joined: bool,
}

impl Token<'_> {
    const fn end(&self) -> usize {
        self.start + self.text.len()
    }

    fn lower(&self) -> &str {
        &self.lower
    }
}

/// Words and numbers. A hyphen divides, except between two number words
/// ("twenty-one"), which reading them apart gives as well; a comma belongs to
/// a number only between digits.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut open: Option<(usize, bool)> = None;
    let mut bracket = false;
    let mut before = ' ';
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let digit_follows = characters
            .peek()
            .is_some_and(|(_, next)| next.is_ascii_digit());
        let digit = character.is_ascii_digit()
            || (character == ',' && before.is_ascii_digit() && digit_follows);
        let part = digit || character.is_alphanumeric();
        if let Some((start, number)) = open
            && (!part || number != digit)
        {
            push(&mut tokens, text, start..at, &mut bracket);
            open = None;
        }
        if part && open.is_none() {
            open = Some((at, digit));
        }
        bracket = bracket && part || character == '(';
        before = character;
    }
    if let Some((start, _)) = open {
        push(&mut tokens, text, start..text.len(), &mut bracket);
    }
    tokens
}

fn push<'a>(tokens: &mut Vec<Token<'a>>, text: &'a str, span: Range<usize>, bracket: &mut bool) {
    let before = tokens.last().map_or(0, Token::end);
    let gap = text.get(before..span.start).unwrap_or_default();
    let joined = gap
        .chars()
        .all(|character| character.is_whitespace() || matches!(character, '-' | '‑' | '(' | ')'));
    if let Some(word) = text.get(span.clone()) {
        tokens.push(Token {
            text: word,
            lower: match word.bytes().all(|byte| byte.is_ascii_lowercase()) {
                true => Cow::Borrowed(word),
                false => Cow::Owned(word.to_lowercase()),
            },
            start: span.start,
            after_bracket: *bracket,
            joined,
        });
    }
    *bracket = false;
}
