//! The keys between the root and a person's: root → tenant → shard → person.
//!
//! A [`ShardKey`] wraps the keys of the people of one shard, and lives outside the
//! database: destroying it makes every wrap under it noise, in whatever copy. A
//! [`TenantKey`] wraps the shard keys of one tenant. Each kind wraps one other kind and
//! nothing else, which the types see to; what is wrapped is bound to its name, so that a
//! wrap moved elsewhere doesn't open.

use std::fmt;

use super::wrapping::Wrapping;
use super::{KeyError, KeyId, RootKey, SubjectKey, WrappedKey};
use crate::entropy::Entropy;
use crate::secret::Secret;

/// The key of one tenant, or of the organisation's own people.
pub struct TenantKey(Wrapping);

/// The key of one shard in one epoch.
pub struct ShardKey(Wrapping);

impl RootKey {
    /// Wraps the key of the tenant with this name.
    ///
    /// # Errors
    /// When `entropy` fails.
    pub fn wrap_tenant(
        &self,
        key: &TenantKey,
        tenant: &str,
        entropy: &dyn Entropy,
    ) -> Result<WrappedKey, KeyError> {
        self.0.seal(key.0.secret(), ["tenant", tenant], entropy)
    }

    /// The key of the tenant with this name.
    ///
    /// # Errors
    /// As [`RootKey::unwrap`].
    pub fn unwrap_tenant(&self, wrapped: &WrappedKey, tenant: &str) -> Result<TenantKey, KeyError> {
        let secret = self.0.open(wrapped, ["tenant", tenant])?;
        Ok(TenantKey(Wrapping::new(secret)?))
    }
}

impl TenantKey {
    /// A new key.
    ///
    /// # Errors
    /// When `entropy` fails.
    pub fn generate(entropy: &dyn Entropy) -> Result<Self, KeyError> {
        Ok(Self(Wrapping::new(Secret::generate(entropy)?)?))
    }

    /// Wraps the key of a shard; its name says which, in which epoch.
    ///
    /// # Errors
    /// When `entropy` fails.
    pub fn wrap_shard(
        &self,
        key: &ShardKey,
        shard: &str,
        entropy: &dyn Entropy,
    ) -> Result<WrappedKey, KeyError> {
        self.0.seal(key.0.secret(), ["shard", shard], entropy)
    }

    /// The key of the shard with this name.
    ///
    /// # Errors
    /// As [`RootKey::unwrap`].
    pub fn unwrap_shard(&self, wrapped: &WrappedKey, shard: &str) -> Result<ShardKey, KeyError> {
        let secret = self.0.open(wrapped, ["shard", shard])?;
        Ok(ShardKey(Wrapping::new(secret)?))
    }
}

impl ShardKey {
    /// A new key.
    ///
    /// # Errors
    /// When `entropy` fails.
    pub fn generate(entropy: &dyn Entropy) -> Result<Self, KeyError> {
        Ok(Self(Wrapping::new(Secret::generate(entropy)?)?))
    }

    /// Its public name: what is wrapped under it carries it.
    #[must_use]
    pub const fn id(&self) -> KeyId {
        self.0.id()
    }

    /// Wraps a person's key, as [`RootKey::wrap`] does.
    ///
    /// # Errors
    /// When `entropy` fails.
    pub fn wrap(
        &self,
        key: &SubjectKey,
        subject_label: &str,
        entropy: &dyn Entropy,
    ) -> Result<WrappedKey, KeyError> {
        self.0
            .seal(&key.secret, ["subject", subject_label], entropy)
    }

    /// The person's key that was wrapped under this shard's for `subject_label`.
    ///
    /// # Errors
    /// As [`RootKey::unwrap`].
    pub fn unwrap(
        &self,
        wrapped: &WrappedKey,
        subject_label: &str,
    ) -> Result<SubjectKey, KeyError> {
        let secret = self.0.open(wrapped, ["subject", subject_label])?;
        Ok(SubjectKey::new(secret))
    }
}

impl fmt::Debug for TenantKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TenantKey({})", self.0.id())
    }
}

impl fmt::Debug for ShardKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ShardKey({})", self.0.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;

    /// The form that `formats.rs` has from another implementation: a shard wraps a
    /// person's key as the root did.
    #[test]
    fn a_shards_wrap_has_the_known_form() {
        struct Constant(u8);
        impl Entropy for Constant {
            fn fill(&self, buf: &mut [u8]) -> Result<(), crate::entropy::EntropyError> {
                buf.fill(self.0);
                Ok(())
            }
        }
        let shard = ShardKey(Wrapping::new(Secret::copy_of(&[1; 32])).unwrap());
        let person = SubjectKey::new(Secret::copy_of(&[2; 32]));
        let wrapped = shard.wrap(&person, "subject-1", &Constant(3)).unwrap();
        assert_eq!(
            hex::encode(wrapped.to_bytes()),
            concat!(
                "01fffec428731900af0303030303030303030303030303030303030303030303",
                "030303030303030303d52a1e010a67436c28f32956eb523cd7f9be2342899641",
                "fa4168ab4f22311e5c79d94f74c47713e67ba6df74892347d6ead292316e43da",
                "97bb4089d86e2ed62bd6eb6e6cb511a28990ce132d94bcdef3",
            )
        );
    }

    #[test]
    fn each_key_opens_what_it_wraps_under_its_name_and_nothing_else() {
        let entropy = SeededEntropy::new(1);
        let root = RootKey::generate(&entropy).unwrap();
        let tenant = TenantKey::generate(&entropy).unwrap();
        let shard = ShardKey::generate(&entropy).unwrap();
        let person = SubjectKey::generate(&entropy).unwrap();
        let of_tenant = root.wrap_tenant(&tenant, "acme", &entropy).unwrap();
        let of_shard = tenant.wrap_shard(&shard, "7/1", &entropy).unwrap();
        let of_person = shard.wrap(&person, "p", &entropy).unwrap();

        let tenant = root.unwrap_tenant(&of_tenant, "acme").unwrap();
        let opened = tenant.unwrap_shard(&of_shard, "7/1").unwrap();
        assert_eq!(opened.id(), shard.id());
        let key = opened.unwrap(&of_person, "p").unwrap();
        assert_eq!(key.secret.expose(), person.secret.expose());

        for refused in [
            root.unwrap_tenant(&of_tenant, "other").unwrap_err(),
            tenant.unwrap_shard(&of_shard, "7/2").unwrap_err(),
            shard.unwrap(&of_person, "q").unwrap_err(),
            // A tenant's wrap is no person's, whatever its name.
            root.unwrap(&of_tenant, "acme").unwrap_err(),
        ] {
            assert_eq!(refused, KeyError::Refused);
        }
        let later = ShardKey::generate(&entropy).unwrap();
        assert_eq!(
            later.unwrap(&of_person, "p").unwrap_err(),
            KeyError::OtherRoot {
                found: shard.id(),
                expected: later.id()
            }
        );
    }
}
