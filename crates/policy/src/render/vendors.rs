//! Who receives data: GDPR Article 13(1)(e) and (f).

use std::collections::BTreeSet;

use super::said;
use super::table::Table;
use crate::charter::Charter;
use crate::words::plain;

/// What a vendor receives that holds all there is, such as a host.
const EVERYTHING: &str = "all that is held";

/// One row per vendor, in the order of their names.
///
/// ```
/// # use candor_policy::charter::Charter;
/// # fn print(charter: &Charter) {
/// println!("{}", candor_policy::render::vendors::vendors(charter).markdown());
/// # }
/// ```
#[must_use]
pub fn vendors(charter: &Charter) -> Table {
    let mut table = Table::new(&["Who", "Receives", "What for", "Where", "When", "Opt-out"]);
    for vendor in charter.vendors.values() {
        let data: BTreeSet<&String> = vendor.receives.iter().chain(&vendor.collects).collect();
        let is_everything = data.len() > 1 && data.iter().copied().eq(charter.data.keys());
        let place = vendor.region.as_deref().map(said::place);
        let place = place.unwrap_or("not declared");
        table.rows.push(vec![
            vendor.name.clone(),
            match is_everything {
                true => EVERYTHING.to_owned(),
                false => said::each(data, |name| said::data(charter, name)),
            },
            said::each(&vendor.purposes, |name| said::purpose(charter, name)),
            match said::safeguard(vendor) {
                Some(safeguard) => format!("{place} ({safeguard})"),
                None => place.to_owned(),
            },
            vendor.when.as_deref().map_or_else(
                || "always".to_owned(),
                |when| format!("when {}", plain(when)),
            ),
            vendor.opt_out.clone().unwrap_or_default(),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::tests::examples::{DECLARATION, charter};

    #[test]
    fn a_vendor_that_holds_everything_is_said_to() {
        let declared = DECLARATION.replace(
            "receives: [email], region: DE }",
            "receives: [email], region: DE }\n  \
             host: { for: [login], receives: [email, pages, language], region: US, transfer: scc }",
        );
        let declared = declared.replace("browser_only:\n  looks: { data: [language] }\n", "");
        let table = vendors(&charter(&declared));
        let row = |name: &str| table.rows.iter().find(|row| row[0] == name).unwrap();
        assert_eq!(row("Host")[1], "all that is held");
        assert_eq!(
            row("Host")[3],
            "United States (standard contractual clauses, Article 46(2)(c))"
        );
        assert_eq!(row("Posthorn")[1], "email");
        assert_eq!(row("Posthorn")[3], "Germany");
    }
}
