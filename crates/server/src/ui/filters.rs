//! Filters of templates. Refuses to trust a text: everything is escaped before
//! anything is marked.

#![expect(unreachable_pub, reason = "the macro of filters makes public items")]

use std::fmt::Display;

use askama::Values;
use askama::filters::{Html, Safe, escape};

/// A text of ours in HTML: what stands between backticks, in terminals and logs, is
/// code. A backtick without its second stays as it is.
#[askama::filter_fn]
pub(crate) fn coded(text: impl Display, _: &dyn Values) -> askama::Result<Safe<String>> {
    let escaped = escape(text.to_string(), Html)?.to_string();
    let mut html = String::with_capacity(escaped.len());
    let mut rest = escaped.as_str();
    while let Some((before, (code, after))) = rest
        .split_once('`')
        .and_then(|(before, marked)| Some((before, marked.split_once('`')?)))
    {
        html.push_str(before);
        html.push_str("<code>");
        html.push_str(code);
        html.push_str("</code>");
        rest = after;
    }
    html.push_str(rest);
    Ok(Safe(html))
}

#[cfg(test)]
mod tests {
    use askama::Template;

    use crate::ui::filters;

    #[derive(Template)]
    #[template(source = "{{ text|coded }}", ext = "html")]
    struct Page<'a> {
        text: &'a str,
    }

    #[test]
    fn names_are_code_and_nothing_gets_through() {
        for (text, html) in [
            ("no name", "no name"),
            ("`app`: is down", "<code>app</code>: is down"),
            ("from `a` to `b`", "from <code>a</code> to <code>b</code>"),
            ("one ` alone, `x` not", "one <code> alone, </code>x` not"),
            ("`", "`"),
            ("<b> `<i>`", "&#60;b&#62; <code>&#60;i&#62;</code>"),
            ("`é` & `", "<code>é</code> &#38; `"),
        ] {
            assert_eq!(Page { text }.render().unwrap(), html, "{text}");
        }
    }
}
