//! Takes when calls began, how bad they were and whose legs they are; gives the order in which they are told to people.
//! Knows no words, and leaves the order of JSON alone.

use std::collections::BTreeMap;

use super::json::document::Call;

/// What decides where a call stands: `K` is when it began.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<K> {
    /// Of a call with trouble: its place among those, 1 being the worst ([`crate::check::by_trouble`]).
    pub(super) worst: Option<usize>,
    pub(super) start: K,
    /// Position of the call that a PBX passed on as this one.
    pub(super) leg_of: Option<usize>,
}

/// Positions of calls: first those with trouble, the worst first, then the others as they began. The legs of a call
/// stand together, where the worst of them belongs.
pub(super) fn worst_first<K: Copy + Ord>(calls: &[Place<K>]) -> Vec<usize> {
    let worst = |place: &Place<K>| place.worst.unwrap_or(usize::MAX);
    let mut families: BTreeMap<usize, (usize, K)> = BTreeMap::new();
    let mut order: Vec<(usize, usize, &Place<K>)> = Vec::with_capacity(calls.len());
    for ((at, place), root) in calls.iter().enumerate().zip(roots(calls)) {
        let family = families.entry(root).or_insert((usize::MAX, place.start));
        *family = (family.0.min(worst(place)), family.1.min(place.start));
        order.push((root, at, place));
    }
    order.sort_by_key(|(root, at, place)| (families.get(root), *root, at != root, place.start, *at));
    order.into_iter().map(|(_, at, _)| at).collect()
}

/// The call at the head of each one's legs. Of calls that a stored report ties in a circle that is the one at which it
/// was come upon.
fn roots<K>(calls: &[Place<K>]) -> Vec<usize> {
    let mut roots: Vec<Option<usize>> = vec![None; calls.len()];
    let mut path = Vec::new();
    for mut call in 0..calls.len() {
        // Who stands on the path is his own root until the way ends.
        while let Some(root @ None) = roots.get_mut(call) {
            *root = Some(call);
            path.push(call);
            let above = calls.get(call).and_then(|place| place.leg_of);
            call = above.filter(|above| *above < calls.len()).unwrap_or(call);
        }
        let root = roots.get(call).copied().flatten();
        for below in path.drain(..) {
            if let Some(known) = roots.get_mut(below) {
                *known = root;
            }
        }
    }
    roots.into_iter().enumerate().map(|(call, root)| root.unwrap_or(call)).collect()
}

/// The calls of a published report in that order. Its moments are written so that their texts are in order of time.
pub(super) fn published(calls: &[Call]) -> impl Iterator<Item = &Call> {
    let places: Vec<Place<&str>> = calls
        .iter()
        .map(|call| Place {
            // Reports of earlier versions do not say which is the worst.
            worst: call.worst.or(call.marked.then_some(calls.len())),
            start: call.start.as_deref().unwrap_or_default(),
            leg_of: call.leg_of,
        })
        .collect();
    worst_first(&places).into_iter().filter_map(|at| calls.get(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(calls: &[(Option<usize>, u8, Option<usize>)]) -> Vec<usize> {
        let place =
            |(worst, start, leg_of): &(_, _, _)| Place { worst: *worst, start: *start, leg_of: *leg_of };
        worst_first(&calls.iter().map(place).collect::<Vec<_>>())
    }

    #[test]
    fn the_worst_come_first_and_the_others_as_they_began() {
        let calls = [(None, 3, None), (Some(2), 4, None), (None, 1, None), (Some(1), 9, None)];
        assert_eq!(order(&calls), [3, 1, 2, 0]);
        assert_eq!(order(&[(None, 5, None), (None, 5, None), (None, 4, None)]), [2, 0, 1], "none is marked");
    }

    #[test]
    fn the_legs_of_a_call_stand_together() {
        let calls = [(None, 1, None), (None, 2, None), (Some(1), 3, Some(1)), (None, 2, Some(1))];
        assert_eq!(order(&calls), [1, 3, 2, 0], "the worst leg brings its call forward");
        let circle = [(None, 1, Some(1)), (None, 2, Some(0)), (None, 0, Some(7))];
        assert_eq!(order(&circle), [2, 0, 1], "a stored report may say anything");
        let behind_it = [(None, 4, Some(1)), (None, 3, Some(2)), (None, 2, Some(1)), (None, 1, Some(3))];
        assert_eq!(order(&behind_it), [3, 1, 2, 0]);
    }

    #[test]
    fn a_long_chain_of_legs_is_walked_once() {
        const CALLS: usize = 200_000;
        let up: Vec<_> = (0..CALLS).map(|call| (None, 1, call.checked_sub(1))).collect();
        assert!(order(&up).into_iter().eq(0..CALLS));
        let down: Vec<_> = (0..CALLS).map(|call| (None, 1, Some(call + 1))).collect();
        assert_eq!(order(&down)[..2], [CALLS - 1, 0], "the head first");
        let circle: Vec<_> = (0..CALLS).map(|call| (None, 1, Some((call + 1) % CALLS))).collect();
        assert!(order(&circle).into_iter().eq(0..CALLS));
    }
}
