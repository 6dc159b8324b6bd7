//! The page of a tenant: its own end users' subject requests, to file, follow and
//! approve. INVARIANT: everything is asked through the seat's scope, so that
//! another tenant's subject request is the same as none. What the key may not do
//! has no button and no address.

mod account;
pub(crate) mod bulk;
mod filing;
mod list;
mod request;

pub(crate) use account::{require, sign_in, sign_in_form, sign_out};
pub(crate) use filing::{file, new};
pub(crate) use list::{report, show as list};
pub(crate) use request::{
    approve, cancel, lift, package, receipt, refuse, show as request, undo, wish,
};

#[cfg(test)]
pub(crate) use account::SignInPage;
#[cfg(test)]
pub(crate) use filing::FilePage;
#[cfg(test)]
pub(crate) use list::ListPage;
#[cfg(test)]
pub(crate) use request::{Beside, Problem, RequestPage};

use candor_domain::api_key::Permission;

use super::failure::Failure;
use crate::service::Seat;

/// Refuses what the key may not do: for it there is no such address.
fn only_with(seat: &Seat, permission: Permission) -> Result<(), Failure> {
    if seat.may(permission) {
        Ok(())
    } else {
        Err(Failure::NotFound)
    }
}
