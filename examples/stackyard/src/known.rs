//! Two customers that stand in every world, whatever its size and seed.
//!
//! Invariant: each has rows in every table where a customer can have some.

/// A customer whom the demo and the tests can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownPerson {
    /// Address in the portal and at the help desk.
    pub email: &'static str,
    /// `accounts.id`, which the help desk calls customer id.
    pub customer_id: i64,
    /// Name as the portal writes it.
    pub name: &'static str,
}

/// Alone in the tenant, which therefore goes together with this account. The
/// help desk also knows a private address of the same customer, which the
/// portal has never seen: [`ALONE_PRIVATE_EMAIL`].
pub const ALONE: KnownPerson = KnownPerson {
    email: "camille.moreau@atelier-nord.example",
    customer_id: 1,
    name: "Camille Moreau",
};

/// The other address of [`ALONE`], under which there are tickets and article
/// views too.
pub const ALONE_PRIVATE_EMAIL: &str = "camille.moreau@mailbox.example";

/// One of three in a tenant, which stays when this account goes.
pub const SHARING: KnownPerson = KnownPerson {
    email: "jonas.weber@studio-sud.example",
    customer_id: 3,
    name: "Jonas Weber",
};

/// Customers below this number can't hold both of them and the team.
pub const CUSTOMERS_MIN: u32 = 4;
