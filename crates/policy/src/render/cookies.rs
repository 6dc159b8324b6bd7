//! What is stored in the browser.

use super::table::Table;
use crate::charter::{Charter, CookieClass};

/// One row per cookie, those that are needed first.
///
/// ```
/// # use candor_policy::charter::Charter;
/// # fn print(charter: &Charter) {
/// println!("{}", candor_policy::render::cookies::cookies(charter).markdown());
/// # }
/// ```
#[must_use]
pub fn cookies(charter: &Charter) -> Table {
    const CLASSES: [(CookieClass, &str); 5] = [
        (CookieClass::Essential, "essential"),
        (CookieClass::Preferences, "preferences"),
        (CookieClass::Analytics, "analytics"),
        (CookieClass::Survey, "surveys"),
        (CookieClass::Advertising, "advertising"),
    ];
    let mut table = Table::new(&["Name", "Class", "What it does", "Set by", "Kept"]);
    for (class, words) in CLASSES {
        let of_class = charter
            .cookies
            .iter()
            .filter(|(_, cookie)| cookie.class == class);
        for (name, cookie) in of_class {
            let vendor = cookie.vendor.as_ref().map(|vendor| {
                let declared = charter.vendors.get(vendor);
                declared.map_or_else(|| vendor.clone(), |vendor| vendor.name.clone())
            });
            table.rows.push(vec![
                name.clone(),
                words.to_owned(),
                cookie.about.clone().unwrap_or_default(),
                vendor.unwrap_or_else(|| charter.organisation.name.clone()),
                cookie.lifetime.map_or_else(
                    || "until the browser is closed".to_owned(),
                    |lifetime| lifetime.to_string(),
                ),
            ]);
        }
    }
    table
}
