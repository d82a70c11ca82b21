use samplegen::talk::{dns as dns_talk, tls as tls_talk};

use super::super::fixture::packet;
use super::super::media::could_be_rtp;
use super::*;

const OPTIONS: &[u8] =
    b"OPTIONS sip:a@b SIP/2.0\r\nCall-ID: x\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";

/// One flow and what it told.
#[derive(Default)]
struct Reading {
    content: Content,
    notes: Vec<Note>,
    next: u32,
}

impl Reading {
    fn datagram(&mut self, from: &str, to: &str, bytes: &[u8]) {
        self.cut_datagram(from, to, bytes, bytes.len());
    }

    fn cut_datagram(&mut self, from: &str, to: &str, bytes: &[u8], captured: usize) {
        let payload = Span { start: 0, captured: captured as u32, wire: bytes.len() as u32 };
        let packet = Packet { payload, ..packet(from, to) };
        let payload = &bytes[..captured];
        let is_media = could_be_rtp(payload, packet.payload.wire).is_some();
        let from = if from <= to { End::Low } else { End::High };
        self.content.datagram(from, &packet, payload, is_media, &mut |note| self.notes.push(note));
    }

    /// The next segment of the lower end.
    fn segment(&mut self, bytes: &[u8]) {
        self.flagged(TcpFlags::ACK, bytes);
    }

    fn flagged(&mut self, flags: u8, bytes: &[u8]) {
        let segment = TcpSegment { sequence: self.next, acknowledgment: 0, flags: TcpFlags(flags) };
        let span = Span { start: 0, captured: bytes.len() as u32, wire: bytes.len() as u32 };
        self.content.segment(End::Low, segment, span, bytes, &mut |note| self.notes.push(note));
        let begins = u32::from(flags & TcpFlags::SYN != 0);
        self.next = self.next.wrapping_add(bytes.len() as u32 + begins);
    }

    fn sip(&self) -> usize {
        self.notes.iter().filter(|note| matches!(note, Note::Sip(..))).count()
    }
}

const HERE: &str = "192.168.10.2:40000";
const THERE: &str = "192.168.10.3:40001";

#[test]
fn who_goes_on_as_answered_was_answered() {
    let hears = |messages: &[(&str, &str)]| {
        let mut flow = Reading::default();
        for (head, more) in messages {
            let text = format!("{head}\r\nFrom: <sip:1@a.example>;tag=x\r\nCall-ID: c\r\n{more}\r\n");
            flow.datagram(HERE, THERE, text.as_bytes());
        }
        flow.content.extra.hears
    };
    let first = ("REGISTER sip:a.example SIP/2.0", "To: <sip:1@a.example>\r\n");
    let again = (first.0, "To: <sip:1@a.example>\r\nAuthorization: Digest username=\"1\"\r\n");
    let bye = ("BYE sip:a.example SIP/2.0", "To: <sip:2@a.example>;tag=y\r\n");
    assert!(!hears(&[first, first]) && hears(&[first, again]) && hears(&[first, bye]));
    assert!(!hears(&[again, again]) && !hears(&[bye]), "what it knows from before proves nothing");
    assert!(hears(&[("SIP/2.0 200 OK", bye.1)]), "it was asked");
}

#[test]
fn rtcp_that_a_turn_server_relays_over_tcp_is_read() {
    let mut flow = Reading::default();
    flow.flagged(TcpFlags::SYN, &[]);
    let mut allocate = vec![0, 3, 0, 0, 0x21, 0x12, 0xa4, 0x42];
    allocate.extend([7; 12]);
    let report = [0x80, 201, 0, 1, 0, 0, 0, 9];
    let channel = [&[0x40, 1, 0, 8][..], &report].concat();
    // One of them lies across two segments.
    flow.segment(&[allocate, channel.clone(), channel[..5].to_vec()].concat());
    flow.segment(&channel[5..]);
    let told = flow.notes.iter().filter(|note| matches!(note, Note::Rtcp(_))).count();
    assert_eq!((flow.content.app, told), (App::Stun, 2));
}

#[test]
fn esp_behind_nat_is_known_by_its_bytes() {
    let mut flow = Reading::default();
    let (here, there) = ("192.168.10.2:4500", "192.0.2.2:4500");
    flow.cut_datagram(here, there, &[0x91; 60], 0);
    flow.datagram(here, there, &[0xff]);
    flow.datagram(here, there, &[&[0; 4][..], &[0x91; 28]].concat());
    assert_eq!(flow.content.extra.esp, 0, "nothing captured, a keep-alive, IKE");
    flow.datagram(here, there, &[0x91; 60]);
    assert_eq!(flow.content.extra.esp, 1);
    flow.datagram(HERE, THERE, &[0x91; 60]);
    assert_eq!(flow.content.extra.esp, 1, "another port");
}

#[test]
fn content_decides_and_not_the_port() {
    let mut flow = Reading::default();
    flow.datagram(HERE, THERE, OPTIONS);
    assert_eq!((flow.content.app, flow.sip()), (App::Sip, 1));
    let mut noise = Reading::default();
    noise.datagram("192.168.10.2:5060", "192.168.10.3:5060", &[0x42; 40]);
    assert_eq!((noise.content.app, noise.notes.len()), (App::Unknown, 0));
}

#[test]
fn keep_alives_before_sip_cost_no_message() {
    let mut flow = Reading::default();
    for _ in 0..20 {
        flow.datagram(HERE, THERE, b"\r\n\r\n");
    }
    flow.datagram(HERE, THERE, OPTIONS);
    assert_eq!((flow.content.app, flow.sip()), (App::Sip, 1));
}

#[test]
fn whoever_sends_the_first_request_asked() {
    let mut flow = Reading::default();
    flow.datagram(HERE, THERE, b"\r\n\r\n");
    flow.datagram(THERE, HERE, OPTIONS);
    flow.datagram(HERE, THERE, OPTIONS);
    assert_eq!(flow.content.asked, Some(End::High), "an empty line asks nothing");
    let mut late = Reading::default();
    late.datagram(
        THERE,
        HERE,
        b"SIP/2.0 200 OK\r\nCall-ID: x\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n",
    );
    late.datagram(THERE, HERE, OPTIONS);
    assert_eq!(late.content.asked, Some(End::Low), "what is answered was asked before");
    assert_eq!([&flow, &late].map(|flow| flow.content.extra.answers_first), [false, true]);
}

#[test]
fn the_mode_of_ntp_tells_who_asked() {
    let asked = |modes: &[(&str, &str, u8)]| {
        let mut flow = Reading::default();
        for (from, to, mode) in modes {
            let said = [&[0x20 | mode, 0, 6, 0xe9][..], &[0; 36], &[0xe9; 8]].concat();
            flow.datagram(from, to, &said);
        }
        assert_eq!(flow.content.app, App::Ntp);
        flow.content.asked
    };
    assert_eq!(asked(&[(HERE, THERE, 3), (THERE, HERE, 4)]), Some(End::Low));
    assert_eq!(asked(&[(HERE, THERE, 4)]), Some(End::High), "the answer alone makes its sender the server");
    assert_eq!(asked(&[(HERE, THERE, 1)]), None, "each asks the other");
}

#[test]
fn names_are_asked_in_dns() {
    let mut flow = Reading::default();
    flow.datagram(HERE, "192.168.10.1:53", &dns_talk::query(1, "pbx.agfeo.de"));
    assert_eq!(flow.content.app, App::Dns);
    assert!(matches!(flow.notes.as_slice(), [Note::Dns(message)] if !message.is_response));
}

#[test]
fn cut_sip_is_told() {
    let long = [OPTIONS, b"0123456789"].concat();
    let text = String::from_utf8(long).unwrap().replace("Length: 0", "Length: 10");
    let mut flow = Reading::default();
    flow.cut_datagram(HERE, THERE, text.as_bytes(), text.len() - 5);
    assert!(matches!(flow.notes.as_slice(), [Note::CutSip, Note::Sip(message, _)] if message.is_cut));
}

#[test]
fn a_hello_may_come_in_pieces() {
    let hello = tls_talk::client_hello("aws.agfeo.de", [7; 32], 0);
    let mut flow = Reading::default();
    let (first, second) = hello.split_at(20);
    flow.segment(first);
    assert_eq!(flow.content.extra.tls_name, None);
    flow.segment(second);
    assert_eq!((flow.content.app, flow.content.extra.tls_name.as_deref()), (App::Tls, Some("aws.agfeo.de")));
    assert_eq!(flow.content.held(), 0, "nothing is kept of what was read");
}

#[test]
fn http_names_its_host() {
    let mut flow = Reading::default();
    flow.segment(b"GET /fw HTTP/1.1\r\nHost: DECT.agfeo.de\r\n\r\n");
    assert_eq!(
        (flow.content.app, flow.content.extra.http_host.as_deref()),
        (App::Http, Some("dect.agfeo.de"))
    );
}

#[test]
fn messages_of_a_stream_are_told_when_they_are_whole() {
    let mut flow = Reading::default();
    let both = OPTIONS.repeat(2);
    flow.segment(&both[..30]);
    assert_eq!(flow.sip(), 0);
    flow.segment(&both[30..100]);
    assert_eq!(flow.sip(), 1);
    flow.segment(&both[100..]);
    assert_eq!(flow.sip(), 2);
}

#[test]
fn headers_without_end_hide_no_message_behind_them() {
    let mut flow = Reading::default();
    flow.segment(b"OPTIONS sip:a@b SIP/2.0\r\n");
    let header = [&b"X: "[..], &[b'y'; 1_390][..], b"\r\n"].concat();
    (0..60).for_each(|_| flow.segment(&header));
    flow.segment(b"\r\n");
    (0..50).for_each(|_| flow.segment(OPTIONS));
    let endless = flow.notes.iter().filter(|note| matches!(note, Note::EndlessSip)).count();
    assert_eq!((flow.sip(), endless), (50, 1));
}

#[test]
fn a_message_of_turn_that_is_longer_than_what_is_kept_is_passed_over() {
    let binding = b"\0\x01\0\0\x21\x12\xa4\x42abcdefghijkl";
    let mut flow = Reading::default();
    (0..LOOKS).for_each(|_| flow.segment(binding));
    assert_eq!(flow.content.app, App::Stun);
    // A channel with the longest length that can be stated.
    let mut long = vec![0x40, 0, 0xff, 0xff];
    long.resize(4 + 0x1_0000, 0);
    long.chunks(1_400).for_each(|bytes| flow.segment(bytes));
    assert!(flow.content.held() < 1_400, "{}", flow.content.held());
}

#[test]
fn a_connection_may_begin_with_what_it_says() {
    let mut flow = Reading::default();
    flow.flagged(TcpFlags::SYN, OPTIONS);
    flow.segment(OPTIONS);
    assert_eq!(flow.sip(), 2);
}

#[test]
fn a_new_connection_is_read_anew() {
    let mut flow = Reading::default();
    flow.segment(&OPTIONS[..30]);
    flow.next = 9_000_000;
    flow.flagged(TcpFlags::SYN, &[]);
    flow.segment(OPTIONS);
    assert_eq!(flow.sip(), 1);
}

#[test]
fn a_connection_that_carries_nothing_takes_no_room() {
    let mut flow = Reading::default();
    flow.flagged(TcpFlags::SYN, &[]);
    assert!(flow.content.readers.is_none());
    flow.segment(OPTIONS);
    assert_eq!(flow.sip(), 1, "and is read from where it started");
}

#[test]
fn a_stream_that_says_nothing_known_is_given_up() {
    let mut flow = Reading::default();
    for _ in 0..usize::from(LOOKS) + 1 {
        flow.segment(&[0x01; 900]);
    }
    assert_eq!((flow.content.app, flow.content.looks), (App::Unknown, LOOKS));
    flow.content.give_up();
    assert_eq!(flow.content.held(), 0);
}
