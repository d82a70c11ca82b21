//! The same SIP, however TCP cuts it: segments of any size, out of order, overlapping and sent twice.

use std::fmt::Write as _;
use std::ops::Range;

use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop, proptest};
use proptest::sample::Index;
use proptest::{prop_assert, prop_assert_eq};

use super::*;

/// Requests and answers in the forms that RFC 3261 section 7.3 allows.
fn message() -> impl Strategy<Value = Vec<u8>> {
    let start = prop::sample::select(vec![
        "INVITE sip:22@anlage.example;user=phone SIP/2.0",
        "SIP/2.0 180 Ringing",
        "REGISTER sips:anlage.example SIP/2.0",
        "SIP/2.0 200 OK",
    ]);
    let vias = prop::sample::select(vec![
        "Via: SIP/2.0/TCP 192.0.2.1:5060;branch=z9hG4bK1;rport\r\n",
        "v: SIP/2.0/TCP 192.0.2.1;branch=z9hG4bK1, SIP/2.0/UDP 192.0.2.2:5062;branch=z9hG4bK2;received=192.0.2.9\r\n",
        "VIA :SIP / 2.0 / TLS first.example: 4000;ttl=16\r\n ;maddr=224.2.0.1\r\n\t;branch=z9hG4bKa7c6a8dlze.1\r\n",
    ]);
    let parties = prop::sample::select(vec![
        "From: \"A. B\\\"C\" <sip:21@anlage.example>;tag=1\r\nTo: <sip:22@anlage.example>\r\n",
        "f:sip:21@anlage.example\r\n ;tag = 1\r\nt :\r\n <sip:22@anlage.example> ; tag=z\r\n",
    ]);
    let rest = prop::sample::select(vec![
        "Call-ID: a84b4c76e66710@pc33\r\nCSeq: 7 INVITE\r\n",
        "i: a84b4c76e66710\r\nCSeq: 0009\r\n  OPTIONS\r\nk: 100rel , timer\r\ns: Mittagspause\r\n",
    ]);
    let length = prop::sample::select(vec!["Content-Length: ", "l:", "CONTENT-LENGTH  :\r\n  "]);
    let body = prop::sample::select(vec![
        "",
        "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 10000 RTP/AVP 8\r\n",
        "SIP/2.0 200 OK\r\n\r\nBYE sip:a SIP/2.0\r\n",
    ]);
    (start, vias, parties, rest, length, body).prop_map(|(start, vias, parties, rest, length, body)| {
        let mut text = format!("{start}\r\n{vias}{parties}{rest}");
        let _ = write!(text, "Content-Type: application/sdp\r\n{length}{}\r\n\r\n{body}", body.len());
        text.into_bytes()
    })
}

fn sip_of(notes: &[Note]) -> Vec<String> {
    notes.iter().map(|note| format!("{note:?}")).collect()
}

/// What the segments of one connection told, in the order in which they were captured, behind a SYN.
fn read(stream: &[u8], segments: impl IntoIterator<Item = Range<usize>>) -> Vec<String> {
    const FIRST: u32 = u32::MAX - 40;
    let mut content = Content::default();
    let mut notes = Vec::new();
    let mut push = |flags, sequence: u32, bytes: &[u8]| {
        let segment = TcpSegment { sequence, acknowledgment: 0, flags: TcpFlags(flags) };
        let span = Span { start: 0, captured: bytes.len() as u32, wire: bytes.len() as u32 };
        content.segment(End::Low, segment, span, bytes, &mut |note| notes.push(note));
    };
    push(TcpFlags::SYN, FIRST, &[]);
    for range in segments {
        let sequence = FIRST.wrapping_add(1).wrapping_add(range.start as u32);
        push(TcpFlags::ACK, sequence, &stream[range]);
    }
    sip_of(&notes)
}

/// The stream cut at these places.
fn cut(length: usize, cuts: &[Index]) -> Vec<Range<usize>> {
    let mut at: Vec<usize> = cuts.iter().map(|cut| cut.index(length + 1)).chain([0, length]).collect();
    at.sort_unstable();
    at.dedup();
    at.windows(2).map(|pair| pair[0]..pair[1]).collect()
}

/// Each message on its own, as a datagram would bring it.
fn alone(messages: &[Vec<u8>]) -> Vec<String> {
    let mut notes = Vec::new();
    for bytes in messages {
        tell_sip(sip::read_for_dialogs(bytes, false).unwrap(), bytes, &mut |note| notes.push(note));
    }
    sip_of(&notes)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn cuts_do_not_matter(
        messages in prop::collection::vec(message(), 1..5),
        cuts in prop::collection::vec(any::<Index>(), 0..40),
    ) {
        let stream = messages.join(&b"\r\n\r\n"[..]);
        prop_assert_eq!(read(&stream, cut(stream.len(), &cuts)), alone(&messages));
        let single: Vec<_> = (0..stream.len()).map(|at| at..at + 1).collect();
        prop_assert_eq!(read(&stream, single), alone(&messages), "byte by byte");
    }

    #[test]
    fn order_overlap_and_repetition_do_not_matter(
        messages in prop::collection::vec(message(), 1..5),
        (cuts, order) in prop::collection::vec(any::<Index>(), 0..30)
            .prop_flat_map(|cuts| (Just(cuts), Just((0..60).collect::<Vec<usize>>()).prop_shuffle())),
        more in prop::collection::vec((0..60_usize, 0..60_usize), 60),
    ) {
        let stream = messages.concat();
        let parts = cut(stream.len(), &cuts);
        // Each part once or twice, each with some bytes of its neighbours.
        let segments = order.iter().filter_map(|at| {
            let part = parts.get(at % 31)?;
            let (before, behind) = more[*at];
            Some(part.start.saturating_sub(before)..(part.end + behind).min(stream.len()))
        });
        prop_assert_eq!(read(&stream, segments), alone(&messages));
    }

    #[test]
    fn damage_is_the_same_damage_however_it_is_cut(
        messages in prop::collection::vec(message(), 1..5),
        changes in prop::collection::vec((any::<Index>(), any::<u8>()), 1..12),
        gone in prop::option::of((any::<Index>(), 0..60_usize)),
        cuts in prop::collection::vec(any::<Index>(), 0..40),
    ) {
        let mut stream = messages.concat();
        for (at, byte) in changes {
            let at = at.index(stream.len());
            stream[at] = byte;
        }
        if let Some((at, length)) = gone {
            let at = at.index(stream.len());
            stream.drain(at..(at + length).min(stream.len()));
        }
        // The beginning tells that it is SIP at all.
        let stream = [&b"OPTIONS sip:a SIP/2.0\r\nl: 0\r\n\r\n"[..], &stream].concat();
        let whole = read(&stream, cut(stream.len(), &[]));
        prop_assert!(!whole.is_empty());
        prop_assert_eq!(read(&stream, cut(stream.len(), &cuts)), whole);
    }

    #[test]
    fn noise_never_panics(
        stream in prop::collection::vec(any::<u8>(), 1..400),
        cuts in prop::collection::vec(any::<Index>(), 0..20),
        order in Just((0..21).collect::<Vec<usize>>()).prop_shuffle(),
    ) {
        let parts = cut(stream.len(), &cuts);
        let _ = read(&stream, order.iter().filter_map(|at| parts.get(*at).cloned()));
    }
}

#[test]
fn line_ends_before_a_message_do_not_matter() {
    let message = b"BYE sip:22@a.example SIP/2.0\r\nCall-ID: x\r\nl: 3\r\n\r\nabc";
    for blank in ["\n", "\r", "\r\n", "\n\n", "\r\r", "\n\r", "\r\r\n", "\r\n\r", "\r\n\r\n\n", "\n\r\n\r\n"]
    {
        let stream = [&message[..], blank.as_bytes(), message].concat();
        for place in 1..stream.len() {
            let notes = read(&stream, [0..place, place..stream.len()]);
            assert_eq!(notes, alone(&[message.to_vec(), message.to_vec()]), "{blank:?} cut at {place}");
        }
    }
}

#[test]
fn a_lost_segment_costs_its_own_message_once_it_is_acknowledged() {
    let messages = ["INVITE", "ACK", "BYE"].map(|method| {
        format!("{method} sip:a@b SIP/2.0\r\nCall-ID: {method}\r\nCSeq: 1 {method}\r\nl: 0\r\n\r\n")
            .into_bytes()
    });
    let mut content = Content::default();
    let mut notes = Vec::new();
    let mut push = |from, flags, sequence: u32, acknowledgment, bytes: &[u8]| {
        let segment = TcpSegment { sequence, acknowledgment, flags: TcpFlags(flags) };
        let span = Span { start: 0, captured: bytes.len() as u32, wire: bytes.len() as u32 };
        content.segment(from, segment, span, bytes, &mut |note| notes.push(note));
    };
    push(End::Low, TcpFlags::SYN, 0, 0, &[]);
    // The first one is not in the capture.
    let mut next = 1 + messages[0].len() as u32;
    for message in &messages[1..] {
        push(End::Low, TcpFlags::ACK, next, 1, message);
        next += message.len() as u32;
    }
    push(End::High, TcpFlags::ACK, 1, next, &[]);
    assert_eq!(sip_of(&notes), alone(&messages[1..]));
}

#[test]
fn a_message_whose_body_is_longer_than_what_is_kept_is_known_by_its_head() {
    let body = "x".repeat(70_000);
    let first = format!("INVITE sip:22@a.example SIP/2.0\r\nCall-ID: big\r\nl: {}\r\n\r\n{body}", body.len());
    let stream = format!("{first}BYE sip:22@a.example SIP/2.0\r\nCall-ID: small\r\nl: 0\r\n\r\n");
    let size = 1_460;
    let segments =
        (0..stream.len().div_ceil(size)).map(|nth| nth * size..((nth + 1) * size).min(stream.len()));
    let notes = read(stream.as_bytes(), segments);
    assert_eq!(notes.len(), 2, "{notes:?}");
    assert!(notes[0].contains("\"big\"") && notes[1].contains("\"small\""), "{notes:?}");
    assert!(!notes.iter().any(|note| note.contains("CutSip")), "nothing was cut by the capture");
}

#[test]
fn each_byte_is_looked_at_a_few_times_however_short_the_segments_are() {
    let head = format!("Subject: {}\r\n", "x".repeat(70)).repeat(100);
    let body = "x".repeat(8_000);
    let one =
        format!("INVITE sip:22@a.example SIP/2.0\r\nCall-ID: x\r\n{head}l: {}\r\n\r\n{body}", body.len());
    let stream = one.repeat(3);
    let looked_at = sip::work::of(|| {
        let notes = read(stream.as_bytes(), (0..stream.len()).map(|at| at..at + 1));
        assert_eq!(notes.len(), 3);
    });
    assert!(looked_at <= 10 * stream.len(), "{looked_at} bytes of {}", stream.len());
}
