//! What pages look like and who may open them.

mod snapshots;
