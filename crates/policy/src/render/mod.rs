//! One renderer per output. All are pure: they take what was compiled and hand
//! back text.

pub mod changes;
pub mod json;
pub mod page;
mod position;
pub mod text;
