//! In which order calls are told to people.

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

/// Positions of calls: first those with trouble, the worst first, then the others as they began. The legs of a call stand
/// together, where the worst of them belongs.
pub(super) fn worst_first<K: Copy + Ord>(calls: &[Place<K>]) -> Vec<usize> {
    let root = |call: usize| {
        // A stored report may tie calls in a circle.
        let mut root = call;
        for _ in 0..calls.len() {
            match calls.get(root).and_then(|place| place.leg_of).filter(|above| *above < calls.len()) {
                Some(above) if above != call => root = above,
                _ => break,
            }
        }
        root
    };
    let worst = |place: &Place<K>| place.worst.unwrap_or(usize::MAX);
    let mut families: BTreeMap<usize, (usize, K)> = BTreeMap::new();
    let mut order: Vec<(usize, usize, &Place<K>)> = Vec::with_capacity(calls.len());
    for (at, place) in calls.iter().enumerate() {
        let root = root(at);
        let family = families.entry(root).or_insert((usize::MAX, place.start));
        *family = (family.0.min(worst(place)), family.1.min(place.start));
        order.push((root, at, place));
    }
    order.sort_by_key(|(root, at, place)| (families.get(root), *root, at != root, place.start, *at));
    order.into_iter().map(|(_, at, _)| at).collect()
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
        assert_eq!(order(&circle).len(), 3, "a stored report may say anything");
    }
}
