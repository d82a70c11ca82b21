//! What most rows have nothing of, in a box: floods make hundreds of thousands of flows in which one end is silent and
//! that nothing else is known of, and those should take little room.

use std::ops::{Deref, DerefMut};

use super::traffic::{Direction, DirectionExtra, FlowExtra};

/// The packets of one end of a flow; reads as a [`Direction`] without packets where there were none.
pub type Sent = Rare<Direction>;

/// Something that mostly is not there, and then reads as what it is by default.
#[derive(Clone, Debug)]
pub struct Rare<T>(Option<Box<T>>);

/// What is read where there is nothing.
pub trait Nothing: Default + 'static {
    /// As [`Default`].
    fn nothing() -> &'static Self;
}

impl Nothing for Direction {
    fn nothing() -> &'static Self {
        static NOTHING: Direction = Direction::NOTHING;
        &NOTHING
    }
}

impl Nothing for DirectionExtra {
    fn nothing() -> &'static Self {
        static NOTHING: DirectionExtra = DirectionExtra::NOTHING;
        &NOTHING
    }
}

impl Nothing for FlowExtra {
    fn nothing() -> &'static Self {
        static NOTHING: FlowExtra = FlowExtra::NOTHING;
        &NOTHING
    }
}

impl<T> Rare<T> {
    /// Without anything.
    pub const NONE: Self = Self(None);

    /// To change it where it is there. To change it through [`DerefMut`] makes it.
    pub fn known(&mut self) -> Option<&mut T> {
        self.0.as_deref_mut()
    }
}

impl<T> Default for Rare<T> {
    fn default() -> Self {
        Self::NONE
    }
}

impl<T: Nothing> Deref for Rare<T> {
    type Target = T;

    fn deref(&self) -> &T {
        match &self.0 {
            Some(known) => known,
            None => T::nothing(),
        }
    }
}

impl<T: Nothing> DerefMut for Rare<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.0.get_or_insert_default()
    }
}

impl<T> From<T> for Rare<T> {
    fn from(value: T) -> Self {
        Self(Some(Box::new(value)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silent_end_takes_no_room_and_reads_as_nothing() {
        let mut sent = Sent::default();
        assert_eq!((sent.packets, sent.first, size_of::<Sent>()), (0, None, size_of::<usize>()));
        assert!(sent.known().is_none(), "reading made no box");
        sent.packets += 1;
        assert_eq!(sent.clone().packets, 1);
    }
}
