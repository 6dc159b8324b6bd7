//! A reading for people and for machines: text for a terminal, JSON, and a
//! page. SARIF takes the findings alone: `render::sarif`.

mod html;
mod json;
mod text;

pub use html::html;
pub use json::json;
pub use text::text;
