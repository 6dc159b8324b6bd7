//! One renderer per output. All are pure: they take what was compiled and hand
//! back text.

pub mod changes;
pub mod json;
pub mod page;
pub(crate) mod position;
pub mod sarif;
pub mod text;
