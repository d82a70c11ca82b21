//! The attributes of SDP that media checks need, RFC 8866 section 6.

use super::super::ascii::{number, port, split_once, words};
use super::super::text::{Host, Text};
use super::{LIST_LIMIT, Media, Sdp, WORD_LIMIT};

/// Who sends, RFC 8866 section 6.7.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Both.
    #[default]
    SendRecv,
    /// Only the writer.
    SendOnly,
    /// Only the reader.
    RecvOnly,
    /// Neither: on hold.
    Inactive,
}

impl Direction {
    fn read(name: &[u8]) -> Option<Self> {
        Some(match name {
            b"sendrecv" => Self::SendRecv,
            b"sendonly" => Self::SendOnly,
            b"recvonly" => Self::RecvOnly,
            b"inactive" => Self::Inactive,
            _ => return None,
        })
    }
}

/// `a=rtpmap:96 opus/48000/2`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RtpMap {
    /// RTP payload type, 0 to 127.
    pub payload_type: u8,
    /// Encoding name as it stands.
    pub encoding: Text,
    /// RTP clock rate in Hz.
    pub clock_rate: u32,
    /// Channels, 1 unless written.
    pub channels: u8,
}

/// Format parameters of a payload type, as they stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fmtp {
    /// RTP payload type, 0 to 127.
    pub payload_type: u8,
    /// For telephone-event the events that are understood, `0-15`.
    pub parameters: Text,
}

impl Sdp {
    /// An attribute before the first media.
    pub(super) fn attribute(&mut self, attribute: &[u8]) {
        let (name, _) = split_once(attribute, b':').unwrap_or((attribute, b""));
        match Direction::read(name) {
            Some(direction) => self.direction = Some(direction),
            None => {
                self.has_fingerprint |= name == b"fingerprint";
                self.has_ice |= name == b"ice-ufrag";
            }
        }
    }
}

impl Media {
    pub(super) fn attribute(&mut self, attribute: &[u8]) {
        let (name, value) = split_once(attribute, b':').unwrap_or((attribute, b""));
        let value = value.trim_ascii();
        match name.trim_ascii() {
            b"rtpmap" if self.rtpmaps.len() < LIST_LIMIT => self.rtpmaps.extend(rtpmap(value)),
            b"fmtp" => self.fmtp(value),
            b"ptime" => self.ptime = milliseconds(value),
            b"maxptime" => self.maxptime = milliseconds(value),
            b"rtcp" => self.rtcp(value),
            b"rtcp-mux" => self.has_rtcp_mux = true,
            b"crypto" => self.has_crypto = true,
            b"fingerprint" => self.has_fingerprint = true,
            b"ice-ufrag" => self.has_ice = true,
            b"candidate" if self.candidates.len() < LIST_LIMIT => self.candidates.extend(candidate(value)),
            name => self.direction = Direction::read(name).unwrap_or(self.direction),
        }
    }

    /// Kept only for telephone-event: other parameters are long, and only the least packet time of a codec is of use.
    fn fmtp(&mut self, value: &[u8]) {
        let (format, parameters) = split_once(value, b' ').unwrap_or((value, b""));
        let Some(payload_type) = payload_type(format) else { return };
        let mut least = parameters.split(|&byte| byte == b';').filter_map(|parameter| {
            let (name, value) = split_once(parameter, b'=')?;
            name.trim_ascii().eq_ignore_ascii_case(b"minptime").then(|| milliseconds(value.trim_ascii()))?
        });
        if let Some(least) = least.next() {
            self.minptime = Some(self.minptime.map_or(least, |known| known.min(least)));
        }
        let is_event =
            self.rtpmap(payload_type).is_some_and(|map| map.encoding.eq_ignore_ascii_case("telephone-event"));
        if is_event && self.telephone_events.len() < LIST_LIMIT {
            let parameters = Text::new(parameters.trim_ascii(), WORD_LIMIT);
            self.telephone_events.push(Fmtp { payload_type, parameters });
        }
    }

    /// `53020 IN IP4 126.16.64.4`, RFC 3605 section 2.1.
    fn rtcp(&mut self, value: &[u8]) {
        let mut fields = words(value);
        self.rtcp_port = fields.next().and_then(port);
        self.rtcp_address = fields.nth(2).and_then(Host::new);
    }
}

fn payload_type(digits: &[u8]) -> Option<u8> {
    number(digits).filter(|&value| value < 128).and_then(|value| u8::try_from(value).ok())
}

fn rtpmap(value: &[u8]) -> Option<RtpMap> {
    let mut fields = words(value);
    let payload_type = payload_type(fields.next()?)?;
    let mut encoding = fields.next()?.split(|&byte| byte == b'/');
    Some(RtpMap {
        payload_type,
        encoding: Text::new(encoding.next()?, WORD_LIMIT),
        clock_rate: number(encoding.next()?).and_then(|rate| u32::try_from(rate).ok())?,
        channels: encoding
            .next()
            .and_then(number)
            .and_then(|channels| u8::try_from(channels).ok())
            .unwrap_or(1),
    })
}

/// Whole milliseconds; RFC 8866 allows fractions, which no telephone uses.
fn milliseconds(value: &[u8]) -> Option<u16> {
    value.split(|&byte| byte == b'.').next().and_then(port)
}

/// `1 1 UDP 2130706431 192.0.2.1 8998 typ host`, RFC 8839 section 5.1: that of the first component, which is RTP, over UDP.
fn candidate(value: &[u8]) -> Option<(Host, u16)> {
    let mut fields = words(value).skip(1);
    let (component, transport) = (fields.next()?, fields.next()?);
    if component != b"1" || !transport.eq_ignore_ascii_case(b"udp") {
        return None;
    }
    let mut fields = fields.skip(1);
    Some((Host::new(fields.next()?)?, port(fields.next()?)?))
}
