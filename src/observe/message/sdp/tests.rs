use proptest::prelude::proptest;

use super::super::mutant::mutants;
use super::*;

const OFFER: &[u8] = b"v=0\r\n\
    o=AGENT 3394 7 IN IP4 192.168.1.20\r\n\
    s=-\r\n\
    c=IN IP4 192.168.1.20\r\n\
    t=0 0\r\n\
    X-foo=bar\r\n\
    a=sendonly\r\n\
    m=audio 5004/2 RTP/SAVP 8 0 101 9\r\n\
    a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\r\n\
    a=rtpmap:8 PCMA/8000\r\n\
    a=rtpmap:101 telephone-event/8000\r\n\
    a=fmtp:101 0-16\r\n\
    a=fmtp:8 x=y\r\n\
    a=ptime:20\r\n\
    a=maxptime:40.0\r\n\
    a=rtcp:5011 IN IP4 192.168.1.21\r\n\
    a=candidate:1 1 UDP 2130706431 10.0.1.1 8998 typ host\r\n\
    a=sendrecv\r\n\
    m=image 0 udptl t38\r\n\
    c=IN IP6 2001:db8::1/3\r\n";

#[test]
fn reads_an_offer() {
    let sdp = read(OFFER);
    assert_eq!((sdp.version, sdp.media_count), (Some(7), 2));
    assert_eq!(sdp.origin.as_ref().and_then(Host::ip), "192.168.1.20".parse().ok());
    let [audio, image] = sdp.media.as_slice() else { panic!("{sdp:?}") };
    assert_eq!((audio.port, audio.port_count, &*audio.protocol), (5004, 2, "RTP/SAVP"));
    assert_eq!(audio.payload_types().collect::<Vec<_>>(), [8, 0, 101, 9]);
    assert_eq!(
        audio.rtpmap(8).map(|map| (&*map.encoding, map.clock_rate, map.channels)),
        Some(("PCMA", 8000, 1))
    );
    assert_eq!(audio.telephone_events, [Fmtp { payload_type: 101, parameters: Text::new(b"0-16", 9) }]);
    assert_eq!((audio.ptime, audio.maxptime, audio.rtcp_port), (Some(20), Some(40), Some(5011)));
    assert_eq!(audio.rtcp_address.as_ref().and_then(Host::ip), "192.168.1.21".parse().ok());
    assert_eq!(audio.candidates, [(Host::Ip("10.0.1.1".parse().unwrap()), 8998)]);
    assert_eq!((audio.direction, audio.has_crypto, audio.has_rtcp_mux), (Direction::SendRecv, true, false));
    assert!(!format!("{sdp:?}").contains("WVNf"), "the key is kept");
    assert_eq!((image.port, image.direction, &*image.kind), (0, Direction::SendOnly, "image"));
    assert_eq!(image.connection.as_ref().and_then(Host::ip), "2001:db8::1".parse().ok());
}

#[test]
fn finds_the_part_of_a_multipart_body() {
    let body = b"preamble\r\n--b1\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b1\r\nContent-Disposition: session\r\n\
        content-type: application/sdp\r\n\r\nv=0\r\nm=audio 4000 RTP/AVP 0\r\n--b1--\r\n";
    let sdp = from_body("multipart/mixed", Some("b1"), body).unwrap();
    assert_eq!(sdp.media.first().map(|media| media.port), Some(4000));
    assert_eq!(from_body("multipart/mixed", Some("b2"), body), None);
    assert_eq!(from_body("text/plain", None, b"v=0"), None);
}

#[test]
fn finds_the_part_of_a_body_within_another() {
    let nested = |inner: &str, boundary: &str| {
        let body = format!(
            "--o\r\nContent-Type: multipart/alternative;{boundary}\r\n\r\n--i\r\nContent-Type: {inner}\r\n\r\n\
             v=0\r\nm=audio 4000 RTP/AVP 0\r\n--i--\r\n--o\r\nContent-Type: text/plain\r\n\r\nx\r\n--o--\r\n"
        );
        from_body("multipart/mixed", Some("o"), body.as_bytes()).map(|sdp| sdp.media.len())
    };
    assert_eq!(nested("application/sdp", "boundary=i"), Some(1));
    assert_eq!(nested("application/sdp", "x=1; boundary=\"i\""), Some(1));
    assert_eq!(nested("text/plain", "boundary=i"), None);
    assert_eq!(nested("multipart/mixed;boundary=i", "boundary=i"), None, "not without end");
}

#[test]
fn lists_are_bounded_and_counted() {
    let line = b"m=audio 4000 RTP/AVP 0\r\na=inactive\r\n";
    let sdp = read(
        &[&line.repeat(MEDIA_LIMIT)[..], b"m=video 9 RTP/AVP 96\r\na=sendonly\r\na=crypto:1\r\n"].concat(),
    );
    assert_eq!((sdp.media.len(), sdp.media_count), (MEDIA_LIMIT, MEDIA_LIMIT + 1));
    let last = sdp.media.last().unwrap();
    assert_eq!(
        (last.direction, last.has_crypto),
        (Direction::Inactive, false),
        "lines of a dropped media fell to another"
    );
    let formats = read(&[b"m=audio 1 RTP/AVP", " 0".repeat(LIST_LIMIT + 1).as_bytes()].concat());
    assert_eq!(formats.media.first().map(|media| media.formats.len()), Some(LIST_LIMIT));
}

proptest! {
    #[test]
    fn mutants_never_panic(body in mutants(OFFER)) {
        let _ = read(&body);
        let _ = from_body("multipart/mixed", Some("v"), &body);
    }
}
