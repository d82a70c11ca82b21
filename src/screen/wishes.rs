//! Takes the wishes to end a live capture, by key or by signal; gives whether one of them is the first.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What comes so soon after the first signal is the same wish: `timeout` signals the program and then its group, a terminal
/// that goes away sends SIGHUP and its shell another one.
const SAME_WISH: Duration = Duration::from_secs(1);

/// When it was first wished that the capture ends.
#[derive(Debug, Default)]
pub struct Wishes(Mutex<Option<Instant>>);

impl Wishes {
    /// A signal came at this time: whether the program is to end at once, for it was told to end before.
    pub fn signal(&self, now: Instant) -> bool {
        let first = self.first(now);
        now.saturating_duration_since(first) > SAME_WISH
    }

    /// A key was pressed: the same. Nobody presses one for another.
    pub(super) fn key(&self, now: Instant) -> bool {
        self.first(now) != now
    }

    fn first(&self, now: Instant) -> Instant {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signal_that_comes_twice_in_a_second_came_once() {
        let (wishes, begin) = (Wishes::default(), Instant::now());
        let at = |millis| wishes.signal(begin + Duration::from_millis(millis));
        assert_eq!([0, 0, 1, 900].map(at), [false; 4]);
        assert!(at(1_500), "somebody does not want to wait");
    }

    #[test]
    fn a_key_that_is_pressed_again_is_meant() {
        let (wishes, begin) = (Wishes::default(), Instant::now());
        assert!(!wishes.key(begin) && wishes.key(begin + Duration::from_millis(1)));
    }
}
