//! The product from the outside: the real binary, real databases, real kills.

mod faults;
mod guide;
mod kill;
mod promises;
mod smtp;
mod world;
