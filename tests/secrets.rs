//! What no report tells, whatever its form: keys that were pressed, and whatever lets somebody in. Two captures that
//! differ in nothing else have the same reports, byte for byte.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;
use std::process::Command;

use samplegen::file::pcapng;
use samplegen::net::{Class, MS, SECOND, Say};
use samplegen::scenario::agfeo::{self, DOMAIN, PBX, PC, T14};
use samplegen::talk::rtp::{self, Codec, Header};
use samplegen::talk::{server, sip};
use tempfile::tempdir;

/// What one user knows, and presses.
struct Secrets {
    /// Keys as RFC 4733 numbers them.
    events: [u8; 6],
    /// Keys as INFO names them.
    signals: [char; 6],
    /// The password as it stands in addresses.
    password: &'static str,
    /// Digest: nonce, response and cnonce.
    digest: [&'static str; 3],
    /// The key in SDP, RFC 4568.
    key: &'static str,
    /// Basic authentication, the password in Base64.
    basic: &'static str,
    /// The password at the directory.
    directory: &'static str,
    /// The name of the account, which is no secret.
    user: &'static str,
}

const ONE: Secrets = Secrets {
    events: [7, 3, 9, 1, 0, 6],
    signals: ['8', '2', '5', '0', '4', '9'],
    password: "Sommer2024",
    digest: ["aaf1c0ffee5eed01", "0f1e2d3c4b5a69788796a5b4c3d2e1f0", "77deadbeef"],
    key: "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz",
    basic: "YWRtaW46R2VoZWltMQ==",
    directory: "Ldap-Pw-1",
    user: "21",
};

const OTHER: Secrets = Secrets {
    events: [4, 8, 2, 5, 9, 3],
    signals: ['1', '6', '3', '7', '0', '2'],
    password: "Winter1987",
    digest: ["0b57ac1e5ca1ab1e", "f0e1d2c3b4a5968778695a4b3c2d1e0f", "12feedface"],
    key: "PS1uQCVeYyEsLi1fOjs8PT4_QEFCQ0RFRkdISUpL",
    basic: "cm9vdDAxOkxvZ2luMjM=",
    directory: "Xyz!abc-2",
    user: "21",
};

/// A registration, a call in which keys are pressed in both ways, and log-ins at the PBX.
fn capture(secrets: &Secrets) -> Vec<u8> {
    let mut net = agfeo::Site::default().net();
    let (mut phone, pbx) = (agfeo::t14_line(T14), agfeo::pbx_line(PBX, 5204));
    phone.user = secrets.user;
    let [nonce, response, cnonce] = secrets.digest;
    let at = agfeo::AFTER;
    let dialog = net.dialog(phone, pbx, DOMAIN);
    let credentials = sip::credentials(secrets.user, DOMAIN, nonce)
        .replace("0123456789abcdef0123456789abcdef", response)
        .replace("5a3e", cnonce);
    assert!(credentials.contains(response) && credentials.contains(cnonce));
    let steps = [
        (true, dialog.request("REGISTER", 1, &[], "")),
        (false, dialog.answer("401 Unauthorized", "REGISTER", 1, &[sip::challenge(DOMAIN, nonce)], "")),
        (true, dialog.request("REGISTER", 2, std::slice::from_ref(&credentials), "")),
        // Refused, so that a finding tells of it.
        (false, dialog.answer("403 Forbidden", "REGISTER", 2, &[], "")),
    ];
    net.signal(at, phone.sip, pbx.sip, &steps);

    let dialog = net.dialog(phone, pbx, DOMAIN);
    let key = format!("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{}\r\n", secrets.key);
    let described = |line: samplegen::net::Line| {
        format!("{}{key}", sip::sdp(line.media.from.address(), Codec::Pcma, "sendrecv"))
    };
    let secret_address = |message: Vec<u8>| {
        let text = String::from_utf8(message).unwrap();
        text.replace("<sip:10@", &format!("<sip:10:{}@", secrets.password)).into_bytes()
    };
    let talk = [
        (
            true,
            secret_address(dialog.request(
                "INVITE",
                1,
                std::slice::from_ref(&credentials),
                &described(phone),
            )),
        ),
        (false, secret_address(dialog.answer("200 OK", "INVITE", 1, &[], &described(pbx)))),
        (true, secret_address(dialog.request("ACK", 1, &[], ""))),
    ];
    net.signal(at + 5 * SECOND, phone.sip, pbx.sip, &talk);
    for (nth, signal) in (0_u32..).zip(secrets.signals) {
        let body = format!("Signal={signal}\r\nDuration=160\r\n");
        let info = String::from_utf8(dialog.request("INFO", 2 + nth, &[], &body)).unwrap();
        let info = info.replace("application/sdp", "application/dtmf-relay");
        let answer = dialog.answer("200 OK", "INFO", 2 + nth, &[], "");
        let moment = at + 6 * SECOND + u64::from(nth) * 300 * MS;
        net.signal(moment, phone.sip, pbx.sip, &[(true, info.into_bytes()), (false, answer)]);
    }
    let (from, to) = (phone.media.from, pbx.media.from);
    for nth in 0..300_u16 {
        // Each second a key is held for 200 ms.
        let (press, held) = (nth / 50, nth % 50);
        let is_key = held < 10;
        let header = Header {
            payload_type: if is_key { 101 } else { 8 },
            marker: held == 0,
            sequence: 500 + nth,
            timestamp: 160 * u32::from(if is_key { press * 50 } else { nth }),
            ssrc: 21,
        };
        let event = secrets.events[usize::from(press)];
        let payload = match is_key {
            true => rtp::telephone_event(event, held >= 7, 160 * (held.min(7) + 1)),
            false => vec![0xd5; 160],
        };
        let moment = at + 6 * SECOND + u64::from(nth) * 20 * MS;
        net.udp(moment, from, to, Class::Voice, &rtp::rtp(&header, &payload));
        let back =
            Header { payload_type: 8, sequence: nth, timestamp: 160 * u32::from(nth), ssrc: 22, ..header };
        net.udp(moment + MS, to, from, Class::Voice, &rtp::rtp(&back, &[0xd5; 160]));
    }
    let bye =
        [(true, dialog.request("BYE", 20, &[], "")), (false, dialog.answer("200 OK", "BYE", 20, &[], ""))];
    net.signal(at + 13 * SECOND, phone.sip, pbx.sip, &bye);

    let mut get = String::from_utf8(server::http_get("anlage", "/", "Mozilla/5.0")).unwrap();
    get = get.replacen("\r\n", &format!("\r\nAuthorization: Basic {}\r\n", secrets.basic), 1);
    let web = [Say::Client(get.into_bytes()), Say::Server(server::http_answer("200 OK", "lighttpd", "ok"))];
    net.conversation(at + 14 * SECOND, PC.port(50_100), PBX.port(80), Class::Data, &web);
    // Bind: message 1, version 3, a name, and the password as simple authentication.
    let name = b"cn=telefon";
    let mut bind = vec![0x02, 1, 1, 0x60, 5 + 2 + (name.len() + secrets.directory.len()) as u8];
    bind.extend([0x02, 1, 3, 0x04, name.len() as u8]);
    bind.extend(name);
    bind.extend([0x80, secrets.directory.len() as u8]);
    bind.extend(secrets.directory.bytes());
    let bind = [&[0x30, bind.len() as u8][..], &bind].concat();
    let directory = [Say::Client(bind), Say::Server(server::ldap_bound(1))];
    net.conversation(at + 15 * SECOND, T14.port(50_101), PBX.port(389), Class::Data, &directory);
    pcapng::write(&net.capture())
}

/// The report about this capture, with all files of a table.
fn told(folder: &Path, bytes: &[u8], (form, language, redact): (&str, &str, &[&str])) -> String {
    // The same name and place for both, since the report names them.
    let (trace, out) = (folder.join("trace.pcapng"), folder.join("out"));
    fs::write(&trace, bytes).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_pbxray"))
        .args([
            "check",
            trace.to_str().unwrap(),
            "--lang",
            language,
            "--format",
            form,
            "-o",
            out.to_str().unwrap(),
        ])
        .args(redact)
        .output()
        .unwrap();
    assert!(matches!(output.status.code(), Some(0 | 1)), "{}", String::from_utf8_lossy(&output.stderr));
    if form == "csv" {
        let mut files: Vec<_> = fs::read_dir(&out).unwrap().map(|file| file.unwrap().path()).collect();
        files.sort();
        let text: String = files.iter().map(|file| fs::read_to_string(file).unwrap()).collect();
        fs::remove_dir_all(&out).unwrap();
        without_digests(&text)
    } else {
        let text = fs::read_to_string(&out).unwrap();
        fs::remove_file(&out).unwrap();
        without_digests(&text)
    }
}

/// The text without SHA-256 of the capture file, which is another one.
fn without_digests(text: &str) -> String {
    const DIGITS: usize = 64;
    let is_hex = |c: char| c.is_ascii_hexdigit();
    let words = text.split_inclusive(|c: char| !is_hex(c));
    // What ends a word stays.
    words
        .map(|word| {
            word.get(DIGITS..)
                .filter(|rest| rest.chars().count() == 1 && !rest.contains(is_hex))
                .unwrap_or(word)
        })
        .collect()
}

const FORMS: [&str; 6] = ["table", "markdown", "html", "json", "csv", "sarif"];

#[test]
fn no_key_and_no_password_changes_a_report() {
    let folder = tempdir().unwrap();
    let (one, other) = (capture(&ONE), capture(&OTHER));
    assert_eq!(one.len(), other.len());
    assert_ne!(one, other);
    for form in FORMS {
        for language in ["de", "en"] {
            for redact in [&[][..], &["--redact"], &["--redact=addresses"]] {
                let settings = (form, language, redact);
                let reports = [&one, &other].map(|bytes| told(folder.path(), bytes, settings));
                assert!(!reports[0].is_empty());
                let differ = reports[0].lines().zip(reports[1].lines()).find(|(one, other)| one != other);
                assert!(differ.is_none() && reports[0] == reports[1], "{settings:?}: {differ:?}");
            }
        }
    }
}

/// That the captures hold what is to be hidden, and that it is read.
#[test]
fn keys_and_log_ins_are_read() {
    let folder = tempdir().unwrap();
    let text = told(folder.path(), &capture(&ONE), ("json", "en", &[]));
    let report: serde_json::Value = serde_json::from_str(&text).unwrap();
    let payloads =
        || report["streams"].as_array().unwrap().iter().flat_map(|it| it["payloads"].as_array().unwrap());
    let mut keys = payloads().filter(|payload| payload["payload_type"] == 101);
    assert_eq!(keys.next().map(|payload| &payload["packets"]), Some(&60.into()), "{:#}", report["streams"]);
    let codes: Vec<_> = report["findings"].as_array().unwrap().iter().map(|it| it["code"].clone()).collect();
    assert!(codes.contains(&"SIG-001".into()), "{codes:?}");
    let flows = report["flows"].as_array().unwrap();
    for app in ["http", "ldap"] {
        assert!(flows.iter().any(|flow| flow["app"] == app), "{app}");
    }
    // What is no secret makes a difference.
    let named = capture(&Secrets { user: "23", ..OTHER });
    for form in FORMS {
        let reports = [&capture(&ONE), &named].map(|bytes| told(folder.path(), bytes, (form, "de", &[])));
        assert_ne!(reports[0], reports[1], "{form}");
    }
}
