//! Takes session descriptions; gives the media they announce, as the stream table wants to know it. An offer that is refused
//! within a dialog is taken back.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;

use crate::capture::Frame;

use super::dialogs::Heard;
use super::media::{
    Announcement, Announcements, Endpoint, FORMATS, MediaDirection, MediaKind, PayloadName, Profile,
};
use super::message::sdp::{Direction, Media, Sdp};
use super::message::sip::{Kind, Method};
use super::progress::is_in_dialog;

/// Offers within dialogs that wait for their answer; the oldest makes room.
const OFFERS_KEPT: usize = 1_024;

/// Offers within dialogs, RFC 3261 section 14 and RFC 3311, that are not answered yet.
#[derive(Clone, Debug, Default)]
pub(super) struct Offers {
    open: VecDeque<Offer>,
}

#[derive(Clone, Debug)]
struct Offer {
    call_id: Box<str>,
    number: u32,
    from: SocketAddr,
    to: SocketAddr,
    /// What held before for the endpoints that it announces.
    before: Vec<Arc<Announcement>>,
}

impl Offer {
    fn is_same(&self, other: &Self) -> bool {
        (self.number, self.from, self.to) == (other.number, other.from, other.to)
            && self.call_id == other.call_id
    }
}

impl Offers {
    /// Reads a message with the session description in its body, and announces its media. `place`: of the message.
    pub(super) fn hear(
        &mut self,
        place: Frame,
        heard: &Heard,
        sdp: Option<&Sdp>,
        announcements: &mut Announcements,
    ) {
        let message = &heard.message;
        let (Some(call_id), number) = (&message.call_id, message.cseq.as_ref().map(|cseq| cseq.number))
        else {
            return;
        };
        let may_offer = matches!(message.method(), Some(Method::Invite | Method::Update));
        match (&message.kind, number) {
            (Kind::Response { status, .. }, Some(number)) if may_offer && *status >= 200 => {
                let is_answered = |offer: &Offer| {
                    offer.number == number
                        && (offer.from, offer.to) == (heard.to, heard.from)
                        && *offer.call_id == **call_id
                };
                let open = self.open.iter().position(is_answered).and_then(|at| self.open.remove(at));
                if *status >= 300 {
                    // Section 14.1: the session goes on as if nothing had been offered. What the refusal itself describes
                    // is what its sender could do.
                    for before in open.into_iter().flat_map(|offer| offer.before) {
                        announcements.add(Announcement { frame: place, ..(*before).clone() });
                    }
                    return;
                }
            }
            (Kind::Request { .. }, Some(number)) if may_offer && is_in_dialog(message) => {
                let ends = sdp.into_iter().flat_map(|sdp| media(place, call_id, sdp));
                let before = ends.filter_map(|media| announcements.at_present(media.endpoint, place));
                let before: Vec<_> = before.cloned().collect();
                let (from, to) = (heard.from, heard.to);
                let offer = Offer { call_id: call_id.as_str().into(), number, from, to, before };
                // What is sent again found what it had announced itself.
                if !offer.before.is_empty() && !self.open.iter().any(|known| known.is_same(&offer)) {
                    if self.open.len() >= OFFERS_KEPT {
                        self.open.pop_front();
                    }
                    self.open.push_back(offer);
                }
            }
            _ => {}
        }
        if let Some(sdp) = sdp {
            media(place, call_id, sdp).into_iter().for_each(|media| announcements.add(media));
        }
    }
}

/// What a description announces: for each endpoint the media lines that name it. A port of 0 refuses the media (RFC 3264
/// section 6). Several lines may share one endpoint (RFC 9143), and packets may go to any candidate (RFC 8839).
fn media(frame: Frame, call_id: &str, sdp: &Sdp) -> Vec<Announcement> {
    let call_id: Arc<str> = call_id.into();
    // Nearly always one for each line.
    let mut announced: Vec<Announcement> = Vec::with_capacity(sdp.media.len());
    // The last first, so that each line has those behind it.
    for media in sdp.media.iter().rev().filter(|media| media.port != 0) {
        let Some(host) = media.connection.as_ref().or(sdp.connection.as_ref()) else { continue };
        // There may be many candidates, and each would tell the names again.
        let (profile, payloads) = (Profile::parse(&media.protocol), payloads(media));
        let line = |endpoint, beside| Announcement {
            frame,
            endpoint,
            kind: kind(media),
            profile,
            formats: media.payload_types().take(FORMATS).collect(),
            payloads: Arc::clone(&payloads),
            ptime: media.ptime.map(u32::from),
            ptime_limits: (media.minptime.map(u32::from), media.maxptime.map(u32::from)),
            direction: direction(media.direction),
            call_id: Arc::clone(&call_id),
            beside,
        };
        let candidates = media.candidates.iter().filter_map(|(host, port)| Some((host.ip()?, *port)));
        let own = host.ip().map(|address| Endpoint { address, port: media.port });
        let mut others: Vec<Endpoint> = Vec::new();
        for (address, port) in candidates {
            let endpoint = Endpoint { address, port };
            if own != Some(endpoint) && !others.contains(&endpoint) {
                others.push(endpoint);
            }
        }
        for endpoint in own.into_iter().chain(others) {
            match announced.iter_mut().find(|known| known.endpoint == endpoint) {
                Some(known) => {
                    let behind = std::mem::replace(known, line(endpoint, None));
                    known.beside = Some(Arc::new(behind));
                }
                None => announced.push(line(endpoint, None)),
            }
        }
    }
    announced.reverse();
    announced
}

fn kind(media: &Media) -> MediaKind {
    match media.kind.as_str() {
        "audio" => MediaKind::Audio,
        "video" => MediaKind::Video,
        _ => MediaKind::Unknown,
    }
}

fn payloads(media: &Media) -> Arc<[PayloadName]> {
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
        media(frame(7), "c1", &sdp::read(text.as_bytes()))
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
        assert_eq!(*audio.formats, [8, 101]);
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

    #[test]
    fn candidates_are_announced_as_well() {
        let lines = [
            "v=0",
            "c=IN IP4 203.0.113.5",
            "m=audio 50000 RTP/AVP 8",
            "a=candidate:1 1 UDP 2130706431 192.168.10.21 10000 typ host",
            "a=candidate:1 2 UDP 2130706430 192.168.10.21 10001 typ host",
            "a=candidate:2 1 TCP 2130706429 192.168.10.21 9 typ host tcptype active",
            "a=candidate:3 1 UDP 1694498815 203.0.113.5 50000 typ srflx",
        ];
        let mut ends: Vec<_> = announced(&lines).iter().map(|one| one.endpoint).collect();
        ends.sort_unstable();
        let expected = [("192.168.10.21", 10_000), ("203.0.113.5", 50_000)];
        assert_eq!(ends, expected.map(|(address, port)| Endpoint { address: ip(address), port }));
    }

    #[test]
    fn lines_on_one_port_are_told_apart_by_payload_type() {
        let lines = ["v=0", "c=IN IP4 192.168.10.21", "m=audio 10000 RTP/AVP 8", "m=video 10000 RTP/AVP 99"];
        let found = announced(&lines);
        let [both] = found.as_slice() else { panic!("{found:?}") };
        let both = Arc::new(both.clone());
        let kind = |payload_type| both.line_of(payload_type).kind;
        assert_eq!((kind(8), kind(99), kind(0)), (MediaKind::Audio, MediaKind::Video, MediaKind::Audio));
    }

    const PHONE: &str = "192.168.10.21:5060";
    const PBX: &str = "192.168.10.2:5060";

    /// What is announced for the phone's port 10000 when the messages were heard: number of CSeq, of an answer its status,
    /// payload types of the description.
    fn holds(messages: &[(u32, u16, &[u8])]) -> Vec<u8> {
        let (mut offers, mut announcements) = (Offers::default(), Announcements::default());
        for (nth, (number, status, formats)) in (1..).zip(messages) {
            let head = match status {
                0 => "INVITE sip:10@a.example SIP/2.0".to_owned(),
                status => format!("SIP/2.0 {status} Whatever"),
            };
            let tag = if *number > 1 { ";tag=b" } else { "" };
            let text = format!(
                "{head}\r\nFrom: <sip:21@a.example>;tag=a\r\nTo: <sip:10@a.example>{tag}\r\nCall-ID: c1\r\n\
                 CSeq: {number} INVITE\r\n\r\n"
            );
            let (from, to) = if *status == 0 { (PHONE, PBX) } else { (PBX, PHONE) };
            let heard = Heard {
                frame: frame(nth),
                time: super::super::fixture::at(nth as i64),
                from: super::super::fixture::socket(from),
                to: super::super::fixture::socket(to),
                protocol: super::super::traffic::Protocol::Udp,
                dscp: 0,
                datagram: None,
                message: super::super::message::sip::read(text.as_bytes(), false).unwrap(),
            };
            let types: String = formats.iter().map(|format| format!(" {format}")).collect();
            let lines = format!("v=0\r\nc=IN IP4 192.168.10.21\r\nm=audio 10000 RTP/AVP{types}\r\n");
            let sdp = (!formats.is_empty()).then(|| sdp::read(lines.as_bytes()));
            offers.hear(frame(nth), &heard, sdp.as_ref(), &mut announcements);
        }
        let end = Endpoint { address: ip("192.168.10.21"), port: 10_000 };
        announcements.at_present(end, frame(99)).map(|known| known.formats.to_vec()).unwrap_or_default()
    }

    #[test]
    fn what_a_line_says_is_kept_once_however_many_candidates_it_has() {
        let lines = [
            "v=0",
            "c=IN IP4 192.168.10.21",
            "m=audio 10000 RTP/AVP 8",
            "a=rtpmap:8 PCMA/8000",
            "a=candidate:1 1 UDP 1 192.0.2.7 10000 typ host",
            "a=candidate:2 1 UDP 1 192.0.2.8 10000 typ host",
        ];
        let found = announced(&lines);
        assert_eq!(found.len(), 3);
        assert!(found.iter().all(|line| Arc::ptr_eq(&line.payloads, &found[0].payloads)));
    }

    #[test]
    fn what_held_before_a_refused_offer_holds_again() {
        assert_eq!(holds(&[(1, 0, &[8]), (1, 200, &[]), (2, 0, &[18])]), [18], "not answered yet");
        assert_eq!(holds(&[(1, 0, &[8]), (1, 200, &[]), (2, 0, &[18]), (2, 200, &[])]), [18]);
        assert_eq!(holds(&[(1, 0, &[8]), (1, 200, &[]), (2, 0, &[18]), (2, 488, &[])]), [8]);
        assert_eq!(holds(&[(1, 0, &[8]), (2, 0, &[18]), (2, 0, &[18]), (2, 100, &[]), (2, 488, &[])]), [8]);
        assert_eq!(holds(&[(1, 0, &[8]), (2, 0, &[18]), (2, 488, &[9])]), [8], "what could have been");
        assert_eq!(holds(&[(1, 0, &[8]), (1, 401, &[])]), [8], "the call is asked for once more");
    }
}
