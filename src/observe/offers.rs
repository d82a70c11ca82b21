//! Takes the session descriptions of one call in capture order; gives what each of them changes of what the same side said
//! before (RFC 3264 section 8). A session timer repeats what was agreed (RFC 4028 section 7.4), and such an offer explains nothing.

use std::hash::{BuildHasher, Hash, Hasher};

use foldhash::fast::FixedState;

use super::dialogs::Heard;
use super::message::sdp::Sdp;

/// Descriptions kept of one call: of each side, on each hop.
const KEPT: usize = 8;

/// What a description changes, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Novelty {
    /// Nothing.
    Nothing,
    /// Codecs, packet time or keys: the voice goes on where it went.
    Coding,
    /// Address, port, direction or kind of a medium: hold, T.38, another way. Or it is not known what was said before.
    Way,
}

/// A request with all that answers it: whether it is one of the caller's, and its number.
pub(super) type Transaction = (bool, u32);

/// What was described so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Offers {
    known: Vec<Described>,
    /// The latest transaction, and the most that a description changed in it.
    latest: Option<(Transaction, Novelty)>,
}

/// What one side said to one receiver.
#[derive(Clone, Debug)]
struct Described {
    /// Of sender, receiver and side.
    hop: u64,
    now: Shape,
    /// What held before the transaction.
    before: Shape,
    transaction: Transaction,
}

/// A description, as far as it is compared. Hostile bytes could at most make two of them look the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Shape {
    way: u64,
    coding: u64,
}

impl Offers {
    /// A description in a message. `is_caller`: of which side. The answer to an offer changes as much as the offer did.
    pub(super) fn take(
        &mut self,
        heard: &Heard,
        is_caller: bool,
        transaction: Transaction,
        sdp: &Sdp,
    ) -> Novelty {
        // A proxy or a gateway on the way may write another address into the same description.
        let hop = digest((heard.from.ip(), heard.to.ip(), is_caller));
        let now = Shape::of(sdp);
        let changed = match self.known.iter_mut().find(|known| known.hop == hop) {
            Some(known) => {
                let changed = known.now.changed_by(now);
                if known.transaction != transaction {
                    (known.before, known.transaction) = (known.now, transaction);
                }
                known.now = now;
                changed
            }
            None => {
                if self.known.len() < KEPT {
                    self.known.push(Described { hop, now, before: now, transaction });
                }
                Novelty::Way
            }
        };
        let with_offer = self.latest.filter(|(latest, _)| *latest == transaction);
        let changed = with_offer.map_or(changed, |(_, offered)| offered.max(changed));
        self.latest = Some((transaction, changed));
        changed
    }

    /// The offer was refused: what held before holds on, RFC 3261 section 14.1.
    pub(super) fn take_back(&mut self, transaction: Transaction) {
        for known in self.known.iter_mut().filter(|known| known.transaction == transaction) {
            known.now = known.before;
        }
    }
}

impl Shape {
    fn of(sdp: &Sdp) -> Self {
        let [mut way, mut coding] = [0, 1].map(|seed| FixedState::with_seed(seed).build_hasher());
        sdp.media_count.hash(&mut way);
        for media in &sdp.media {
            let host = media.connection.as_ref().or(sdp.connection.as_ref());
            (&media.kind, &media.protocol, media.port, host).hash(&mut way);
            (media.direction, &media.candidates).hash(&mut way);
            (&media.formats, &media.rtpmaps, media.ptime).hash(&mut coding);
            (media.has_crypto, media.has_fingerprint).hash(&mut coding);
        }
        Self { way: way.finish(), coding: coding.finish() }
    }

    fn changed_by(self, other: Self) -> Novelty {
        match () {
            () if self.way != other.way => Novelty::Way,
            () if self.coding != other.coding => Novelty::Coding,
            () => Novelty::Nothing,
        }
    }
}

/// The same for the same value in every run.
fn digest(value: impl Hash) -> u64 {
    FixedState::default().hash_one(value)
}
