//! Takes the session description of an INVITE; gives what it offers of voice in the words of the description: why an offer
//! was not acceptable stands there more often than in the answer.

use arrayvec::ArrayVec;
use compact_str::CompactString;

use super::media::payload::{assigned, is_comfort_noise};
use super::message::sdp::{Media, Sdp};

/// Codecs that are kept.
const CODECS: usize = 8;
/// There are no more of them.
const PROTECTIONS: usize = 4;

/// What an offer holds of voice (RFC 3264 section 5).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offered {
    /// Encoding names, in order of preference, each once, at most 8; keys and comfort noise aside. Hostile.
    pub codecs: ArrayVec<CompactString, CODECS>,
    /// How they are to be protected, in order, each once.
    pub protections: ArrayVec<Protection, PROTECTIONS>,
}

/// What a line of audio offers against listening in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protection {
    /// RTP/AVP and nothing more.
    Plain,
    /// RTP/AVP with a key or fingerprint: SRTP if the other side likes.
    Optional,
    /// RTP/SAVP: SRTP with keys in SDP (RFC 4568), or none named.
    Srtp,
    /// RTP/SAVP with a fingerprint: the keys come by DTLS (RFC 5764).
    Dtls,
}

impl Offered {
    /// `None` if it offers no voice at all.
    pub(super) fn of(sdp: &Sdp) -> Option<Self> {
        let mut offered = Self::default();
        for media in sdp.media.iter().filter(|media| media.port != 0 && media.kind.as_str() == "audio") {
            let protection = Protection::of(media);
            if !offered.protections.contains(&protection) {
                offered.protections.push(protection);
            }
            for name in media.payload_types().filter_map(|payload_type| encoding(media, payload_type)) {
                let is_known = offered.codecs.iter().any(|known| known.eq_ignore_ascii_case(name));
                if offered.codecs.len() < CODECS && !is_known {
                    offered.codecs.push(name.into());
                }
            }
        }
        (!offered.protections.is_empty()).then_some(offered)
    }
}

impl Protection {
    fn of(media: &Media) -> Self {
        let is_secure = media.protocol.as_str().to_ascii_uppercase().contains("RTP/SAVP");
        match (is_secure, media.has_fingerprint, media.has_crypto) {
            (true, true, false) => Self::Dtls,
            (true, ..) => Self::Srtp,
            (false, false, false) => Self::Plain,
            (false, ..) => Self::Optional,
        }
    }
}

/// The name of a payload type, unless it is for keys or comfort noise.
fn encoding(media: &Media, payload_type: u8) -> Option<&str> {
    let named = media.rtpmap(payload_type).map(|map| map.encoding.as_str());
    let name = named.or_else(|| assigned(payload_type).map(|entry| entry.name))?;
    let is_beside = is_comfort_noise(payload_type, None)
        || ["telephone-event", "CN"].iter().any(|beside| name.eq_ignore_ascii_case(beside));
    (!is_beside).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::super::message::sdp;
    use super::*;

    fn offered(media: &str) -> Option<(Vec<String>, Vec<Protection>)> {
        let text =
            format!("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n{media}");
        let offered = Offered::of(&sdp::read(text.as_bytes()))?;
        Some((offered.codecs.iter().map(ToString::to_string).collect(), offered.protections.to_vec()))
    }

    #[test]
    fn codecs_and_protection_of_audio_are_read() {
        let names = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(
            offered(
                "m=audio 4000 RTP/AVP 18 101 13 96\r\na=rtpmap:101 telephone-event/8000\r\na=rtpmap:96 opus/48000/2\r\n"
            ),
            Some((names(&["G729", "opus"]), vec![Protection::Plain]))
        );
        assert_eq!(
            offered(
                "m=audio 4000 RTP/SAVP 8\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\nm=audio 4000 RTP/AVP 8 0\r\n"
            ),
            Some((names(&["PCMA", "PCMU"]), vec![Protection::Srtp, Protection::Plain])),
            "one beside the other"
        );
        let keyed =
            |line: &str, key: &str| offered(&format!("{line}\r\na={key}\r\n")).map(|(_, kinds)| kinds);
        assert_eq!(
            keyed("m=audio 4000 UDP/TLS/RTP/SAVPF 8", "fingerprint:sha-256 AA"),
            Some(vec![Protection::Dtls])
        );
        assert_eq!(
            keyed("m=audio 4000 RTP/AVP 8", "crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x"),
            Some(vec![Protection::Optional])
        );
        assert_eq!(offered("m=audio 0 RTP/AVP 8\r\nm=image 4000 udptl t38\r\n"), None);
    }
}
