//! Lists of which nearly all hold one thing or none: those take no memory of their own. Rows of flows hold several such
//! lists each, and there may be half a million flows.

use std::ops::{Deref, DerefMut};

use arrayvec::ArrayVec;

/// At most `N` things, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Few<T, const N: usize>(Kept<T, N>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kept<T, const N: usize> {
    None,
    One(T),
    Many(Box<ArrayVec<T, N>>),
}

impl<T, const N: usize> Few<T, N> {
    /// An empty one.
    pub const NONE: Self = Self(Kept::None);

    /// Whether what is pushed now is left out.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.len() >= N
    }

    /// Adds one at the end, or leaves it out where there is no room.
    pub fn push(&mut self, value: T) {
        match &mut self.0 {
            Kept::None => self.0 = Kept::One(value),
            Kept::Many(known) => {
                if !known.is_full() {
                    known.push(value);
                }
            }
            Kept::One(_) if N > 1 => {
                let mut both = Box::<ArrayVec<T, N>>::default();
                if let Kept::One(known) = std::mem::replace(&mut self.0, Kept::None) {
                    both.push(known);
                }
                both.push(value);
                self.0 = Kept::Many(both);
            }
            Kept::One(_) => {}
        }
    }
}

impl<T, const N: usize> Default for Few<T, N> {
    fn default() -> Self {
        Self::NONE
    }
}

impl<T, const N: usize> Deref for Few<T, N> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match &self.0 {
            Kept::None => &[],
            Kept::One(only) => std::slice::from_ref(only),
            Kept::Many(known) => known,
        }
    }
}

impl<T, const N: usize> DerefMut for Few<T, N> {
    fn deref_mut(&mut self) -> &mut [T] {
        match &mut self.0 {
            Kept::None => &mut [],
            Kept::One(only) => std::slice::from_mut(only),
            Kept::Many(known) => known,
        }
    }
}

impl<T, const N: usize> FromIterator<T> for Few<T, N> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        let mut few = Self::default();
        values.into_iter().take(N).for_each(|value| few.push(value));
        few
    }
}

impl<'a, T, const N: usize> IntoIterator for &'a Few<T, N> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Things in order, of which one alone takes no memory of its own. Whoever holds them bounds them.
#[derive(Clone, Debug)]
pub(super) struct OneOrMany<T> {
    /// If there never was another.
    one: Option<T>,
    many: Vec<T>,
}

impl<T> Default for OneOrMany<T> {
    fn default() -> Self {
        Self { one: None, many: Vec::new() }
    }
}

impl<T> OneOrMany<T> {
    /// Puts one in before the one at `at`, which is at most their number.
    pub(super) fn insert(&mut self, at: usize, value: T) {
        if self.is_empty() && self.many.capacity() == 0 {
            self.one = Some(value);
        } else {
            self.many().insert(at, value);
        }
    }

    /// Leaves those that fit.
    pub(super) fn retain(&mut self, fits: impl Fn(&T) -> bool) {
        self.one = self.one.take().filter(&fits);
        self.many.retain(fits);
    }

    /// All of them, to take some away.
    pub(super) fn many(&mut self) -> &mut Vec<T> {
        self.many.extend(self.one.take());
        &mut self.many
    }
}

impl<T> Deref for OneOrMany<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        self.one.as_ref().map_or(&*self.many, std::slice::from_ref)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_holds_what_there_is_room_for_in_order() {
        let mut few = Few::<u64, 3>::default();
        for pushed in 0..5 {
            assert_eq!((few.to_vec(), few.is_full()), ((0..pushed.min(3)).collect(), pushed >= 3));
            few.push(pushed);
        }
        few.reverse();
        assert_eq!(few.to_vec(), [2, 1, 0]);
        assert_eq!((0..9).collect::<Few<u64, 3>>().to_vec(), [0, 1, 2]);
        assert_eq!((0..9).collect::<Few<u64, 1>>().to_vec(), [0]);
    }

    #[test]
    fn one_or_many_stay_in_order() {
        let mut known = OneOrMany::default();
        assert!(known.is_empty());
        known.insert(0, 2);
        assert_eq!((&*known, known.many.capacity()), (&[2][..], 0));
        known.insert(0, 1);
        known.insert(2, 3);
        assert_eq!(&*known, [1, 2, 3]);
        known.many().remove(0);
        assert_eq!(&*known, [2, 3]);
        known.retain(|value| *value > 2);
        assert_eq!(&*known, [3]);
        let mut one = OneOrMany::default();
        one.insert(0, 4);
        one.retain(|value| *value == 4);
        assert_eq!((&*one, one.many.capacity()), (&[4][..], 0));
        one.retain(|value| *value != 4);
        assert!(one.is_empty());
    }

    #[test]
    fn one_takes_no_memory_of_its_own() {
        let mut few = Few::<u64, 5>::default();
        few.push(7);
        assert!(matches!(few.0, Kept::One(7)));
        assert_eq!(size_of::<Few<u64, 5>>(), 16);
    }
}
