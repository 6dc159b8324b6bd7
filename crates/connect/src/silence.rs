//! How long a network that has fallen silent is waited for. A server ends its
//! statements itself when they take too long; a connection that was cut
//! without a word never says so. Invariant: only what is heard from outside
//! counts as an answer; being looked at again by whoever waits does not.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use std::future::poll_fn;

/// The work was given up, because nothing was heard for too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Silence;

/// Carries work out, unless it hears nothing for `limit`. A connection that it
/// used must not be used again then.
pub(crate) async fn unless_silent<T>(
    limit: Duration,
    work: impl Future<Output = T>,
) -> Result<T, Silence> {
    let mut work = pin!(work);
    let mut timer = pin!(tokio::time::sleep(limit));
    let heard = Arc::new(Heard::default());
    let waker = Waker::from(Arc::clone(&heard));
    heard.was.store(true, Ordering::SeqCst);
    poll_fn(move |context| {
        // Before it is asked whether anything was heard, or a word could be lost.
        heard.outer(context.waker());
        if heard.was.swap(false, Ordering::SeqCst) {
            timer.as_mut().reset(tokio::time::Instant::now() + limit);
            if let Poll::Ready(done) = work.as_mut().poll(&mut Context::from_waker(&waker)) {
                return Poll::Ready(Ok(done));
            }
        }
        timer.as_mut().poll(context).map(|()| Err(Silence))
    })
    .await
}

/// Whether the work was woken since it was last carried on.
#[derive(Default)]
struct Heard {
    was: AtomicBool,
    outer: std::sync::Mutex<Option<Waker>>,
}

impl Heard {
    fn outer(&self, waker: &Waker) {
        let mut outer = self.lock();
        if !outer.as_ref().is_some_and(|known| known.will_wake(waker)) {
            *outer = Some(waker.clone());
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Waker>> {
        self.outer
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Wake for Heard {
    fn wake(self: Arc<Self>) {
        self.was.store(true, Ordering::SeqCst);
        if let Some(outer) = self.lock().as_ref() {
            outer.wake_by_ref();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_millis(200);

    #[tokio::test]
    async fn work_that_hears_something_takes_as_long_as_it_takes() {
        let work = async {
            for _ in 0..10 {
                tokio::time::sleep(LIMIT / 2).await;
            }
            7
        };
        assert_eq!(unless_silent(LIMIT, work).await, Ok(7));
    }

    #[tokio::test]
    async fn silence_ends_even_where_others_are_lively() {
        let silent = unless_silent(LIMIT, std::future::pending::<()>());
        let lively = async {
            loop {
                tokio::time::sleep(LIMIT / 4).await;
            }
        };
        let ended = tokio::time::timeout(LIMIT * 20, async {
            tokio::select! {
                ended = silent => ended,
                () = lively => unreachable!("it never ends"),
            }
        });
        assert_eq!(ended.await, Ok(Err(Silence)));
    }
}
