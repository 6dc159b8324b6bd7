//! Work that two threads share: reading is most of compiling, and its halves
//! need nothing of each other. A panic in either half is the caller's.

use std::panic::resume_unwind;
use std::thread;

/// What both give; `there` runs on a thread of its own meanwhile.
pub(crate) fn both<A, B: Send>(
    here: impl FnOnce() -> A,
    there: impl FnOnce() -> B + Send,
) -> (A, B) {
    thread::scope(|scope| {
        let there = scope.spawn(there);
        let here = here();
        let there = there.join().unwrap_or_else(|panic| resume_unwind(panic));
        (here, there)
    })
}
