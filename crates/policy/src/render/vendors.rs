//! Who receives data: GDPR Article 13(1)(e) and (f).

use super::said;
use super::table::Table;
use crate::charter::Charter;
use crate::words::plain;

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
        let data = vendor.receives.iter().chain(&vendor.collects);
        let place = said::transfer(vendor)
            .and_then(|transfer| Some(transfer.split_once(": ")?.1.to_owned()))
            .or_else(|| vendor.region.clone());
        table.rows.push(vec![
            vendor.name.clone(),
            said::each(data, |name| said::data(charter, name)),
            said::each(&vendor.purposes, |name| said::purpose(charter, name)),
            place.unwrap_or_else(|| "not declared".to_owned()),
            vendor.when.as_deref().map_or_else(
                || "always".to_owned(),
                |when| format!("when {}", plain(when)),
            ),
            vendor.opt_out.clone().unwrap_or_default(),
        ]);
    }
    table
}
