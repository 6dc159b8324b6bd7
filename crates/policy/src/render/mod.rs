//! One renderer per output. All are pure: they take what was compiled and hand
//! back text.

pub mod changes;
pub mod cookies;
pub mod dpv;
pub mod grid;
pub mod information;
pub mod json;
pub mod markdown;
pub mod page;
pub(crate) mod position;
pub mod processing;
mod said;
pub mod sarif;
pub mod table;
pub mod text;
pub mod vendors;
