//! The product from the outside: the real binary, real databases, real kills.

mod guide;
mod kill;
mod smtp;
mod world;
