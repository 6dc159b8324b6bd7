//! CND0406: two promises that cannot both be kept.

use super::Facts;
use crate::bundle::ROOT;
use crate::charter::{Charter, Data, Keep, Never, covers};
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Location, Severity};
use crate::vocabulary;

pub(crate) const CODE: Code = Code {
    id: "CND0406",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0406.md"),
};

/// Purposes that give data away for money or to advertisers' audiences.
const SALES: [&str; 2] = ["sale", "ads.targeted"];

/// Looks for what is denied in one place and done in another.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    never(facts, diagnostics);
    data(facts, diagnostics);
    sale(facts, diagnostics);
    notice(facts, diagnostics);
}

fn never(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let charter = facts.charter;
    for (name, never) in &charter.never {
        let denied = facts.places.key(ROOT, &["never", name]);
        for purpose in charter.purposes.keys() {
            let excluded = is_any(charter, purpose, &never.purposes);
            if excluded && concerns(charter, never, purpose) {
                let at = facts.places.key(ROOT, &["purposes", purpose]);
                let what = format!("data is used for `{purpose}`, which `never.{name}` denies");
                diagnostics.push(both(at, what, denied.clone()));
            }
        }
        for (cookie, declared) in &charter.cookies {
            if never.cookies.contains(&declared.class) {
                let at = facts.places.value(ROOT, &["cookies", cookie, "class"]);
                let what = format!("`{cookie}` is a cookie of a class that `never.{name}` denies");
                diagnostics.push(both(at, what, denied.clone()));
            }
        }
    }
}

/// Whether a purpose touches the people of a denial.
fn concerns(charter: &Charter, never: &Never, purpose: &str) -> bool {
    let concerned = |data: &Data| {
        data.purposes.iter().any(|name| name == purpose)
            && data.of.iter().any(|kind| never.of.contains(kind))
    };
    never.of.is_empty() || charter.data.values().any(concerned)
}

fn data(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let charter = facts.charter;
    for (name, data) in &charter.data {
        for purpose in &data.purposes {
            if is_any(charter, purpose, &data.never_for) {
                let at = facts.places.value(ROOT, &["data", name, "for"]);
                let denied = facts.places.value(ROOT, &["data", name, "never_for"]);
                let what = format!("`{name}` is used for `{purpose}`, and never for it");
                diagnostics.push(both(at, what, denied));
            }
        }
        let browser = charter
            .browser_only
            .iter()
            .find(|(_, entry)| entry.data.contains(name));
        let denied = match browser {
            Some((entry, _)) => facts.places.key(ROOT, &["browser_only", entry]),
            None if data.never_shared => facts.places.value(ROOT, &["data", name, "share"]),
            None => continue,
        };
        for (vendor, declared) in &charter.vendors {
            for (key, names) in [
                ("receives", &declared.receives),
                ("collects", &declared.collects),
            ] {
                if names.contains(name) {
                    let at = facts.places.value(ROOT, &["vendors", vendor, key]);
                    let what = format!("`{vendor}` {key} `{name}`, which nobody else ever sees");
                    diagnostics.push(both(at, what, denied.clone()));
                }
            }
        }
    }
}

/// No sale beside advertising audiences.
fn sale(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let charter = facts.charter;
    if !charter.no_sale {
        return;
    }
    let sales = SALES.map(str::to_owned);
    for (name, vendor) in &charter.vendors {
        let sold = vendor
            .purposes
            .iter()
            .find(|purpose| is_any(charter, purpose, &sales));
        if let Some(purpose) = sold {
            let at = facts.places.value(ROOT, &["vendors", name, "for"]);
            let denied = facts.places.value(ROOT, &["sale"]);
            let what = format!("`{name}` receives data for `{purpose}`, and data is never sold");
            diagnostics.push(both(at, what, denied));
        }
    }
}

/// Nobody can be told before a time begins.
fn notice(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for (name, retention) in &facts.charter.retention {
        let Some(notice) = retention.notice else {
            continue;
        };
        let (key, kept) = match (&retention.keep, retention.at_least) {
            (Keep::For(period), _) => ("for", Some(*period)),
            (Keep::Until(_), Some(floor)) => ("at_least", Some(floor)),
            (Keep::Until(_), None) => ("until", None),
            // Without an end, nothing goes.
            (Keep::Criterion(_), _) => ("criterion", None),
            (Keep::Forever { .. }, _) => ("forever", None),
        };
        if kept.is_some_and(|kept| notice.longest_hours() <= kept.shortest_hours()) {
            continue;
        }
        let at = facts.places.value(ROOT, &["retention", name, "notice"]);
        let kept_at = facts.places.value(ROOT, &["retention", name, key]);
        let what = match kept {
            Some(kept) => {
                format!("`{name}` goes after {kept}, and nobody can be told {notice} before")
            }
            None => format!("when `{name}` goes is not known {notice} before"),
        };
        diagnostics.push(
            CODE.at(at, "promised", what)
                .with_secondary(kept_at, "kept")
                .with_help("give a shorter `notice`, or none"),
        );
    }
}

fn both(at: Location, what: String, denied: Location) -> Diagnostic {
    CODE.at(at, "done here", what)
        .with_secondary(denied, "denied here")
        .with_help("only one of the two can be true: take the other out")
}

/// Whether a declared purpose is one of these of the vocabulary, by what it
/// `is` or by its own name.
fn is_any(charter: &Charter, purpose: &str, wanted: &[String]) -> bool {
    let category = charter
        .purposes
        .get(purpose)
        .and_then(|declared| declared.category.as_deref())
        .or_else(|| vocabulary::is_purpose(purpose).then_some(purpose));
    category.is_some_and(|category| wanted.iter().any(|denied| covers(denied, category)))
}
