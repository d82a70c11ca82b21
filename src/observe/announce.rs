//! Takes a session description; gives the media it announces, as the stream table wants to know it.

use std::sync::Arc;

use crate::capture::Frame;

use super::media::{Announcement, Endpoint, MediaDirection, MediaKind, PayloadName, Profile};
use super::message::sdp::{Direction, Media, Sdp};

/// One announcement for each media line that gives an address and a port. A port of 0 refuses the media (RFC 3264
/// section 6).
pub(super) fn media<'a>(
    frame: Frame,
    call_id: &str,
    sdp: &'a Sdp,
) -> impl Iterator<Item = Announcement> + 'a {
    let call_id: Arc<str> = call_id.into();
    sdp.media.iter().filter(|media| media.port != 0).filter_map(move |media| {
        let host = media.connection.as_ref().or(sdp.connection.as_ref())?;
        Some(Announcement {
            frame,
            endpoint: Endpoint { address: host.ip()?, port: media.port },
            kind: kind(media),
            profile: Profile::parse(&media.protocol),
            formats: media.payload_types().collect(),
            payloads: payloads(media),
            ptime: media.ptime.map(u32::from),
            ptime_limits: (media.minptime.map(u32::from), media.maxptime.map(u32::from)),
            direction: direction(media.direction),
            call_id: Arc::clone(&call_id),
        })
    })
}

fn kind(media: &Media) -> MediaKind {
    match media.kind.as_str() {
        "audio" => MediaKind::Audio,
        "video" => MediaKind::Video,
        _ => MediaKind::Unknown,
    }
}

fn payloads(media: &Media) -> Vec<PayloadName> {
    let maps = media.rtpmaps.iter().map(|map| PayloadName {
        payload_type: map.payload_type,
        name: map.encoding.as_str().into(),
        rate: map.clock_rate,
    });
    maps.collect()
}

fn direction(direction: Direction) -> MediaDirection {
    match direction {
        Direction::SendRecv => MediaDirection::SendReceive,
        Direction::SendOnly => MediaDirection::SendOnly,
        Direction::RecvOnly => MediaDirection::ReceiveOnly,
        Direction::Inactive => MediaDirection::Inactive,
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{frame, ip};
    use super::super::message::sdp;
    use super::*;

    fn announced(lines: &[&str]) -> Vec<Announcement> {
        let text: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
        media(frame(7), "c1", &sdp::read(text.as_bytes())).collect()
    }

    #[test]
    fn a_media_line_says_where_and_what() {
        let lines = [
            "v=0",
            "c=IN IP4 192.168.10.21",
            "m=audio 10000 RTP/AVP 8 101",
            "a=rtpmap:8 PCMA/8000",
            "a=rtpmap:101 telephone-event/8000",
            "a=ptime:20",
            "a=sendonly",
        ];
        let found = announced(&lines);
        let [audio] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!(audio.endpoint, Endpoint { address: ip("192.168.10.21"), port: 10_000 });
        assert_eq!(
            (audio.kind, audio.profile, audio.direction),
            (MediaKind::Audio, Profile::Rtp, MediaDirection::SendOnly)
        );
        assert_eq!((audio.frame, &*audio.call_id, audio.ptime), (frame(7), "c1", Some(20)));
        assert_eq!(audio.formats, [8, 101]);
        assert_eq!(audio.payload(8).map(|payload| (&*payload.name, payload.rate)), Some(("PCMA", 8000)));
    }

    #[test]
    fn the_address_of_the_media_line_outweighs_that_of_the_session() {
        let lines = [
            "v=0",
            "c=IN IP4 192.168.10.21",
            "m=audio 10000 RTP/AVP 8",
            "c=IN IP4 192.168.10.22",
            "m=video 10002 RTP/AVP 96",
        ];
        let found: Vec<_> = announced(&lines).iter().map(|one| (one.kind, one.endpoint.address)).collect();
        let expected = [(MediaKind::Audio, ip("192.168.10.22")), (MediaKind::Video, ip("192.168.10.21"))];
        assert_eq!(found, expected);
    }

    #[test]
    fn refused_media_and_media_without_an_address_announce_nothing() {
        assert!(announced(&["v=0", "c=IN IP4 192.168.10.21", "m=audio 0 RTP/AVP 8"]).is_empty());
        assert!(announced(&["v=0", "m=audio 10000 RTP/AVP 8"]).is_empty());
        assert!(announced(&["v=0", "c=IN IP4 pbx.example", "m=audio 10000 RTP/AVP 8"]).is_empty());
    }
}
