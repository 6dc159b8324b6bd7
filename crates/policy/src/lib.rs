//! Text and declaration in, charter or diagnostics out. Pure: no clock, disk,
//! network or SQL. Refuses a policy whose text and facts disagree.

pub mod charter;
pub mod diagnostic;
pub mod map;
pub mod period;
pub mod promise;
