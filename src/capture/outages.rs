//! Takes what becomes of the interfaces of a live capture, gives when each had no link.

use std::collections::VecDeque;

use super::{LinkEvent, Timestamp};

/// How many are kept; the oldest make room.
const KEPT: usize = 1_000;

/// A time in which nothing could be captured on an interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outage {
    /// Name of the interface.
    pub interface: String,
    /// When its link was missed.
    pub since: Timestamp,
    /// When it was there again; `None`: it is not.
    pub until: Option<Timestamp>,
}

/// All of a run.
#[derive(Clone, Debug, Default)]
pub struct Outages {
    known: VecDeque<Outage>,
}

impl Outages {
    /// Takes what became of an interface at a time.
    pub fn note(&mut self, event: &LinkEvent, now: Timestamp) {
        let (name, has_link) = match event {
            LinkEvent::Down(name) | LinkEvent::Gone(name, _) => (name, false),
            LinkEvent::Up(name) | LinkEvent::Back(name) => (name, true),
            LinkEvent::Other(..) => return,
        };
        let open = self.known.iter_mut().find(|outage| outage.interface == *name && outage.until.is_none());
        match open {
            Some(outage) if has_link => outage.until = Some(now),
            None if !has_link => {
                if self.known.len() >= KEPT {
                    self.known.pop_front();
                }
                self.known.push_back(Outage { interface: name.clone(), since: now, until: None });
            }
            _ => {}
        }
    }

    /// In the order in which they came.
    #[must_use]
    pub fn list(&self) -> Vec<Outage> {
        self.known.iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_goes_from_the_first_to_the_last_that_is_told_of_it() {
        let mut outages = Outages::default();
        let name = || "eth1".to_owned();
        let events = [
            LinkEvent::Up("eth0".to_owned()),
            LinkEvent::Down(name()),
            LinkEvent::Gone(name(), "The interface disappeared".to_owned()),
            LinkEvent::Other(name(), 113),
            LinkEvent::Back(name()),
            LinkEvent::Up(name()),
            LinkEvent::Down(name()),
        ];
        for (second, event) in (1..).zip(&events) {
            outages.note(event, Timestamp(second));
        }
        let outage = |since, until: Option<i64>| Outage {
            interface: name(),
            since: Timestamp(since),
            until: until.map(Timestamp),
        };
        assert_eq!(outages.list(), [outage(2, Some(5)), outage(7, None)]);
    }

    #[test]
    fn the_oldest_make_room() {
        let mut outages = Outages::default();
        for second in 0..KEPT as i64 + 1 {
            outages.note(&LinkEvent::Down(second.to_string()), Timestamp(second));
        }
        let list = outages.list();
        assert_eq!((list.len(), &*list[0].interface), (KEPT, "1"));
    }
}
