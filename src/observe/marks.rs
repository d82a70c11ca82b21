//! Packets and bytes by mark (DSCP, 802.1p priority). Nearly every sender uses a single one all along, and that takes
//! no memory of its own.

use std::collections::BTreeMap;

/// What was sent with each mark.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks(Kept);

#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Kept {
    #[default]
    None,
    One(u8, Sum),
    Many(Box<Sums>),
}

/// Boxed, because it is rare.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Sums(BTreeMap<u8, Sum>);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sum {
    packets: u64,
    bytes: u64,
}

impl Sum {
    fn add(&mut self, more: Self) {
        self.packets += more.packets;
        self.bytes += more.bytes;
    }
}

impl Marks {
    /// Of nobody.
    pub const NONE: Self = Self(Kept::None);

    /// Counts packets with a mark, and their bytes.
    pub fn add(&mut self, mark: u8, packets: u64, bytes: u64) {
        let more = Sum { packets, bytes };
        match &mut self.0 {
            Kept::None => self.0 = Kept::One(mark, more),
            Kept::One(known, sum) if *known == mark => sum.add(more),
            Kept::One(known, sum) => {
                self.0 = Kept::Many(Box::new(Sums([(*known, *sum), (mark, more)].into())))
            }
            Kept::Many(sums) => sums.0.entry(mark).or_default().add(more),
        }
    }

    /// Adds what another sender, or the same at another time, has sent.
    pub fn merge(&mut self, other: &Self) {
        other.iter().for_each(|(mark, packets, bytes)| self.add(mark, packets, bytes));
    }

    /// Mark, packets and bytes, by mark.
    pub fn iter(&self) -> impl Iterator<Item = (u8, u64, u64)> {
        let (one, many) = match &self.0 {
            Kept::None => (None, None),
            Kept::One(mark, sum) => (Some((mark, sum)), None),
            Kept::Many(sums) => (None, Some(sums.0.iter())),
        };
        one.into_iter().chain(many.into_iter().flatten()).map(|(mark, sum)| (*mark, sum.packets, sum.bytes))
    }

    /// Packets with a mark.
    #[must_use]
    pub fn packets(&self, mark: u8) -> u64 {
        self.of(mark).packets
    }

    /// Bytes of the packets with a mark.
    #[must_use]
    pub fn bytes(&self, mark: u8) -> u64 {
        self.of(mark).bytes
    }

    fn of(&self, mark: u8) -> Sum {
        match &self.0 {
            Kept::One(known, sum) if *known == mark => *sum,
            Kept::Many(sums) => sums.0.get(&mark).copied().unwrap_or_default(),
            Kept::None | Kept::One(..) => Sum::default(),
        }
    }
}

impl FromIterator<(u8, u64, u64)> for Marks {
    fn from_iter<I: IntoIterator<Item = (u8, u64, u64)>>(sums: I) -> Self {
        let mut marks = Self::default();
        sums.into_iter().for_each(|(mark, packets, bytes)| marks.add(mark, packets, bytes));
        marks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_summed_up_in_order() {
        let mut marks: Marks = [(46, 1, 200), (46, 2, 400)].into_iter().collect();
        assert_eq!((marks.packets(46), marks.bytes(46), marks.packets(0)), (3, 600, 0));
        marks.add(0, 5, 50);
        marks.merge(&[(26, 1, 9), (46, 1, 1)].into_iter().collect());
        assert_eq!(marks.iter().collect::<Vec<_>>(), [(0, 5, 50), (26, 1, 9), (46, 4, 601)]);
        assert_eq!((marks.packets(26), marks.bytes(26), marks.packets(8)), (1, 9, 0));
        assert_eq!(Marks::default().iter().count(), 0);
    }
}
