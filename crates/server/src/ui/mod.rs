//! Pages.

#[cfg(test)]
pub(crate) mod sample;
pub(crate) mod words;
