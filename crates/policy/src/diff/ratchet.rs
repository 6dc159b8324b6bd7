//! Whether a version may be published. Under `ratchet: never-weaken` nothing
//! may protect less; otherwise somebody must have acknowledged it. What no rule
//! orders must be acknowledged in either case: a person then says that it does
//! not weaken.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::Diff;
use crate::charter::Charter;
use crate::promise::PromiseId;

/// Somebody looked at what protects less, or may, and stands for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledgement {
    /// The promise.
    pub promise: PromiseId,
    /// How it changed, as the difference said it.
    pub direction: super::Direction,
    /// Why, in words.
    pub reasons: Vec<String>,
}

/// Why a version isn't published.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The charter in force promises never to lower protection.
    #[error(
        "these promises would get weaker, and the policy in force promises that protection is never lowered (`changes.ratchet: never-weaken`): {}",
        ids(.0)
    )]
    NeverWeaken(Vec<PromiseId>),
    /// Nobody acknowledged these.
    #[error("nobody has acknowledged that these promises got weaker, or may have: {}", ids(.0))]
    Unacknowledged(Vec<PromiseId>),
    /// Acknowledged although there is nothing to acknowledge: a slip, or a
    /// difference that was not read.
    #[error("there is nothing to acknowledge about: {}", ids(.0))]
    NothingToAcknowledge(Vec<PromiseId>),
}

/// Decides whether the later charter of a difference may follow `in_force`,
/// which is its earlier one, given what was acknowledged. What comes back is to
/// be recorded.
///
/// # Errors
/// The first [`Refusal`] that holds, in the order of its variants.
pub fn ratchet(
    in_force: &Charter,
    diff: &Diff,
    acknowledged: &[PromiseId],
) -> Result<Vec<Acknowledgement>, Refusal> {
    let never = in_force
        .changes
        .as_ref()
        .is_some_and(|changes| changes.never_weaken);
    let weakened: Vec<PromiseId> = diff
        .changes
        .iter()
        .filter(|change| never && change.weakens())
        .map(|change| change.promise.clone())
        .collect();
    if !weakened.is_empty() {
        return Err(Refusal::NeverWeaken(weakened));
    }
    let needed = || {
        let changes = diff.changes.iter();
        changes.filter(|change| change.needs_acknowledgement())
    };
    let missing: Vec<PromiseId> = needed()
        .map(|change| &change.promise)
        .filter(|promise| !acknowledged.contains(promise))
        .cloned()
        .collect();
    if !missing.is_empty() {
        return Err(Refusal::Unacknowledged(missing));
    }
    let surplus: Vec<PromiseId> = acknowledged
        .iter()
        .filter(|promise| needed().all(|change| change.promise != **promise))
        .cloned()
        .collect();
    if !surplus.is_empty() {
        return Err(Refusal::NothingToAcknowledge(surplus));
    }
    Ok(needed()
        .map(|change| Acknowledgement {
            promise: change.promise.clone(),
            direction: change.direction,
            reasons: change.reasons.clone(),
        })
        .collect())
}

fn ids(promises: &[PromiseId]) -> String {
    let ids: Vec<String> = promises.iter().map(|id| format!("`{id}`")).collect();
    ids.join(", ")
}
