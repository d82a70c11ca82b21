//! Finds what is known of one direction of a flow by the flow's index, which is small: no hashing for each packet.

use super::super::sample::Direction;
use super::Side;

/// Directions of flows that brought packets, found by the index of the flow.
#[derive(Clone, Debug, Default)]
pub(super) struct Sides {
    /// Place in `kept` and one more, 0 for none; by flow, then direction.
    places: Vec<[u32; 2]>,
    kept: Vec<Side>,
}

impl Sides {
    /// One more than the greatest index of a flow that is known.
    pub(super) fn flows(&self) -> u32 {
        self.places.len() as u32
    }

    fn place(&self, flow: u32, direction: Direction) -> Option<usize> {
        let place = self.places.get(flow as usize)?[direction as usize];
        (place as usize).checked_sub(1)
    }

    pub(super) fn get(&self, flow: u32, direction: Direction) -> Option<&Side> {
        self.kept.get(self.place(flow, direction)?)
    }

    pub(super) fn get_mut(&mut self, flow: u32, direction: Direction) -> Option<&mut Side> {
        let place = self.place(flow, direction)?;
        self.kept.get_mut(place)
    }

    pub(super) fn insert(&mut self, flow: u32, direction: Direction, side: Side) {
        if self.places.len() <= flow as usize {
            self.places.resize(flow as usize + 1, [0, 0]);
        }
        self.kept.push(side);
        if let Some(places) = self.places.get_mut(flow as usize) {
            places[direction as usize] = self.kept.len() as u32;
        }
    }
}
