//! Stackyard.
