//! Capability links: whoever holds one may see one subject request. A link is
//! the subject request's id and a keyed tag over it, so that nothing has to be
//! stored and a retried mail carries the same link. It names nobody. Refuses
//! any other text without saying what was wrong with it.

use candor_domain::id::SubjectRequestId;
use candor_seal::keys::RootKey;
use candor_seal::token::token_hash;

const ID_LENGTH: usize = 32;

/// What a link opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Door<'a> {
    /// Confirms the subject request; sent only to the address to be proved.
    Confirm,
    /// Proves this new address; sent only there.
    Contact(&'a str),
    /// The person's page.
    Page,
}

/// The link to a subject request.
pub(crate) fn link(root: &RootKey, door: Door<'_>, id: &SubjectRequestId) -> String {
    let (label, of) = match door {
        Door::Confirm => ("link/confirm", ""),
        Door::Contact(address) => ("link/contact", address),
        Door::Page => ("link/page", ""),
    };
    let tag = root.blind_index(label, format!("{id}{of}").as_bytes());
    let tag = tag.get(..16).unwrap_or_default();
    format!("{id}{}", hex::encode(tag))
}

/// The subject request that a link names, whoever made it.
pub(crate) fn named(text: &str) -> Option<SubjectRequestId> {
    text.get(..ID_LENGTH)?.parse().ok()
}

/// The subject request a link leads to.
pub(crate) fn open(root: &RootKey, door: Door<'_>, text: &str) -> Option<SubjectRequestId> {
    let id = named(text)?;
    // Hashes are compared, so that the time taken says nothing about the tag.
    (token_hash(&link(root, door, &id)) == token_hash(text)).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_opens_its_own_door_only() {
        let root = RootKey::from_bytes(&[7; 32]).unwrap();
        let id = SubjectRequestId::from_random([1; 16]);
        let page = link(&root, Door::Page, &id);
        assert_eq!(open(&root, Door::Page, &page), Some(id.clone()));
        assert_eq!(open(&root, Door::Confirm, &page), None);
        // What went to one address proves no other.
        let contact = link(&root, Door::Contact("a@new.example"), &id);
        let open_for = |address| open(&root, Door::Contact(address), &contact);
        assert_eq!(open_for("a@new.example"), Some(id.clone()));
        assert_eq!(open_for("b@new.example"), None);
        let other = RootKey::from_bytes(&[8; 32]).unwrap();
        assert_eq!(open(&other, Door::Page, &page), None);
        for text in [
            "",
            "é",
            page.get(..63).unwrap(),
            &format!("{page}0"),
            &page.replace('1', "2"),
        ] {
            assert_eq!(open(&root, Door::Page, text), None, "{text}");
        }
    }
}
