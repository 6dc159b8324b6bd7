//! A charter's id: the SHA-256 of its canonical JSON without the id. Keys are
//! sorted, so that neither the order of fields in code nor the machine
//! matters; numbers are integers and texts are kept as they are.

use sha2::{Digest, Sha256};

use crate::charter::{Charter, CharterId};

impl Charter {
    /// The id that this charter's content gives. Equal to [`Charter::id`]
    /// unless somebody changed one of them.
    #[must_use]
    pub fn content_address(&self) -> CharterId {
        // A charter is made of maps with text keys, lists, texts, integers and
        // truth values, all of which JSON can hold.
        let mut value = serde_json::to_value(self).unwrap_or_default();
        if let Some(fields) = value.as_object_mut() {
            fields.remove("id");
        }
        value.sort_all_objects();
        let digest = Sha256::digest(value.to_string().as_bytes());
        CharterId(digest.iter().map(|byte| format!("{byte:02x}")).collect())
    }
}
