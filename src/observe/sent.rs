//! What one end of a flow sent, in a box: floods make hundreds of thousands of flows in which one end is silent, and those
//! should take little room.

use std::ops::{Deref, DerefMut};

use super::traffic::Direction;

static NOTHING: Direction = Direction::NOTHING;

/// The packets of one end of a flow; reads as a [`Direction`] without packets where there were none.
#[derive(Clone, Debug, Default)]
pub struct Sent(Option<Box<Direction>>);

impl Deref for Sent {
    type Target = Direction;

    fn deref(&self) -> &Direction {
        self.0.as_deref().unwrap_or(&NOTHING)
    }
}

impl DerefMut for Sent {
    fn deref_mut(&mut self) -> &mut Direction {
        self.0.get_or_insert_default()
    }
}

impl From<Direction> for Sent {
    fn from(direction: Direction) -> Self {
        Self(Some(Box::new(direction)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silent_end_takes_no_room_and_reads_as_nothing() {
        let mut sent = Sent::default();
        assert_eq!((sent.packets, sent.first, size_of::<Sent>()), (0, None, size_of::<usize>()));
        assert!(sent.0.is_none(), "reading made no box");
        sent.packets += 1;
        assert_eq!(sent.clone().packets, 1);
    }
}
