//! Messages in the spirit of RFC 4475, and what must still be read of each.

use proptest::prelude::{Strategy, any, prop, proptest};

use super::super::mutant::mutants;
use super::*;

/// Headers that a message needs, to be put behind a start line.
const HEAD: &str = "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:a@example.org>;tag=1\r\n\
                    To: <sip:b@example.org>\r\nCall-ID: c1@192.0.2.1\r\nCSeq: 1 INVITE\r\n";

#[derive(Clone, Debug)]
struct Case {
    name: &'static str,
    bytes: Vec<u8>,
    /// Method or status.
    what: &'static str,
    call_id: Option<&'static str>,
    defects: &'static [Defect],
}

fn case(
    name: &'static str,
    bytes: impl Into<Vec<u8>>,
    what: &'static str,
    defects: &'static [Defect],
) -> Case {
    Case { name, bytes: bytes.into(), what, call_id: Some("c1@192.0.2.1"), defects }
}

/// An INVITE with `HEAD` and further header lines.
fn invite(more: &str) -> String {
    format!("INVITE sip:b@example.org SIP/2.0\r\n{HEAD}{more}\r\n")
}

fn cases() -> Vec<Case> {
    let latin_1 = [
        b"INVITE sip:b@example.org SIP/2.0\r\nContact: \"M\xfcller\" <sip:a@192.0.2.1>\r\n",
        HEAD.as_bytes(),
        b"\r\n",
    ];
    vec![
        case("plain", invite("Content-Length: 0\r\n"), "INVITE", &[]),
        case("LF only", invite("").replace("\r\n", "\n"), "INVITE", &[Defect::LineEnding]),
        case("folded", invite("").replace("Call-ID: ", "Call-ID:\r\n  "), "INVITE", &[]),
        case("folded by a tab", invite("").replace("CSeq: 1 ", "CSeq:\r\n\t1\r\n\t"), "INVITE", &[]),
        case("blank before colon", invite("").replace("Call-ID:", "Call-ID \t:"), "INVITE", &[]),
        case("capitals", invite("").replace("Call-ID", "CALL-id").replace("Via", "vIA"), "INVITE", &[]),
        case(
            "compact",
            invite("l: 0\r\n")
                .replace("Via:", "v:")
                .replace("From:", "f:")
                .replace("To:", "t:")
                .replace("Call-ID:", "i:"),
            "INVITE",
            &[],
        ),
        case("leading blank lines", format!("\r\n\r\n{}", invite("")), "INVITE", &[]),
        case("latin-1 in a display name", latin_1.concat(), "INVITE", &[Defect::NotUtf8]),
        case("UTF-8 in a display name", invite("Contact: \"Jörg\" <sip:a@192.0.2.1>\r\n"), "INVITE", &[]),
        case(
            "unknown method",
            invite("").replace("INVITE", "!interesting-Method0_*+`.%"),
            "!interesting-Method0_*+`.%",
            &[],
        ),
        case("tel URI", invite("").replace("sip:b@example.org", "tel:+49521447090"), "INVITE", &[]),
        case("urn URI", invite("").replace("sip:b@example.org", "urn:service:sos"), "INVITE", &[]),
        case("IPv6 URI", invite("").replace("@example.org", "@[2001:db8::10]"), "INVITE", &[]),
        case(
            "blanks in the start line",
            invite("").replace("INVITE sip", "INVITE  sip"),
            "INVITE",
            &[Defect::StartLine],
        ),
        case(
            "blank in the URI",
            invite("").replace(".org SIP", ".org; lr SIP"),
            "INVITE",
            &[Defect::StartLine],
        ),
        case("unknown version", invite("").replacen("SIP/2.0", "SIP/7.0", 1), "INVITE", &[Defect::Version]),
        case(
            "version in small letters",
            invite("").replacen("SIP/2.0", "sip/2.0", 1),
            "INVITE",
            &[Defect::Version],
        ),
        case(
            "response",
            invite("").replace("INVITE sip:b@example.org SIP/2.0", "SIP/2.0 200 = 2**3 * 5**2 но"),
            "200",
            &[],
        ),
        case("no reason", invite("").replace("INVITE sip:b@example.org SIP/2.0", "SIP/2.0 183"), "183", &[]),
        case(
            "status out of range",
            invite("").replace("INVITE sip:b@example.org SIP/2.0", "SIP/2.0 4294967301 better not"),
            "0",
            &[Defect::Status],
        ),
        case("negative length", invite("Content-Length: -999\r\n"), "INVITE", &[Defect::ContentLength]),
        case("length beyond the end", invite("Content-Length: 9999\r\n"), "INVITE", &[Defect::ContentLength]),
        case(
            "length too short",
            invite("Content-Length: 2\r\n") + "v=0\r\n",
            "INVITE",
            &[Defect::ContentLength],
        ),
        case(
            "sequence too large",
            invite("").replace("CSeq: 1 ", "CSeq: 36893488147419103232 "),
            "INVITE",
            &[Defect::CSeq],
        ),
        case(
            "other method in CSeq",
            invite("").replace("CSeq: 1 INVITE", "CSeq: 1 OPTIONS"),
            "INVITE",
            &[Defect::CSeq],
        ),
        case("line without colon", invite("Supported timer\r\n"), "INVITE", &[Defect::HeaderLine]),
        case(
            "two senders",
            invite("From: <sip:mallory@example.org>;tag=2\r\n"),
            "INVITE",
            &[Defect::Duplicate],
        ),
        case(
            "open quote",
            invite("Contact: \"Bell, Alexander <sip:a@192.0.2.1>\r\n"),
            "INVITE",
            &[Defect::Address],
        ),
        case("open bracket", invite("Contact: <sip:a@192.0.2.1;ob\r\n"), "INVITE", &[Defect::Address]),
        case("absurd Expires", invite("Expires: 1000000000000000\r\n"), "INVITE", &[Defect::Expires]),
        case("no blank line", invite("").trim_end().to_owned(), "INVITE", &[Defect::NoBlankLine]),
        Case {
            name: "no headers",
            bytes: b"OPTIONS sip:b SIP/2.0\r\n\r\n".to_vec(),
            what: "OPTIONS",
            call_id: None,
            defects: &[Defect::MissingHeader],
        },
    ]
}

#[test]
fn torture() {
    for Case { name, bytes, what, call_id, defects } in cases() {
        let message = read(&bytes, false).unwrap_or_else(|| panic!("{name}: not read"));
        let got = match &message.kind {
            Kind::Request { method, .. } => method.to_string(),
            Kind::Response { status, .. } => status.to_string(),
        };
        assert_eq!(got, what, "{name}");
        assert_eq!(message.call_id.as_deref(), call_id, "{name}");
        assert_eq!(message.defects, defects, "{name}");
        assert!(is_sip(&bytes), "{name}");
    }
}

#[test]
fn other_protocols_are_refused() {
    let others: [&[u8]; 9] = [
        b"",
        b"\r\n\r\n",
        b"\x80\x00\x00\x01",
        b"GET / HTTP/1.1\r\n\r\n",
        b"OPTIONS * RTSP/1.0\r\n\r\n",
        b"NOTIFY * HTTP/1.1\r\nHost: 239.255.255.250:1900\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"INVITE",
        b"SIP/2.0",
    ];
    for other in others {
        assert_eq!(read(other, false), None, "{}", other.escape_ascii());
    }
}

#[test]
fn a_register_with_everything() {
    let text = "REGISTER sip:pbx.example SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.4:5062;rport;branch=z9hG4bKa, SIP/2.0/UDP 10.0.0.5\r\n\
                Via: SIP/2.0/UDP 10.0.0.6\r\nFrom: \"Empfang\" <sip:21:geheim@pbx.example>;tag=f\r\nTo: <sip:21@pbx.example>\r\n\
                Call-ID: r\r\nCSeq: 2 REGISTER\r\nContact: <sip:21@10.0.0.4:5062>;expires=300, \"x\" <sip:21@10.0.0.9>\r\n\
                Authorization: Digest username=\"21\", response=\"0123456789abcdef\"\r\nExpires: 600\r\n\
                User-Agent: Phone 1.2\r\nContent-Length: 0\r\n\r\n";
    let message = read(text.as_bytes(), false).unwrap();
    assert_eq!(message.defects, []);
    assert_eq!((message.via_count, message.contact_count), (3, 2));
    assert_eq!(message.via.as_ref().map(|via| (via.port, via.rport)), Some((Some(5062), Rport::Asked)));
    assert_eq!(message.from.as_ref().map(Party::aor), Some("sip:21@pbx.example"));
    assert_eq!(message.contacts.iter().map(|contact| contact.expires).collect::<Vec<_>>(), [Some(300), None]);
    assert_eq!((message.expires, message.user_agent.as_deref()), (Some(600), Some("Phone 1.2")));
    assert!(message.has_credentials);
    let debug = format!("{message:?}");
    assert!(!debug.contains("geheim") && !debug.contains("0123456789abcdef"), "{debug}");
}

#[test]
fn a_stale_challenge_is_told_from_a_first_one() {
    let challenge = |value: &str| {
        let text = invite(&format!("WWW-Authenticate: {value}\r\n")).replacen(
            "INVITE sip:b@example.org SIP/2.0",
            "SIP/2.0 401 x",
            1,
        );
        read(text.as_bytes(), false).unwrap().is_stale_challenge
    };
    assert!(challenge("Digest realm=\"a, stale=true\", nonce=\"n\", stale=TRUE"));
    assert!(challenge("Digest stale=\"true\", nonce=\"n\""));
    assert!(challenge("Digest nonce=\"n\", stale = true"), "RFC 3261 section 25.1");
    assert!(!challenge("Digest nonce=\"n\", nostale=true"));
    assert!(!challenge("Digest realm=\"a\", stale=false"));
}

#[test]
fn a_cut_message_gives_what_is_there() {
    let text = invite("Content-Type: application/sdp\r\nContent-Length: 200\r\n")
        + "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\n";
    for length in "INVITE sip:".len()..text.len() {
        let message = read(&text.as_bytes()[..length], true).unwrap_or_else(|| panic!("{length} bytes"));
        assert!(message.is_cut);
        assert!(!message.defects.contains(&Defect::MissingHeader));
        assert!(!message.defects.contains(&Defect::ContentLength));
    }
    let message = read(text.as_bytes(), true).unwrap();
    assert_eq!(message.defects, []);
    let lines = |text: &str| {
        let message = read(text.as_bytes(), true).unwrap();
        message.sdp(text.as_bytes()).map(|sdp| sdp.media_count)
    };
    let media = format!("{text}m=audio 5004 RTP/AVP 8\r\nm=audio 5006 RTP/AVP");
    assert_eq!((lines(&text), lines(&media)), (None, Some(1)), "who knows how the line goes on");
}

#[test]
fn contacts_are_read_where_somebody_registers() {
    let message = |head: &str, method: &str| {
        let text = format!(
            "{head}\r\nContact: <sip:21@192.0.2.1>;expires=60, <sip:22@192.0.2.1>\r\nm: <sip:23@192.0.2.1>\r\n\
             Call-ID: x\r\nCSeq: 1 {method}\r\n\r\n"
        );
        let [all, some] = [read, read_for_dialogs].map(|read| read(text.as_bytes(), false).unwrap());
        let others = |message: SipMessage| SipMessage { contacts: Vec::new(), contact_count: 0, ..message };
        assert_eq!((all.contacts.len(), all.contact_count), (3, 3));
        let is_same = some == all;
        assert_eq!((is_same, others(some.clone())), (is_same, others(all)));
        (is_same, some.contacts.len())
    };
    for method in ["REGISTER", "INVITE", "SUBSCRIBE"] {
        let told = if method == "REGISTER" { (true, 3) } else { (false, 0) };
        assert_eq!(message(&format!("{method} sip:a.example SIP/2.0"), method), told);
        assert_eq!(
            message("SIP/2.0 200 OK", method),
            told,
            "an answer says what it answers behind its contacts"
        );
    }
}

proptest! {
    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), is_cut: bool) {
        let _ = frame_stream(&bytes);
        if let Some(message) = read(&bytes, is_cut) {
            let _ = message.sdp(&bytes);
        }
    }

    #[test]
    fn mutants_never_panic(bytes in prop::sample::select(cases()).prop_flat_map(|case| mutants(case.bytes)), is_cut: bool) {
        let frame = frame_stream(&bytes);
        if let Frame::Message(length) | Frame::Junk(length) | Frame::KeepAlive(_, length) = frame {
            assert!((1..=bytes.len()).contains(&length));
        }
        if let Some(message) = read(&bytes, is_cut) {
            assert!(bytes.get(message.body.clone()).is_some());
            let _ = message.sdp(&bytes);
        }
    }
}
