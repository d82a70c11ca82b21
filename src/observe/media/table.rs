//! Takes the packets of a shard that could be RTP, in order of arrival; gives a report for each stream. Knows no flow but by
//! its index, and nothing of SIP but what an announcement says.
//!
//! The SSRC of random UDP is random: nearly every packet looks like the start of another stream. So a source is a mere
//! candidate, whose packets are kept aside, until five of them follow each other; a flow direction that brings sixteen
//! candidates and never a stream is given up. What is dropped is counted.

mod queues;
mod sides;

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::sync::Arc;

use super::announce::{Announcement, Lookup};
use super::report::StreamReport;
use super::sample::{Direction, Sample};
use super::stream::{Key, Stream};
use crate::capture::{Frame, Timestamp};
use queues::Queues;
use sides::Sides;

/// Packets near each other that make a candidate a stream.
const FOLLOWING: u8 = 5;
/// Steps of the sequence number that count as near: loss and reordering of a bad line.
const NEAR: u16 = 16;
/// Packets kept of a candidate; if they bring no decision it is dropped.
const KEPT: usize = 32;
/// Candidates of one flow direction without any stream, after which it is given up.
const TRIES: u32 = 16;
/// Candidates of one flow direction at a time, and if SDP announced them.
const OPEN: usize = 16;
const CROWD: usize = 64;

type Map<K, V> = hashbrown::HashMap<K, V, foldhash::quality::RandomState>;

/// How much is kept at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Streams; packets of further ones are dropped.
    pub streams: usize,
    /// Candidates; the oldest makes room.
    pub candidates: usize,
}

impl Default for Limits {
    /// A stream takes about 3 KB while it speaks, a candidate up to 3 KB.
    fn default() -> Self {
        Self { streams: 65_536, candidates: 16_384 }
    }
}

/// Packets that are in no report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dropped {
    /// Of sources that never became a stream: most likely no RTP.
    pub unlikely: u64,
    /// Of streams and candidates for which there was no room.
    pub no_room: u64,
}

/// A packet that could be RTP and waits until all that SDP says up to its frame is known.
#[derive(Clone, Copy, Debug)]
pub struct Waiting {
    /// Which stream it would belong to.
    pub key: Key,
    /// Its place in the measurement, as announcements are ordered by.
    pub place: Frame,
    /// What is to be measured.
    pub sample: Sample,
}

/// The table.
#[derive(Clone, Debug)]
pub struct Streams {
    limits: Limits,
    start: Timestamp,
    streams: Vec<(Key, Box<Stream>)>,
    /// Only looked into, never walked.
    by_key: Map<Key, usize>,
    sides: Sides,
    queues: Queues,
    /// Packets of a wave behind which the clock had been, with the latest time before.
    late: Vec<(u32, Timestamp)>,
    /// Time of the latest packet.
    now: Timestamp,
    /// Streams that do not rest yet, and when they are looked at for that, the earliest first.
    awake: BinaryHeap<Reverse<(Timestamp, usize)>>,
    /// Candidates in order of birth, with those that are gone already.
    births: VecDeque<(Key, u64)>,
    born: u64,
    candidates: usize,
    dropped: Dropped,
}

/// One direction of a flow.
#[derive(Clone, Debug, Default)]
struct Side {
    /// The stream of the latest packet: media rarely changes its source.
    current: Option<(u32, usize)>,
    candidates: Vec<Candidate>,
    tries: u32,
    given_up: bool,
}

#[derive(Clone, Debug)]
struct Candidate {
    ssrc: u32,
    birth: u64,
    packets: Vec<(Sample, Option<Arc<Announcement>>)>,
    following: u8,
    signalled: bool,
}

impl Streams {
    /// An empty table. `start`: time of the first frame of the measurement, from which Wireshark counts.
    #[must_use]
    pub fn new(limits: Limits, start: Timestamp) -> Self {
        Self {
            limits,
            start,
            streams: Vec::new(),
            by_key: Map::default(),
            sides: Sides::default(),
            queues: Queues::default(),
            late: Vec::new(),
            now: start,
            awake: BinaryHeap::new(),
            births: VecDeque::new(),
            born: 0,
            candidates: 0,
            dropped: Dropped::default(),
        }
    }

    /// Takes packets in order of arrival; `lookup` gives what SDP says at one of them. Streams do not see each other: so
    /// the packets of each are measured in a row, while its state is in the cache, and the figures are the same as if
    /// each packet were taken when it is its turn.
    pub fn push_all<'a>(&mut self, packets: &[Waiting], lookup: impl Fn(&Waiting) -> Lookup<'a>) {
        self.queues.begin(packets.len());
        self.let_some_rest();
        for (at, waiting) in (0..).zip(packets) {
            if waiting.sample.time < self.now {
                self.late.push((at, self.now));
            }
            self.now = self.now.max(waiting.sample.time);
            match self.established(waiting.key) {
                Some(stream) => self.queues.add(stream, at),
                None if waiting.sample.odd_padding => {}
                None => self.consider(waiting.key, &waiting.sample, lookup(waiting).announcement),
            }
        }
        while let Some(line) = self.queues.pop() {
            let Some((_, stream)) = self.streams.get_mut(line.stream as usize) else { continue };
            let rested = stream.rests_at().is_none();
            let mut known: Option<Lookup<'a>> = None;
            let mut at = line.first as usize;
            while let Some(waiting) = packets.get(at) {
                let holds = |known: &Lookup<'a>| known.until.is_none_or(|until| waiting.place < until);
                let now = known.filter(holds).unwrap_or_else(|| lookup(waiting));
                known = Some(now);
                stream.rest(latest(&self.late, at, waiting.sample.time));
                stream.push(&waiting.sample, now.announcement, self.start);
                at = self.queues.next.get(at).map_or(packets.len(), |next| *next as usize);
            }
            if rested && let Some(due) = stream.rests_at() {
                self.awake.push(Reverse((due, line.stream as usize)));
            }
        }
        self.late.clear();
    }

    /// Streams that ended stay in the table, and should be small there.
    fn let_some_rest(&mut self) {
        while let Some(&Reverse((due, at))) = self.awake.peek()
            && due < self.now
        {
            self.awake.pop();
            if let Some((_, stream)) = self.streams.get_mut(at) {
                stream.rest(self.now);
                self.awake.extend(stream.rests_at().map(|due| Reverse((due, at))));
            }
        }
    }

    /// The stream of `key`, if it is one already.
    fn established(&mut self, (flow, direction, ssrc): Key) -> Option<usize> {
        let side = self.sides.get_mut(flow, direction)?;
        match side.current {
            Some((current, index)) if current == ssrc => Some(index),
            Some(_) => {
                let index = *self.by_key.get(&(flow, direction, ssrc))?;
                side.current = Some((ssrc, index));
                Some(index)
            }
            None => None,
        }
    }

    /// Takes a packet of what is no stream yet.
    fn consider(&mut self, key: Key, sample: &Sample, announcement: Option<&Arc<Announcement>>) {
        let (flow, direction, ssrc) = key;
        if self.sides.get(flow, direction).is_none() {
            self.sides.insert(flow, direction, Side::default());
        }
        let Some(side) = self.sides.get_mut(flow, direction) else { return };
        let before = side.candidates.len();
        let outcome = side.consider(ssrc, self.born, sample, announcement);
        self.candidates = self.candidates + side.candidates.len() - before;
        self.dropped.unlikely += outcome.dropped;
        if outcome.is_born {
            self.births.push_back((key, self.born));
            self.born += 1;
        }
        if let Some(candidate) = outcome.promoted {
            self.promote(key, &candidate);
        }
        self.make_room();
    }

    /// RTCP from this source or about it was seen, on the flow itself or the port above; at any time before the reports.
    pub fn pair_rtcp(&mut self, key: Key) {
        if let Some(stream) = self.stream_mut(key) {
            stream.pair_rtcp();
        }
    }

    /// Packets that are in no report so far.
    #[must_use]
    pub fn dropped(&self) -> Dropped {
        self.dropped
    }

    /// Decides about the last candidates and gives all streams by first frame, also those that are most likely no RTP
    /// ([`StreamReport::is_media`]). To look at a table that goes on growing, clone it. Each stream makes room for its
    /// report: both never stand whole beside each other.
    pub fn finish(&mut self) -> impl Iterator<Item = StreamReport> + use<> {
        let births = std::mem::take(&mut self.births);
        for (key, birth) in births {
            match self.take_candidate(key, birth) {
                Some(candidate) if candidate.signalled => self.promote(key, &candidate),
                Some(candidate) => self.dropped.unlikely += candidate.packets.len() as u64,
                None => {}
            }
        }
        let mut streams = std::mem::take(&mut self.streams);
        streams.sort_unstable_by_key(|(key, stream)| (stream.first_frame(), *key));
        streams.into_iter().map(|(key, stream)| stream.report(key))
    }

    /// Lets go of the flows that have no new place: their streams are over. `place` gives the new index of a flow.
    pub fn renumber(&mut self, place: &impl Fn(u32) -> Option<u32>) -> Vec<StreamReport> {
        for (key, birth) in std::mem::take(&mut self.births) {
            if place(key.0).is_some() {
                self.births.push_back(((place(key.0).unwrap_or_default(), key.1, key.2), birth));
                continue;
            }
            match self.take_candidate(key, birth) {
                Some(candidate) if candidate.signalled => self.promote(key, &candidate),
                Some(candidate) => self.dropped.unlikely += candidate.packets.len() as u64,
                None => {}
            }
        }
        let mut over = Vec::new();
        let mut moved = vec![None; self.streams.len()];
        for (at, (key, stream)) in std::mem::take(&mut self.streams).into_iter().enumerate() {
            match place(key.0) {
                Some(flow) => {
                    if let Some(to) = moved.get_mut(at) {
                        *to = Some(self.streams.len());
                    }
                    self.streams.push(((flow, key.1, key.2), stream));
                }
                None => over.push(stream.report(key)),
            }
        }
        self.by_key = self.streams.iter().enumerate().map(|(at, (key, _))| (*key, at)).collect();
        let awake = self.streams.iter().enumerate();
        self.awake = awake.filter_map(|(at, (_, stream))| Some(Reverse((stream.rests_at()?, at)))).collect();
        self.queues = Queues::default();
        let mut sides = std::mem::take(&mut self.sides);
        for flow in 0..sides.flows() {
            let Some(to) = place(flow) else { continue };
            for direction in [Direction::AToB, Direction::BToA] {
                let Some(side) = sides.get_mut(flow, direction) else { continue };
                let mut side = std::mem::take(side);
                side.current = side.current.and_then(|(ssrc, at)| Some((ssrc, (*moved.get(at)?)?)));
                self.sides.insert(to, direction, side);
            }
        }
        over
    }

    fn stream_mut(&mut self, key: Key) -> Option<&mut Stream> {
        let index = *self.by_key.get(&key)?;
        self.streams.get_mut(index).map(|(_, stream)| &mut **stream)
    }

    fn promote(&mut self, key: Key, candidate: &Candidate) {
        let Some((first, _)) = candidate.packets.first() else { return };
        if self.streams.len() >= self.limits.streams {
            self.dropped.no_room += candidate.packets.len() as u64;
            return;
        }
        let mut stream = Box::new(Stream::new(first));
        for (sample, announcement) in &candidate.packets {
            stream.push(sample, announcement.as_ref(), self.start);
        }
        let index = self.streams.len();
        self.awake.extend(stream.rests_at().map(|due| Reverse((due, index))));
        self.streams.push((key, stream));
        self.by_key.insert(key, index);
        if let Some(side) = self.sides.get_mut(key.0, key.1) {
            side.current = Some((key.2, index));
            // There may be many sides, and most have this stream alone.
            side.candidates.shrink_to_fit();
        }
    }

    fn make_room(&mut self) {
        while self.candidates > self.limits.candidates {
            let Some((key, birth)) = self.births.pop_front() else { return };
            if let Some(candidate) = self.take_candidate(key, birth) {
                self.dropped.no_room += candidate.packets.len() as u64;
            }
        }
        // Those that are gone already must not pile up.
        if self.births.len() > 2 * self.limits.candidates + TRIES as usize {
            let sides = &self.sides;
            self.births.retain(|((flow, direction, ssrc), birth)| {
                sides.get(*flow, *direction).is_some_and(|side| side.position(*ssrc, *birth).is_some())
            });
        }
    }

    fn take_candidate(&mut self, (flow, direction, ssrc): Key, birth: u64) -> Option<Candidate> {
        let side = self.sides.get_mut(flow, direction)?;
        let position = side.position(ssrc, birth)?;
        self.candidates -= 1;
        Some(side.candidates.remove(position))
    }
}

/// The latest time up to a packet, in the order in which packets arrived: whether a stream rests must depend neither on how
/// packets are put into waves nor on a clock that goes back.
fn latest(late: &[(u32, Timestamp)], at: usize, time: Timestamp) -> Timestamp {
    let place = late.binary_search_by_key(&at, |(at, _)| *at as usize);
    place.ok().and_then(|place| late.get(place)).map_or(time, |(_, latest)| *latest)
}

/// What a packet did to the candidates of its side.
#[derive(Default)]
struct Outcome {
    is_born: bool,
    promoted: Option<Candidate>,
    dropped: u64,
}

impl Side {
    fn consider(
        &mut self,
        ssrc: u32,
        birth: u64,
        sample: &Sample,
        announcement: Option<&Arc<Announcement>>,
    ) -> Outcome {
        let mut outcome = Outcome::default();
        let signalled = announcement
            .is_some_and(|known| known.line_of(sample.payload_type).announces(sample.payload_type));
        let position = match self.candidates.iter().position(|candidate| candidate.ssrc == ssrc) {
            Some(position) => position,
            None => {
                outcome.dropped += self.prepare_birth(signalled);
                if self.given_up && !signalled {
                    outcome.dropped += 1;
                    return outcome;
                }
                outcome.is_born = true;
                let packets = Vec::with_capacity(usize::from(FOLLOWING));
                self.candidates.push(Candidate { ssrc, birth, packets, following: 0, signalled });
                self.candidates.len() - 1
            }
        };
        match self
            .candidates
            .get_mut(position)
            .map(|candidate| candidate.push(sample, announcement, signalled))
        {
            Some(Progress::Promoted) => outcome.promoted = Some(self.candidates.remove(position)),
            Some(Progress::Hopeless) => {
                outcome.dropped += self.candidates.remove(position).packets.len() as u64
            }
            Some(Progress::Open) | None => {}
        }
        outcome
    }

    /// Gives up or makes room before another candidate; returns how many packets that drops.
    fn prepare_birth(&mut self, signalled: bool) -> u64 {
        if !signalled && !self.given_up && self.current.is_none() {
            self.tries += 1;
            self.given_up = self.tries > TRIES;
        }
        if self.given_up && !signalled {
            return self.drop_candidates(usize::MAX, |candidate| !candidate.signalled);
        }
        // A signalled candidate stays until there are far too many of its kind.
        match self.candidates.len() {
            CROWD.. => self.drop_candidates(1, |_| true),
            OPEN.. => self.drop_candidates(1, |candidate| !candidate.signalled),
            _ => 0,
        }
    }

    /// Drops the oldest `most` that `may_go`; returns how many packets they had.
    fn drop_candidates(&mut self, most: usize, may_go: fn(&Candidate) -> bool) -> u64 {
        let (mut gone, mut packets) = (0, 0);
        self.candidates.retain(|candidate| {
            let goes = gone < most && may_go(candidate);
            if goes {
                gone += 1;
                packets += candidate.packets.len() as u64;
            }
            !goes
        });
        packets
    }

    fn position(&self, ssrc: u32, birth: u64) -> Option<usize> {
        self.candidates.iter().position(|candidate| candidate.ssrc == ssrc && candidate.birth == birth)
    }
}

enum Progress {
    Open,
    Promoted,
    Hopeless,
}

impl Candidate {
    fn push(
        &mut self,
        sample: &Sample,
        announcement: Option<&Arc<Announcement>>,
        signalled: bool,
    ) -> Progress {
        let ahead = self.packets.last().map(|(last, _)| sample.sequence.wrapping_sub(last.sequence));
        self.following = match ahead {
            // A copy from the mirror port says nothing.
            Some(0) => self.following,
            Some(ahead) if ahead <= NEAR || ahead >= NEAR.wrapping_neg() => self.following + 1,
            _ => 1,
        };
        self.signalled |= signalled;
        self.packets.push((*sample, announcement.cloned()));
        match self.packets.len() {
            _ if self.following >= FOLLOWING => Progress::Promoted,
            KEPT.. if self.signalled => Progress::Promoted,
            KEPT.. => Progress::Hopeless,
            _ => Progress::Open,
        }
    }
}

#[cfg(test)]
mod tests;
