//! The laws under which people ask, and the time each gives. Numbers only: how
//! days are counted is the engine's. Where a law leaves room, the shorter
//! reading stands here, so that nobody is late who trusts it.

use serde::{Deserialize, Serialize};

use super::rights::{Clock, Right};
use crate::period::{Period, Unit};

/// A law that gives people rights and organisations deadlines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Law {
    /// Regulation (EU) 2016/679; the European Economic Area.
    Gdpr,
    /// The United Kingdom's GDPR as amended by the Data (Use and Access) Act
    /// 2025.
    UkGdpr,
    /// The Swiss Federal Act on Data Protection.
    Swiss,
    /// The California Consumer Privacy Act and its regulations (11 CCR §7000).
    California,
    /// Brazil's Lei Geral de Proteção de Dados.
    Brazil,
    /// Quebec's Act respecting the protection of personal information in the
    /// private sector.
    Quebec,
}

/// The time a law gives for a right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LawTerms {
    /// By when a person must be told that their subject request arrived.
    pub acknowledge: Option<Period>,
    /// By when it must be answered; `None` where the law names no time.
    pub answer: Option<Period>,
    /// How much longer it may take once the person was told why, in time.
    pub extension: Option<Period>,
    /// When the clock starts.
    pub from: Clock,
    /// Whether a period that ends on a day off ends with the next working day.
    pub moves: bool,
    /// Whether the clock stands still while the person is asked who they are.
    pub waits_for_identity: bool,
    /// Whether the clock stands still while the person is asked what they mean.
    pub waits_for_meaning: bool,
    /// Whether a refusal, too, may take the longer time.
    pub refusal_extends: bool,
    /// Whose working days count, where not the organisation's.
    pub calendar: Option<&'static str>,
    /// Where it says so.
    pub source: &'static str,
}

/// The European Economic Area.
const EEA: &str = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO \
    SE SI SK";

const fn period(amount: u32, unit: Unit) -> Option<Period> {
    Some(Period { amount, unit })
}

/// Names no time at all.
const NONE: LawTerms = LawTerms {
    acknowledge: None,
    answer: None,
    extension: None,
    from: Clock::Receipt,
    moves: false,
    waits_for_identity: false,
    waits_for_meaning: false,
    refusal_extends: true,
    calendar: None,
    source: "",
};

impl Law {
    /// Every law.
    pub const ALL: [Self; 6] = [
        Self::Gdpr,
        Self::UkGdpr,
        Self::Swiss,
        Self::California,
        Self::Brazil,
        Self::Quebec,
    ];

    /// Its key in the declaration.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Gdpr => "gdpr",
            Self::UkGdpr => "uk_gdpr",
            Self::Swiss => "swiss",
            Self::California => "california",
            Self::Brazil => "brazil",
            Self::Quebec => "quebec",
        }
    }

    /// The law that every organisation of a country answers under; `None` where
    /// that depends on where it does business, as in the United States and
    /// Canada, or where the law is not here.
    #[must_use]
    pub fn of_country(country: &str) -> Option<Self> {
        match country {
            "GB" => Some(Self::UkGdpr),
            "CH" => Some(Self::Swiss),
            "BR" => Some(Self::Brazil),
            _ => EEA
                .split(' ')
                .any(|one| one == country)
                .then_some(Self::Gdpr),
        }
    }

    /// The time it gives for a right.
    #[must_use]
    pub const fn terms(self, right: Right) -> LawTerms {
        if matches!(right, Right::Withdrawal | Right::OptOut | Right::Complaint) {
            return self.beside_the_rights(right);
        }
        match self {
            Self::Gdpr => LawTerms {
                answer: period(1, Unit::Months),
                extension: period(2, Unit::Months),
                moves: true,
                // EDPB Guidelines 01/2022, on Article 12(6) and recital 63.
                waits_for_identity: true,
                waits_for_meaning: matches!(right, Right::Access),
                // Article 12(4): at the latest within one month of receipt.
                refusal_extends: false,
                source: "GDPR Article 12(3)",
                ..NONE
            },
            Self::UkGdpr => LawTerms {
                answer: period(1, Unit::Months),
                extension: period(2, Unit::Months),
                from: Clock::Verification,
                moves: true,
                waits_for_identity: true,
                waits_for_meaning: matches!(right, Right::Access),
                source: "UK GDPR Article 12A",
                ..NONE
            },
            // The ordinance names no longest extension; the first time again.
            Self::Swiss => LawTerms {
                answer: period(30, Unit::Days),
                extension: period(30, Unit::Days),
                source: "Swiss FADP Article 25(7)",
                ..NONE
            },
            Self::California => californian(right),
            Self::Brazil => LawTerms {
                answer: period(15, Unit::Days),
                source: "LGPD Article 19",
                ..NONE
            },
            Self::Quebec => LawTerms {
                answer: period(30, Unit::Days),
                source: "Quebec's private sector Act, section 32",
                ..NONE
            },
        }
    }

    const fn beside_the_rights(self, right: Right) -> LawTerms {
        match (self, right) {
            (Self::UkGdpr, Right::Complaint) => LawTerms {
                acknowledge: period(30, Unit::Days),
                source: "UK Data Protection Act 2018, section 164A",
                ..NONE
            },
            (Self::California, Right::Withdrawal | Right::OptOut) => californian(right),
            _ => NONE,
        }
    }
}

/// Who objects or withdraws opts out of sale and sharing as well, and a
/// restriction is California's limitation.
const fn californian(right: Right) -> LawTerms {
    match right {
        Right::OptOut | Right::Objection | Right::Restriction | Right::Withdrawal => LawTerms {
            answer: period(15, Unit::WorkingDays),
            calendar: Some("US-CA"),
            source: "11 CCR §7026(f), §7027(g)",
            ..NONE
        },
        _ => LawTerms {
            acknowledge: period(10, Unit::WorkingDays),
            answer: period(45, Unit::Days),
            extension: period(45, Unit::Days),
            calendar: Some("US-CA"),
            source: "11 CCR §7021",
            ..NONE
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_law_that_extends_a_deadline_has_one() {
        for law in Law::ALL {
            for right in Right::ALL {
                let terms = law.terms(right);
                assert!(terms.extension.is_none() || terms.answer.is_some());
                let timed = terms.answer.is_some() || terms.acknowledge.is_some();
                assert_eq!(timed, !terms.source.is_empty(), "{law:?} {right:?}");
            }
        }
    }

    #[test]
    fn the_key_is_the_serialised_name() {
        for law in Law::ALL {
            assert_eq!(serde_json::to_value(law).unwrap(), law.key());
        }
    }
}
