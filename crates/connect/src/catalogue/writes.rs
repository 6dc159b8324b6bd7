//! Whether a trigger may write anything but its own row. Errs on the safe side:
//! a trigger this module does not understand counts as one that writes.

/// Words that write, or run something that may.
const WRITING: [&str; 14] = [
    "insert",
    "update",
    "delete",
    "merge",
    "truncate",
    "copy",
    "replace",
    "execute",
    "perform",
    "call",
    "select",
    "notify",
    "pg_notify",
    "raise",
];

/// Functions that are known to read or compute only.
const HARMLESS: [&str; 27] = [
    "now",
    "clock_timestamp",
    "statement_timestamp",
    "transaction_timestamp",
    "coalesce",
    "lower",
    "upper",
    "trim",
    "btrim",
    "ltrim",
    "rtrim",
    "nullif",
    "greatest",
    "least",
    "length",
    "gen_random_uuid",
    "to_tsvector",
    "setweight",
    "concat",
    "md5",
    "current_timestamp",
    "utc_timestamp",
    "sysdate",
    "uuid",
    "ifnull",
    "if",
    "and",
];

/// Whether a PL/pgSQL body may write anything but `NEW`.
pub(super) fn plpgsql(body: &str) -> bool {
    let words = words(body);
    let mut following = words.iter().skip(1);
    words.iter().any(|word| {
        let next = following.next().map_or("", String::as_str);
        WRITING.contains(&word.as_str())
            || (next == "("
                && is_name(word)
                && !HARMLESS.contains(&word.as_str())
                && !matches!(
                    word.as_str(),
                    "or" | "not" | "elsif" | "when" | "return" | "in"
                ))
    })
}

/// Whether a MariaDB trigger may write anything but `NEW`. Its texts may be in
/// double quotes or hold a backslash, which this module does not read.
pub(super) fn mysql(body: &str) -> bool {
    body.contains(['"', '\\', '#', '`']) || plpgsql(body)
}

/// Whether a SQLite trigger writes: its body is made of statements, of which
/// only `SELECT` does not. `UPDATE OF` and `AFTER DELETE` before `BEGIN` are
/// the event, not the body.
pub(super) fn sqlite(definition: &str) -> bool {
    words(definition)
        .iter()
        .skip_while(|word| word.as_str() != "begin")
        .any(|word| {
            matches!(
                word.as_str(),
                "insert" | "update" | "delete" | "replace" | "raise"
            )
        })
}

fn is_name(word: &str) -> bool {
    word.chars()
        .next()
        .is_some_and(|first| first.is_alphabetic() || first == '_')
}

/// Lower-case names, and every other visible character by itself; comments and
/// text literals left out.
fn words(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        if character == '-' && characters.peek() == Some(&'-') {
            characters.by_ref().find(|&next| next == '\n');
        } else if character == '\'' {
            characters.by_ref().find(|&next| next == '\'');
        } else if character.is_alphanumeric() || character == '_' {
            let mut word: String = character.to_lowercase().collect();
            while let Some(&next) = characters.peek() {
                if !(next.is_alphanumeric() || next == '_') {
                    break;
                }
                word.extend(next.to_lowercase());
                characters.next();
            }
            found.push(word);
        } else if !character.is_whitespace() {
            found.push(character.to_string());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_touch_of_the_row_is_harmless_and_everything_else_is_not() {
        for (body, writes) in [
            ("BEGIN NEW.updated_at = now(); RETURN NEW; END", false),
            (
                "BEGIN NEW.email := lower(NEW.email); RETURN NEW; END",
                false,
            ),
            ("BEGIN -- insert nothing\n RETURN OLD; END", false),
            (
                "BEGIN INSERT INTO log VALUES (OLD.id); RETURN OLD; END",
                true,
            ),
            ("BEGIN PERFORM archive(OLD); RETURN OLD; END", true),
            ("BEGIN x := archive(OLD); RETURN OLD; END", true),
            ("BEGIN EXECUTE 'drop table x'; RETURN OLD; END", true),
        ] {
            assert_eq!(plpgsql(body), writes, "{body}");
        }
    }

    #[test]
    fn a_text_that_could_hide_a_statement_counts_as_one() {
        for (body, writes) in [
            ("SET NEW.updated_at = current_timestamp()", false),
            ("BEGIN SET NEW.code = upper(NEW.code); END", false),
            (
                r"BEGIN SET NEW.a = '\''; DELETE FROM log; SET NEW.b = ''; END",
                true,
            ),
            (
                "BEGIN SET @a = \"'\"; DELETE FROM log; SET @b = \"'\"; END",
                true,
            ),
            ("INSERT INTO log VALUES (OLD.id)", true),
            ("CALL archive(OLD.id)", true),
        ] {
            assert_eq!(mysql(body), writes, "{body}");
        }
    }

    #[test]
    fn the_event_of_a_sqlite_trigger_is_not_its_body() {
        let event = "CREATE TRIGGER t AFTER DELETE ON a";
        assert!(!sqlite(&format!("{event} BEGIN SELECT 1; END")));
        assert!(sqlite(&format!(
            "{event} BEGIN INSERT INTO log VALUES (old.id); END"
        )));
    }
}
