//! What the demo claims to show, and whether it did. The exit code of
//! `demo --once` is made from it.

/// Claims, each with what was seen.
#[derive(Default)]
pub(crate) struct Shown {
    claims: Vec<(String, bool)>,
}

impl Shown {
    /// Notes whether a claim was seen to be true.
    pub(crate) fn note(&mut self, claim: impl Into<String>, seen: bool) {
        self.claims.push((claim.into(), seen));
    }

    /// Prints every claim; `true` if all were seen.
    pub(crate) fn print(&self) -> bool {
        println!();
        for (claim, seen) in &self.claims {
            println!(
                "  {} {claim}",
                if *seen { "shown    " } else { "NOT SHOWN" }
            );
        }
        self.claims.iter().all(|(_, seen)| *seen)
    }
}
