//! What belongs in a package to take elsewhere (Article 20): what the person
//! provided or what was observed of them, where it is processed under their
//! consent or a contract. Derived from the declaration, never guessed: what the
//! declaration doesn't tell stays out, with the reason.

use candor_policy::charter::{Basis, Charter, Data, covers};
use serde::{Deserialize, Serialize};

/// What somebody worked out of other data.
const INFERRED: &str = "profile.inferred";
/// What opens an account is not handed out.
const CREDENTIAL: &str = "credential";

/// Why something is left out of a package to take elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeftOut {
    /// No entry of the declaration says what it is.
    Undeclared,
    /// It came from somebody else (Article 14).
    FromElsewhere,
    /// It was worked out, neither provided nor observed.
    Inferred,
    /// It is used under neither consent nor contract.
    OtherBasis,
    /// It opens an account.
    Credential,
}

impl LeftOut {
    /// A stable name.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Undeclared => "undeclared",
            Self::FromElsewhere => "from_elsewhere",
            Self::Inferred => "inferred",
            Self::OtherBasis => "other_basis",
            Self::Credential => "credential",
        }
    }
}

/// Whether data of a category, about a kind of person, is portable. `None` is
/// what a map calls plain: it says nothing of the person by itself.
///
/// # Errors
/// Why it isn't.
pub fn is_portable(charter: &Charter, about: &str, category: Option<&str>) -> Result<(), LeftOut> {
    let category = category.ok_or(LeftOut::Undeclared)?;
    if covers(CREDENTIAL, category) {
        return Err(LeftOut::Credential);
    }
    if covers(INFERRED, category) {
        return Err(LeftOut::Inferred);
    }
    let declared: Vec<&Data> = charter
        .data_covering(category, Some(about))
        .map(|(_, data)| data)
        .collect();
    if declared.is_empty() {
        return Err(LeftOut::Undeclared);
    }
    // Of two entries for one category the record doesn't say which a value is
    // under: it is portable only as far as all of them are from the person.
    if declared.iter().any(|data| !is_own(data)) {
        return Err(LeftOut::FromElsewhere);
    }
    let rests = |data: &&Data| rests_on_consent_or_contract(charter, data);
    if declared.iter().any(rests) {
        Ok(())
    } else {
        Err(LeftOut::OtherBasis)
    }
}

/// Whether it was provided or observed.
fn is_own(data: &Data) -> bool {
    data.from.is_empty() || data.automatic
}

fn rests_on_consent_or_contract(charter: &Charter, data: &Data) -> bool {
    let mut purposes = data
        .purposes
        .iter()
        .filter_map(|name| charter.purposes.get(name));
    purposes.any(|purpose| matches!(purpose.basis, Basis::Consent | Basis::Contract))
}

#[cfg(test)]
mod tests {
    use candor_policy::charter::{Approval, Purpose};

    use super::*;
    use crate::testing::charter;

    fn declared() -> Charter {
        let purpose = |basis| Purpose {
            basis,
            category: None,
            mail: None,
            opt_out: Vec::new(),
            often: None,
            interest: None,
            about: None,
        };
        let data = |category: &str, purposes: &[&str], from: &[&str]| Data {
            category: category.to_owned(),
            of: vec!["customer".to_owned()],
            purposes: purposes.iter().map(|one| (*one).to_owned()).collect(),
            from: from.iter().map(|one| (*one).to_owned()).collect(),
            ..Data::default()
        };
        let mut charter = charter(Approval::Automatic);
        charter.purposes = [
            ("hosting", purpose(Basis::Contract)),
            ("statistics", purpose(Basis::Consent)),
            ("security", purpose(Basis::LegitimateInterests)),
            ("accounting", purpose(Basis::LegalObligation)),
        ]
        .map(|(name, purpose)| (name.to_owned(), purpose))
        .into();
        let mut observed = data("telemetry", &["statistics"], &["your browser"]);
        observed.automatic = true;
        charter.data = [
            ("account", data("account", &["hosting", "security"], &[])),
            ("usage", observed),
            ("ip", data("device.ip", &["security"], &[])),
            ("tax", data("financial.tax_id", &["accounting"], &[])),
            (
                "rating",
                data("financial.credit", &["hosting"], &["an agency"]),
            ),
            ("guess", data("profile.inferred", &["hosting"], &[])),
            ("password", data("credential", &["hosting"], &[])),
        ]
        .map(|(name, data)| (name.to_owned(), data))
        .into();
        charter
    }

    #[test]
    fn only_what_the_person_gave_or_showed_under_consent_or_contract() {
        let charter = declared();
        let of = |category| is_portable(&charter, "customer", Some(category));
        assert_eq!(of("account.settings"), Ok(()), "an ancestor declares it");
        assert_eq!(of("telemetry"), Ok(()), "observed");
        assert_eq!(of("device.ip"), Err(LeftOut::OtherBasis));
        assert_eq!(of("financial.tax_id"), Err(LeftOut::OtherBasis));
        assert_eq!(of("financial.credit"), Err(LeftOut::FromElsewhere));
        assert_eq!(of("profile.inferred"), Err(LeftOut::Inferred));
        assert_eq!(of("credential.password"), Err(LeftOut::Credential));
        assert_eq!(of("content.message"), Err(LeftOut::Undeclared));
        let plain = is_portable(&charter, "customer", None);
        assert_eq!(plain, Err(LeftOut::Undeclared));
        let stranger = is_portable(&charter, "visitor", Some("account"));
        assert_eq!(stranger, Err(LeftOut::Undeclared));
    }
}
