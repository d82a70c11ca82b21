//! What SDP told: where media will flow and what its payload types mean.
//!
//! Takes one [`Announcement`] per media line of an offer or answer, in any order; answers for a packet which of them
//! holds at its frame. Reading SDP and SIP is the caller's.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use arrayvec::ArrayVec;

use super::super::few::OneOrMany;
use super::payload::{MediaKind, PayloadName};
use crate::capture::Frame;

/// Payload types of a media line that are read.
pub const FORMATS: usize = 32;
/// Lines kept in all; further announcements are counted.
const MOST: usize = 65_536;
/// Of one address and port; the oldest makes room, since its packets were measured long ago.
const MOST_PER_ENDPOINT: usize = 1_024;

/// An address and port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Endpoint {
    /// Host.
    pub address: IpAddr,
    /// UDP port.
    pub port: u16,
}

impl From<SocketAddr> for Endpoint {
    fn from(socket: SocketAddr) -> Self {
        Self { address: socket.ip(), port: socket.port() }
    }
}

/// Which way media may flow as the announcing side sees it, RFC 8866 section 6.7.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MediaDirection {
    /// Both ways, also where nothing is said.
    #[default]
    SendReceive,
    /// It only sends (hold).
    SendOnly,
    /// It only receives.
    ReceiveOnly,
    /// Neither.
    Inactive,
}

/// The transport protocol of a media line, RFC 8866 section 5.14.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Profile {
    /// RTP in clear: `RTP/AVP`, `RTP/AVPF`.
    Rtp,
    /// SRTP: `RTP/SAVP`, `RTP/SAVPF`, `UDP/TLS/RTP/SAVP` ... (RFC 3711, 5764).
    Srtp,
    /// No RTP: T.38 over `udptl`, data channels.
    Other,
}

impl Profile {
    /// Reads the protocol field.
    #[must_use]
    pub fn parse(protocol: &str) -> Self {
        let contains = |part: &str| {
            protocol.as_bytes().windows(part.len()).any(|window| window.eq_ignore_ascii_case(part.as_bytes()))
        };
        if contains("RTP/SAVP") {
            Self::Srtp
        } else if contains("RTP/AVP") {
            Self::Rtp
        } else {
            Self::Other
        }
    }
}

/// One media line with what belongs to it, RFC 8866 section 5.14.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// The frame that carries it; it holds from there on.
    pub frame: Frame,
    /// Where the announcing side wants to receive.
    pub endpoint: Endpoint,
    /// `audio`, `video` or else.
    pub kind: MediaKind,
    /// What runs over it.
    pub profile: Profile,
    /// Payload types of the media line.
    pub formats: ArrayVec<u8, FORMATS>,
    /// What `a=rtpmap` says of them.
    pub payloads: Arc<[PayloadName]>,
    /// `a=ptime` in ms.
    pub ptime: Option<u32>,
    /// Shortest and longest packet time that is admitted, in ms: `minptime` of `a=fmtp`, and `a=maxptime`.
    pub ptime_limits: (Option<u32>, Option<u32>),
    /// `a=sendrecv` and the like.
    pub direction: MediaDirection,
    /// Call-ID of the dialog.
    pub call_id: Arc<str>,
    /// The next line of the same description for the same endpoint: voice and pictures on one port (RFC 9143), or SRTP
    /// offered beside RTP.
    pub beside: Option<Arc<Announcement>>,
}

impl Announcement {
    /// Whether the line announces RTP with this payload type.
    #[must_use]
    pub fn announces(&self, payload_type: u8) -> bool {
        self.profile != Profile::Other && self.formats.contains(&payload_type)
    }

    /// The line that announces this payload type, else the first one.
    #[must_use]
    pub fn line_of(self: &Arc<Self>, payload_type: u8) -> &Arc<Self> {
        let mut line = self;
        while let Some(next) = line.beside.as_ref().filter(|_| !line.announces(payload_type)) {
            line = next;
        }
        if line.announces(payload_type) { line } else { self }
    }

    /// How many lines, with those beside it.
    fn lines(&self) -> usize {
        std::iter::successors(Some(self), |line| line.beside.as_deref()).count()
    }

    /// Whether lines for the same media differ in what protects them, so that the answer has to tell.
    fn is_undecided(&self) -> bool {
        let mut line = self;
        while let Some(next) = line.beside.as_deref() {
            if next.kind == self.kind && next.profile != self.profile {
                return true;
            }
            line = next;
        }
        false
    }

    /// Whether the other one is the same but for its frame.
    fn repeats(&self, other: &Self) -> bool {
        let Self {
            frame: _,
            endpoint,
            kind,
            profile,
            formats,
            payloads,
            ptime,
            ptime_limits,
            direction,
            call_id,
            beside,
        } = self;
        let are_same = match (beside, &other.beside) {
            (None, None) => true,
            (Some(own), Some(other)) => own.repeats(other),
            _ => false,
        };
        are_same
            && *endpoint == other.endpoint
            && *kind == other.kind
            && *profile == other.profile
            && *formats == other.formats
            && *payloads == other.payloads
            && *ptime == other.ptime
            && *ptime_limits == other.ptime_limits
            && *direction == other.direction
            && *call_id == other.call_id
    }

    /// The payload type for keys (RFC 4733).
    #[must_use]
    pub fn event(&self) -> Option<u8> {
        let named = self.payloads.iter().filter(|name| name.is_telephone_event());
        named.map(|name| name.payload_type).find(|payload_type| self.formats.contains(payload_type))
    }

    /// The name of a payload type.
    #[must_use]
    pub fn payload(&self, payload_type: u8) -> Option<&PayloadName> {
        self.payloads.iter().find(|name| name.payload_type == payload_type)
    }
}

/// The answer for one packet.
#[derive(Clone, Copy, Debug, Default)]
pub struct Lookup<'a> {
    /// What holds, if anything was announced.
    pub announcement: Option<&'a Arc<Announcement>>,
    /// From this frame on the answer is another one; good to keep an answer for a whole flow.
    pub until: Option<Frame>,
}

/// All announcements of a measurement.
#[derive(Clone, Debug, Default)]
pub struct Announcements {
    /// By endpoint, each in frame order; only looked into, never walked.
    by_endpoint: hashbrown::HashMap<Endpoint, OneOrMany<Arc<Announcement>>, foldhash::quality::RandomState>,
    kept: usize,
    dropped: u64,
}

impl Announcements {
    /// Adds an announcement; what repeats the one before it (retransmission, 183 and 200) changes nothing.
    pub fn add(&mut self, announcement: Announcement) {
        let known = self.by_endpoint.entry(announcement.endpoint).or_default();
        let at = known.partition_point(|other| other.frame <= announcement.frame);
        let repeats = at
            .checked_sub(1)
            .and_then(|before| known.get(before))
            .is_some_and(|before| before.repeats(&announcement));
        if repeats {
            return;
        }
        let lines = announcement.lines();
        if known.len() >= MOST_PER_ENDPOINT && at > 0 {
            let oldest = known.many().remove(0);
            self.kept = (self.kept + lines).saturating_sub(oldest.lines());
            known.insert(at - 1, Arc::new(announcement));
            return;
        }
        if self.kept + lines > MOST || known.len() >= MOST_PER_ENDPOINT {
            self.dropped += 1;
            return;
        }
        known.insert(at, Arc::new(announcement));
        self.kept += lines;
    }

    /// Makes room in a capture of days: once more than half of what is kept is there, the older half goes. Who still talks
    /// by then has its stream tied to its call already.
    pub fn forget_oldest(&mut self) {
        if self.kept <= MOST / 2 {
            return;
        }
        let mut frames: Vec<Frame> = self
            .by_endpoint
            .values()
            .flat_map(|known| known.iter())
            .map(|announcement| announcement.frame)
            .collect();
        frames.sort_unstable();
        let Some(&middle) = frames.get(frames.len() / 2) else { return };
        self.by_endpoint.retain(|_, known| {
            known.retain(|announcement| announcement.frame >= middle);
            !known.is_empty()
        });
        let left = self.by_endpoint.values().flat_map(|known| known.iter());
        self.kept = left.map(|announcement| announcement.lines()).sum();
    }

    /// Takes them all away and leaves what was counted.
    pub fn take_all(&mut self) -> Self {
        std::mem::replace(self, Self { dropped: self.dropped, ..Self::default() })
    }

    /// What holds for a packet in `frame`. The receiver's own announcement fixes what payload types mean (RFC 3264
    /// section 5.1), so it goes first; the sender's helps where the receiver's was not captured.
    #[must_use]
    pub fn lookup(&self, source: Endpoint, destination: Endpoint, frame: Frame) -> Lookup<'_> {
        let (at_destination, next_destination) = self.at(destination, frame);
        if let Some(offer) = at_destination.filter(|offer| offer.is_undecided()) {
            let (answer, next_source) = self.at(source, frame);
            let until = [next_destination, next_source].into_iter().flatten().min();
            let mut lines = std::iter::successors(Some(offer), |line| line.beside.as_ref());
            let agreed = answer.and_then(|answer| {
                lines.find(|line| line.kind == answer.kind && line.profile == answer.profile)
            });
            return Lookup { announcement: Some(agreed.unwrap_or(offer)), until };
        }
        if at_destination.is_some() {
            return Lookup { announcement: at_destination, until: next_destination };
        }
        let (at_source, next_source) = self.at(source, frame);
        let until = [next_destination, next_source].into_iter().flatten().min();
        Lookup { announcement: at_source, until }
    }

    /// The latest announcement of an endpoint before this frame.
    #[must_use]
    pub fn at_present(&self, endpoint: Endpoint, frame: Frame) -> Option<&Arc<Announcement>> {
        self.at(endpoint, frame).0
    }

    /// Announcements for which there was no room.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    fn at(&self, endpoint: Endpoint, frame: Frame) -> (Option<&Arc<Announcement>>, Option<Frame>) {
        let Some(known) = self.by_endpoint.get(&endpoint) else { return (None, None) };
        let next = known.partition_point(|announcement| announcement.frame <= frame);
        let current = next.checked_sub(1).and_then(|index| known.get(index));
        (current, known.get(next).map(|announcement| announcement.frame))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(host: u8, port: u16) -> Endpoint {
        Endpoint { address: IpAddr::from([192, 0, 2, host]), port }
    }

    fn announcement(number: u64, endpoint: Endpoint, name: &str) -> Announcement {
        Announcement {
            frame: Frame::new(0, number),
            endpoint,
            kind: MediaKind::Audio,
            profile: Profile::Rtp,
            formats: [96].into_iter().collect(),
            payloads: [PayloadName { payload_type: 96, name: name.into(), rate: 16_000 }].into(),
            ptime: Some(20),
            ptime_limits: (None, None),
            direction: MediaDirection::SendReceive,
            call_id: "call".into(),
            beside: None,
        }
    }

    fn name(lookup: Lookup<'_>) -> Option<&str> {
        lookup.announcement?.payload(96).map(|payload| &*payload.name)
    }

    #[test]
    fn counts_from_its_frame_on() {
        let (a, b) = (endpoint(1, 4000), endpoint(2, 5000));
        let mut known = Announcements::default();
        // Out of order, as two ranges may deliver them.
        known.add(announcement(30, b, "second"));
        known.add(announcement(10, b, "first"));
        let early = known.lookup(a, b, Frame::new(0, 9));
        assert_eq!((name(early), early.until), (None, Some(Frame::new(0, 10))));
        let middle = known.lookup(a, b, Frame::new(0, 10));
        assert_eq!((name(middle), middle.until), (Some("first"), Some(Frame::new(0, 30))));
        let late = known.lookup(a, b, Frame::new(1, 1));
        assert_eq!((name(late), late.until), (Some("second"), None));
        assert_eq!(known.kept, 2);
    }

    #[test]
    fn destination_goes_before_source() {
        let (a, b) = (endpoint(1, 4000), endpoint(2, 5000));
        let mut known = Announcements::default();
        known.add(announcement(1, a, "of a"));
        known.add(announcement(20, b, "of b"));
        let before = known.lookup(a, b, Frame::new(0, 5));
        assert_eq!((name(before), before.until), (Some("of a"), Some(Frame::new(0, 20))));
        assert_eq!(name(known.lookup(a, b, Frame::new(0, 25))), Some("of b"));
    }

    #[test]
    fn of_srtp_offered_beside_rtp_the_answer_tells_which_holds() {
        let (a, b) = (endpoint(1, 4000), endpoint(2, 5000));
        let offer = |number| {
            let plain = announcement(number, b, "x");
            let beside = Some(Arc::new(plain.clone()));
            Announcement { profile: Profile::Srtp, beside, ..plain }
        };
        let answered = |profile: Profile| {
            let mut known = Announcements::default();
            known.add(offer(1));
            known.add(Announcement { profile, ..announcement(20, a, "x") });
            known
        };
        let profile = |known: &Announcements, number| {
            let found = known.lookup(a, b, Frame::new(0, number));
            (found.announcement.map(|known| known.profile), found.until)
        };
        let plain = answered(Profile::Rtp);
        assert_eq!(profile(&plain, 5), (Some(Profile::Srtp), Some(Frame::new(0, 20))), "the first, so far");
        assert_eq!(profile(&plain, 25), (Some(Profile::Rtp), None));
        assert_eq!(profile(&answered(Profile::Srtp), 25), (Some(Profile::Srtp), None));
        let mut again = answered(Profile::Rtp);
        again.add(offer(30));
        assert_eq!(again.kept, 3, "repeated line by line");
    }

    #[test]
    fn repetitions_are_one_and_the_caps_hold() {
        let mut known = Announcements::default();
        for number in 1..=3 {
            known.add(announcement(number, endpoint(1, 4000), "same"));
        }
        assert_eq!((known.kept, known.dropped()), (1, 0));
        for number in 0..MOST_PER_ENDPOINT as u64 + 2 {
            known.add(announcement(number + 10, endpoint(2, 4000), &number.to_string()));
        }
        assert_eq!((known.kept, known.dropped()), (1 + MOST_PER_ENDPOINT, 0));
        let at = |number| known.lookup(endpoint(1, 9), endpoint(2, 4000), Frame::new(0, number));
        assert_eq!(name(at(10)), None, "the oldest made room");
        let latest = MOST_PER_ENDPOINT as u64 + 1;
        assert_eq!(name(at(latest + 10)), Some(&*latest.to_string()), "and never the latest");
    }

    #[test]
    fn profiles_are_read() {
        for (protocol, profile) in [
            ("RTP/AVP", Profile::Rtp),
            ("RTP/AVPF", Profile::Rtp),
            ("UDP/TLS/RTP/SAVPF", Profile::Srtp),
            ("rtp/savp", Profile::Srtp),
            ("udptl", Profile::Other),
        ] {
            assert_eq!(Profile::parse(protocol), profile, "{protocol}");
        }
    }
}
