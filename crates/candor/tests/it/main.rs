//! The product from the outside: the real binary, real databases, real kills.

#![cfg(test)]
#![expect(
    clippy::disallowed_methods,
    reason = "tests of a real process wait by the machine's clock"
)]

mod bulk;
mod demo;
mod faults;
mod footprint;
mod guide;
mod holds;
mod kill;
mod limits;
mod mixed;
mod model;
mod notices;
mod promises;
mod protocols;
mod publish;
mod rectify;
mod render;
mod retention;
mod rights;
mod settle;
mod smtp;
mod staff;
mod together;
mod undo;
mod ways;
mod world;
