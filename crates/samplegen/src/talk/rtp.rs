//! RTP and RTCP packets, RFC 3550, 3551 and 4733.

/// A codec, at 20 ms a packet where nothing else is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codec {
    /// G.711 A-law, payload type 8.
    Pcma,
    /// The same in packets of 30 ms, although 20 ms are agreed.
    PcmaAt30,
    /// G.722, payload type 9; its RTP clock is 8000 Hz, RFC 3551 section 4.5.2.
    G722,
    /// Opus at a dynamic payload type, RFC 7587.
    Opus,
    /// G.711 under SRTP, RFC 3711: the 160 bytes are noise and a tag of 10 bytes follows.
    Srtp,
}

impl Codec {
    /// Payload type number.
    #[must_use]
    pub fn payload_type(self) -> u8 {
        match self {
            Self::Pcma | Self::PcmaAt30 | Self::Srtp => 8,
            Self::G722 => 9,
            Self::Opus => 111,
        }
    }

    /// Name in `a=rtpmap`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pcma | Self::PcmaAt30 | Self::Srtp => "PCMA/8000",
            Self::G722 => "G722/8000",
            Self::Opus => "opus/48000/2",
        }
    }

    /// Timestamp units of one packet.
    #[must_use]
    pub fn step(self) -> u32 {
        match self {
            Self::Opus => 960,
            Self::PcmaAt30 => 240,
            Self::Pcma | Self::G722 | Self::Srtp => 160,
        }
    }

    /// Milliseconds of one packet.
    #[must_use]
    pub fn milliseconds(self) -> u64 {
        if self == Self::PcmaAt30 { 30 } else { 20 }
    }

    /// Payload bytes of one packet.
    #[must_use]
    pub fn length(self) -> usize {
        match self {
            Self::Pcma | Self::G722 => 160,
            Self::PcmaAt30 => 240,
            Self::Opus => 80,
            Self::Srtp => 170,
        }
    }
}

/// The fields of an RTP header that change.
#[derive(Clone, Copy, Debug)]
pub struct Header {
    /// Payload type.
    pub payload_type: u8,
    /// First packet of a talkspurt.
    pub marker: bool,
    /// Sequence number.
    pub sequence: u16,
    /// Timestamp in units of the codec's clock.
    pub timestamp: u32,
    /// Synchronisation source.
    pub ssrc: u32,
}

/// An RTP packet, RFC 3550 section 5.1.
#[must_use]
pub fn rtp(header: &Header, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x80, u8::from(header.marker) << 7 | header.payload_type];
    bytes.extend(header.sequence.to_be_bytes());
    bytes.extend(header.timestamp.to_be_bytes());
    bytes.extend(header.ssrc.to_be_bytes());
    bytes.extend(payload);
    bytes
}

/// A telephone event, RFC 4733 section 2.3. `duration` is in timestamp units.
#[must_use]
pub fn telephone_event(event: u8, end: bool, duration: u16) -> Vec<u8> {
    let [high, low] = duration.to_be_bytes();
    vec![event, u8::from(end) << 7 | 10, high, low]
}

/// What a sender report says of its own stream.
#[derive(Clone, Copy, Debug)]
pub struct Sent {
    /// The sender's source.
    pub ssrc: u32,
    /// Nanoseconds since the Unix epoch.
    pub time: u64,
    /// RTP timestamp of that moment.
    pub timestamp: u32,
    /// Packets sent so far.
    pub packets: u32,
    /// Payload bytes sent so far.
    pub octets: u32,
}

/// What a report block says of the other side's stream.
#[derive(Clone, Copy, Debug)]
pub struct Received {
    /// Whose stream.
    pub ssrc: u32,
    /// Extended highest sequence number.
    pub highest: u32,
    /// Share lost since the last report, in 1/256.
    pub fraction: u8,
    /// Packets lost so far.
    pub lost: u32,
    /// Jitter in timestamp units.
    pub jitter: u32,
    /// Time of the sender report that this one answers, in nanoseconds since the Unix epoch, and for how many it waited.
    pub answers: Option<(u64, u64)>,
}

impl Received {
    /// The report block, RFC 3550 section 6.4.1.
    fn words(&self) -> [u32; 6] {
        let lost = u32::from(self.fraction) << 24 | self.lost & 0xff_ffff;
        let (last, delay) = self.answers.map_or((0, 0), |(time, delay)| {
            let (seconds, fraction) = ntp(time);
            (seconds << 16 | fraction >> 16, (delay * 65_536 / 1_000_000_000) as u32)
        });
        [self.ssrc, lost, self.highest, self.jitter, last, delay]
    }
}

/// Seconds and fraction from 1900 of nanoseconds since the Unix epoch.
fn ntp(time: u64) -> (u32, u32) {
    /// Seconds from 1900, where NTP counts from, to 1970.
    const EPOCH: u64 = 2_208_988_800;
    let fraction = ((time % 1_000_000_000) << 32) / 1_000_000_000;
    ((time / 1_000_000_000 + EPOCH) as u32, fraction as u32)
}

/// Sender report with one report block and an SDES CNAME, RFC 3550 sections 6.4.1 and 6.5.
#[must_use]
pub fn sender_report(sent: &Sent, received: &Received, cname: &str) -> Vec<u8> {
    let (seconds, fraction) = ntp(sent.time);
    let mut bytes = vec![0x81, 200, 0, 12];
    for word in [sent.ssrc, seconds, fraction, sent.timestamp, sent.packets, sent.octets] {
        bytes.extend(word.to_be_bytes());
    }
    for word in received.words() {
        bytes.extend(word.to_be_bytes());
    }
    bytes.extend(source_description(sent.ssrc, cname));
    bytes
}

/// Receiver report with one report block, RFC 3550 section 6.4.2.
#[must_use]
pub fn receiver_report(ssrc: u32, received: &Received, cname: &str) -> Vec<u8> {
    let mut bytes = vec![0x81, 201, 0, 7];
    bytes.extend(ssrc.to_be_bytes());
    for word in received.words() {
        bytes.extend(word.to_be_bytes());
    }
    bytes.extend(source_description(ssrc, cname));
    bytes
}

fn source_description(ssrc: u32, cname: &str) -> Vec<u8> {
    let mut chunk = ssrc.to_be_bytes().to_vec();
    chunk.extend([1, cname.len() as u8]);
    chunk.extend(cname.bytes());
    chunk.push(0);
    chunk.resize(chunk.len().next_multiple_of(4), 0);
    let [high, low] = ((chunk.len() / 4) as u16).to_be_bytes();
    [vec![0x81, 202, high, low], chunk].concat()
}
