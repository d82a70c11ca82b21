//! Payload types: the assigned ones of RFC 3551, and the names that SDP gives to the others.

use compact_str::CompactString;

/// What a stream carries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MediaKind {
    /// Speech, tones, comfort noise.
    Audio,
    /// Pictures: several packets share a timestamp, the marker ends a frame.
    Video,
    /// Neither SDP nor the payload type tells.
    #[default]
    Unknown,
}

/// A payload type as SDP maps it: `a=rtpmap:<type> <name>/<rate>`, RFC 8866 section 6.6.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayloadName {
    /// 0 to 127.
    pub payload_type: u8,
    /// Encoding name as written, for example `telephone-event`.
    pub name: CompactString,
    /// Clock rate in Hz, 0 if the line did not tell.
    pub rate: u32,
}

/// RTP clock rate of video payloads in Hz, RFC 3551 section 5.
pub const VIDEO_RATE: u32 = 90_000;

/// A payload type with a fixed meaning, RFC 3551 section 6.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assigned {
    /// 0 to 34.
    pub payload_type: u8,
    /// Encoding name.
    pub name: &'static str,
    /// Clock rate in Hz. G.722 counts in 8000 although it samples at 16000 (RFC 3551 section 4.5.2).
    pub rate: u32,
    /// Audio or video; MP2T carries both and counts as video.
    pub kind: MediaKind,
}

/// The meaning of an assigned payload type, also of the historical ones (1016, G721, CN at 19).
#[must_use]
pub fn assigned(payload_type: u8) -> Option<&'static Assigned> {
    ASSIGNED.iter().find(|entry| entry.payload_type == payload_type)
}

/// Comfort noise: RFC 3389 at 13, and the reserved 19 that older devices use for it.
#[must_use]
pub fn is_comfort_noise(payload_type: u8, name: Option<&PayloadName>) -> bool {
    matches!(payload_type, 13 | 19) || name.is_some_and(|n| n.name.eq_ignore_ascii_case("CN"))
}

/// Whether RFC 3551 lets a stream have this type without it being a misread RTCP or unassigned: 0 to 34, 96 to 127.
#[must_use]
pub fn is_usual(payload_type: u8) -> bool {
    matches!(payload_type, 0..=34 | 96..=127)
}

impl PayloadName {
    /// Named telephone events, RFC 4733: the timestamp stands still while a key is held.
    #[must_use]
    pub fn is_telephone_event(&self) -> bool {
        const NAME: &[u8] = b"telephone-event";
        self.name.as_bytes().get(..NAME.len()).is_some_and(|start| start.eq_ignore_ascii_case(NAME))
    }

    /// Clock rate in Hz: the line's own, else what the encoding's registration fixes.
    #[must_use]
    pub fn clock_rate(&self) -> Option<u32> {
        if self.rate != 0 {
            return Some(self.rate);
        }
        if self.name.eq_ignore_ascii_case("opus") {
            return Some(48_000);
        }
        rate_by_name(&self.name)
    }
}

/// Rate of an encoding that is registered with only one, by the start of its name.
#[must_use]
pub fn rate_by_name(name: &str) -> Option<u32> {
    NAMED.iter().find_map(|(prefix, rate)| {
        let start = name.as_bytes().get(..prefix.len())?;
        start.eq_ignore_ascii_case(prefix.as_bytes()).then_some(*rate)
    })
}

/// Longer names before their own beginnings.
const NAMED: [(&str, u32); 13] = [
    ("AMR-WB", 16_000),
    ("AMR", 8_000),
    ("EVRCWB", 16_000),
    ("EVRC", 8_000),
    ("G7221", 16_000),
    ("G726-", 8_000),
    ("G729", 8_000),
    ("GSM-EFR", 8_000),
    ("H263-", VIDEO_RATE),
    ("H264", VIDEO_RATE),
    ("SMV", 8_000),
    ("red", 1_000),
    ("t140", 1_000),
];

const fn audio(payload_type: u8, name: &'static str, rate: u32) -> Assigned {
    Assigned { payload_type, name, rate, kind: MediaKind::Audio }
}

const fn video(payload_type: u8, name: &'static str) -> Assigned {
    Assigned { payload_type, name, rate: VIDEO_RATE, kind: MediaKind::Video }
}

const ASSIGNED: [Assigned; 27] = [
    audio(0, "PCMU", 8_000),
    audio(1, "1016", 8_000),
    audio(2, "G721", 8_000),
    audio(3, "GSM", 8_000),
    audio(4, "G723", 8_000),
    audio(5, "DVI4", 8_000),
    audio(6, "DVI4", 16_000),
    audio(7, "LPC", 8_000),
    audio(8, "PCMA", 8_000),
    audio(9, "G722", 8_000),
    audio(10, "L16", 44_100),
    audio(11, "L16", 44_100),
    audio(12, "QCELP", 8_000),
    audio(13, "CN", 8_000),
    audio(14, "MPA", 90_000),
    audio(15, "G728", 8_000),
    audio(16, "DVI4", 11_025),
    audio(17, "DVI4", 22_050),
    audio(18, "G729", 8_000),
    audio(19, "CN", 8_000),
    video(25, "CelB"),
    video(26, "JPEG"),
    video(28, "nv"),
    video(31, "H261"),
    video(32, "MPV"),
    video(33, "MP2T"),
    video(34, "H263"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str, rate: u32) -> PayloadName {
        PayloadName { payload_type: 96, name: name.into(), rate }
    }

    #[test]
    fn assigned_types_have_their_clock() {
        assert_eq!(assigned(9).map(|a| (a.name, a.rate)), Some(("G722", 8_000)));
        assert_eq!(assigned(34).map(|a| a.kind), Some(MediaKind::Video));
        assert_eq!(assigned(20), None);
        assert_eq!(assigned(96), None);
    }

    #[test]
    fn names_are_read_without_regard_to_case() {
        assert!(named("Telephone-Event", 8_000).is_telephone_event());
        assert!(!named("telephone", 8_000).is_telephone_event());
        assert!(is_comfort_noise(97, Some(&named("cn", 16_000))));
        assert_eq!(named("amr-wb", 0).clock_rate(), Some(16_000));
        assert_eq!(named("OPUS", 0).clock_rate(), Some(48_000));
        assert_eq!(named("opus", 0).rate, 0);
        assert_eq!(named("speex", 0).clock_rate(), None);
        assert_eq!(named("speex", 32_000).clock_rate(), Some(32_000));
    }
}
