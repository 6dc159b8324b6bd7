//! `${NAME}` stands for an environment variable. In YAML's short maps a brace
//! ends the value, so the braces are masked, one character for one, before the
//! parser sees them and restored in the values it hands back. A file that
//! already holds the masking characters is refused: they are private-use code
//! points that no policy needs.

use std::borrow::Cow;

const OPEN: char = '\u{E000}';
const CLOSE: char = '\u{E001}';

/// The text with the braces of every `${NAME}` masked, or the byte position of
/// a masking character that was already there.
pub(super) fn mask(source: &str) -> Result<Cow<'_, str>, usize> {
    if let Some(offset) = source.find([OPEN, CLOSE]) {
        return Err(offset);
    }
    if !source.contains("${") {
        return Ok(Cow::Borrowed(source));
    }
    let mut masked = String::with_capacity(source.len() + 16);
    let mut rest = source;
    while let Some((before, after)) = rest.split_once("${") {
        masked.push_str(before);
        match after.split_once('}') {
            Some((name, tail)) if is_name(name) => {
                masked.extend(['$', OPEN]);
                masked.push_str(name);
                masked.push(CLOSE);
                rest = tail;
            }
            _ => {
                masked.push_str("${");
                rest = after;
            }
        }
    }
    masked.push_str(rest);
    Ok(Cow::Owned(masked))
}

/// A value with its braces back.
pub(super) fn unmask(value: &str) -> String {
    value
        .chars()
        .map(|character| match character {
            OPEN => '{',
            CLOSE => '}',
            other => other,
        })
        .collect()
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
