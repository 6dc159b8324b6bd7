//! Words as YAML that reads back as the same words, in one line.

/// Words for a comment: one line, no control characters.
pub(crate) fn flat(words: &str) -> String {
    words
        .chars()
        .map(|letter| if is_sound(letter) { letter } else { ' ' })
        .collect()
}

/// A text as YAML in quotation marks, in one line.
pub(crate) fn quoted(words: &str) -> String {
    let flat: String = words
        .chars()
        .filter(|letter| is_sound(*letter))
        .flat_map(|letter| match letter {
            '"' | '\\' => vec!['\\', letter],
            other => vec![other],
        })
        .collect();
    format!("\"{flat}\"")
}

/// Whether YAML takes a character for itself and no more: no line break of any
/// kind, no mark of order, none of private use.
fn is_sound(letter: char) -> bool {
    !letter.is_control()
        && !matches!(
            letter,
            '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{e000}'
                ..='\u{f8ff}' | '\u{fffe}' | '\u{ffff}'
        )
}
