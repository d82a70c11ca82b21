//! What one end of a flow sent, in a box: floods make hundreds of thousands of flows in which one end is silent, and those
//! should take little room.

use std::ops::{Deref, DerefMut};

use super::traffic::Direction;

static NOTHING: Direction = Direction::NOTHING;

/// The packets of one end of a flow; reads as a [`Direction`] without packets where there were none.
#[derive(Clone, Debug, Default)]
pub struct Side(Option<Box<Direction>>);

impl Deref for Side {
    type Target = Direction;

    fn deref(&self) -> &Direction {
        self.0.as_deref().unwrap_or(&NOTHING)
    }
}

impl DerefMut for Side {
    fn deref_mut(&mut self) -> &mut Direction {
        self.0.get_or_insert_default()
    }
}

impl From<Direction> for Side {
    fn from(direction: Direction) -> Self {
        Self(Some(Box::new(direction)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silent_end_takes_no_room_and_reads_as_nothing() {
        let mut side = Side::default();
        assert_eq!((side.packets, side.first, size_of::<Side>()), (0, None, size_of::<usize>()));
        assert!(side.0.is_none(), "reading made no box");
        side.packets += 1;
        assert_eq!(side.clone().packets, 1);
    }
}
