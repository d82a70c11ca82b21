//! Takes packets in capture order; says which of them are in the capture once more much later, as where captures were
//! merged whose clocks are apart. Copies that follow at once are left to `duplicates`.

use crate::capture::{Frame, Timestamp};

use super::traffic::{Flow, Stream};

/// No way through a network takes so long (ns): of the same packet at two places, the clocks differ.
const LEAST_APART: i64 = 500_000_000;
/// A packet is under way between two places for so long (ns) at most, which one direction adds and the other takes off.
const ALIKE: i64 = 250_000_000;
/// So many packets must be there twice.
const LEAST_ECHOES: u64 = 10;
/// And so many of a hundred that come again must do so by the same offset.
const STEADY_PERCENT: u64 = 80;
/// Where nothing but its sequence number tells a packet of voice from one that is played again, so often must new ones and old
/// ones alternate: a source that begins anew plays one after the other.
const LEAST_TURNS: u64 = 5;
const SLOTS: usize = 4096;
/// Packets are to be known for so long (ns): where their places are taken sooner, only some of them are looked at.
const KNOWN_FOR: i64 = 120_000_000_000;
/// The least share of packets that is looked at is 1 in so many, less one.
const SPARSEST: u64 = 0xff;

/// Packets by what is in them, each in one place that a later one takes.
#[derive(Clone, Debug)]
pub(super) struct Echoes {
    /// The lowest bit tells that it came again.
    slots: Vec<(u64, Timestamp, Frame)>,
    /// Bits that must be 0 in those looked at: the same ones whenever they come.
    mask: u64,
    displaced: usize,
}

impl Default for Echoes {
    fn default() -> Self {
        Self { slots: vec![(0, Timestamp::UNKNOWN, Frame::NONE); SLOTS], mask: 0, displaced: 0 }
    }
}

/// What a packet is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Look {
    /// Not looked at.
    #[default]
    Skipped,
    New,
    /// It was there so long (ns) before, in this frame.
    Again(i64, Frame),
    /// For the third time or more: somebody repeats it.
    Often,
}

impl Echoes {
    pub(super) fn look(&mut self, print: u64, time: Timestamp, frame: Frame) -> Look {
        if print >> 48 & self.mask != 0 || !time.is_known() {
            return Look::Skipped;
        }
        let print = print & !1 | 1 << 63;
        let Some(slot) = self.slots.get_mut(print as usize / 2 % SLOTS) else { return Look::Skipped };
        let (known, before, first) = *slot;
        let passed = time.since(before);
        if known & !1 == print {
            if passed < LEAST_APART {
                return Look::Skipped;
            }
            let look = if known & 1 == 0 { Look::Again(passed, first) } else { Look::Often };
            *slot = (print | 1, time, first);
            return look;
        }
        if known != 0 && passed < KNOWN_FOR {
            self.displaced += 1;
            if self.displaced >= SLOTS {
                self.displaced = 0;
                self.mask = (self.mask << 1 | 1).min(SPARSEST);
            }
        }
        *slot = (print, time, frame);
        Look::New
    }
}

/// What of one end of a flow came again much later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Echo {
    /// How much later (ns) the first of them came.
    apart: i64,
    /// Packets that came again so much later, and by their IP identification surely the same.
    count: u64,
    numbered: u64,
    /// Others that came again.
    others: u64,
    /// How often one came again behind a new one.
    turns: u64,
    is_behind_new: bool,
    /// The first of them, and what it is a copy of.
    pair: [Frame; 2],
}

impl Echo {
    /// Takes what a packet of the end is.
    pub(super) fn note(known: &mut Option<Box<Self>>, look: Look, frame: Frame, is_numbered: bool) {
        match (look, known) {
            (Look::Skipped, _) | (Look::New | Look::Often, None) => {}
            (Look::New, Some(known)) => known.is_behind_new = true,
            (Look::Often, Some(known)) => known.others += 1,
            (Look::Again(apart, first), none @ None) => {
                *none = Some(Box::new(Self {
                    apart,
                    count: 1,
                    numbered: u64::from(is_numbered),
                    others: 0,
                    turns: 0,
                    is_behind_new: false,
                    pair: [first, frame],
                }));
            }
            (Look::Again(apart, _), Some(known)) if is_alike(apart, known.apart) => {
                known.count += 1;
                known.numbered += u64::from(is_numbered);
                known.turns += u64::from(std::mem::take(&mut known.is_behind_new));
            }
            (Look::Again(..), Some(known)) => known.others += 1,
        }
    }

    /// Packets that are surely the same.
    fn sure(&self) -> u64 {
        if self.turns >= LEAST_TURNS { self.count } else { self.numbered }
    }
}

fn is_alike(one: i64, other: i64) -> bool {
    one.saturating_sub(other).saturating_abs() <= ALIKE
}

/// The same packets are in the capture by two clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClocksApart {
    /// By how much (ns) they differ.
    pub by: i64,
    /// A packet, and the same one by the other clock.
    pub pair: [Frame; 2],
}

/// Whether the same packets are there by two clocks; marks the streams that are.
pub(super) fn clocks_apart(flows: &[Flow], streams: &mut [Stream]) -> Option<ClocksApart> {
    let echoes = |flow: &Flow| [flow.from_a.extra.echo.clone(), flow.from_b.extra.echo.clone()];
    let all: Vec<Box<Echo>> = flows.iter().flat_map(echoes).flatten().collect();
    let most = all.iter().max_by_key(|echo| (echo.sure(), std::cmp::Reverse(echo.pair)))?;
    // To and fro differ by the way there and back.
    let alike: Vec<&Echo> =
        all.iter().map(|echo| &**echo).filter(|echo| is_alike(echo.apart, most.apart)).collect();
    let sure: u64 = alike.iter().map(|echo| echo.sure()).sum();
    let others: u64 = all
        .iter()
        .map(|echo| echo.others + if is_alike(echo.apart, most.apart) { 0 } else { echo.count })
        .sum();
    if sure < LEAST_ECHOES || sure * 100 < (sure + others) * STEADY_PERCENT {
        return None;
    }
    let sum: i128 = alike.iter().map(|echo| i128::from(echo.apart) * i128::from(echo.sure())).sum();
    for stream in streams.iter_mut() {
        let Some(flow) = flows.get(stream.flow) else { continue };
        let side = if flow.a == stream.source { &flow.from_a } else { &flow.from_b };
        if side.extra.echo.as_ref().is_some_and(|echo| is_alike(echo.apart, most.apart)) {
            stream.report.is_by_two_clocks = true;
            // What they would be of one of the clocks nobody can tell.
            (stream.report.quality, stream.report.timing.jitter) = (None, None);
        }
    }
    let by = i64::try_from(sum / i128::from(sure)).ok()?;
    let pair = alike.iter().map(|echo| echo.pair).min_by_key(|[_, copy]| *copy)?;
    Some(ClocksApart { by, pair })
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{at, frame, stream, udp};
    use super::super::{Direction, Sent};
    use super::*;

    /// What one end of a flow tells of packets as number, ms and IP identification.
    fn echo(packets: &[(u64, i64, bool)]) -> Option<Box<Echo>> {
        let mut echoes = Echoes::default();
        let mut known = None;
        for (place, (number, ms, is_numbered)) in (1..).zip(packets) {
            let print = (number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) & 0xffff_ffff_ffff;
            let look = echoes.look(print, at(*ms), frame(place));
            Echo::note(&mut known, look, frame(place), *is_numbered);
        }
        known
    }

    fn apart(echoes: [Option<Box<Echo>>; 2]) -> Option<(i64, bool)> {
        let [from_a, from_b] = echoes.map(|echo| {
            let mut side = Direction::default();
            side.extra.echo = echo;
            Sent::from(side)
        });
        let flow = Flow { from_a, from_b, ..udp("192.168.10.2:5204", "192.168.10.21:10000") };
        let mut streams = vec![stream("192.168.10.2:5204", "192.168.10.21:10000", &[(46, 120)])];
        let found = clocks_apart(&[flow], &mut streams);
        found.map(|found| (found.by / 1_000_000, streams[0].report.is_by_two_clocks))
    }

    /// So many packets, each 20 ms, and the same again so much (ms) later, in order of time.
    fn twice(count: u64, later: i64, is_numbered: bool) -> Vec<(u64, i64, bool)> {
        let first = (0..count).map(|number| (number, number as i64 * 20, is_numbered));
        let mut all: Vec<_> =
            first.clone().chain(first.map(|(number, ms, is)| (number, ms + later, is))).collect();
        all.sort_by_key(|(_, ms, _)| *ms);
        all
    }

    #[test]
    fn the_same_packets_by_a_steady_offset_show_two_clocks() {
        assert_eq!(apart([echo(&twice(20, 5_000, true)), None]), Some((5_000, true)));
        assert_eq!(apart([echo(&twice(9, 5_000, true)), None]), None, "few");
        assert_eq!(apart([echo(&twice(20, 400, true)), None]), None, "a long way may take so long");
        let both = [echo(&twice(20, 5_030, true)), echo(&twice(20, 4_970, true))];
        assert_eq!(apart(both), Some((5_000, true)), "a way of 30 ms between the places");
        let other = [echo(&twice(20, 5_000, true)), echo(&twice(20, 9_000, true))];
        assert_eq!(apart(other), None, "each by another offset");
    }

    #[test]
    fn what_is_played_again_is_no_copy_unless_old_and_new_alternate() {
        assert_eq!(apart([echo(&twice(100, 2_000, false)), None]), None, "one after the other");
        assert_eq!(apart([echo(&twice(200, 2_000, false)), None]), Some((2_000, true)));
    }

    #[test]
    fn what_is_repeated_again_and_again_is_no_copy() {
        let beacon: Vec<_> = (0..60).map(|nth| (7, nth * 30_000, true)).collect();
        assert_eq!(apart([echo(&beacon), None]), None);
    }

    #[test]
    fn of_many_packets_some_are_looked_at_and_both_times_the_same_ones() {
        let many = twice(100_000, 60_000, true);
        assert_eq!(apart([echo(&many), None]), Some((60_000, true)));
    }
}
