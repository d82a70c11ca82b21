//! What `--redact` promises, in every form: a capture full of secrets is reported, and none of them is left.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use samplegen::file::pcapng;
use samplegen::net::{Call, Class, Line, MS, Net, Outcome, SECOND, Say};
use samplegen::scenario::agfeo;
use samplegen::talk::{sip, tls};
use tempfile::tempdir;

/// Callers, a number, users, hosts, a domain, certificates, reasons, files, a serial number: nothing of it is a word of the report.
const SECRETS: [&str; 15] = [
    "annegret.muster",
    "+4930987654321",
    "kreuzberg",
    "klinik-muster.example",
    "geheim-pc",
    "zertifikat-muster",
    "Muster Beteiligungs GmbH",
    "Patientin",
    "Chefarzt",
    "Musterklinik",
    "praxis-muster",
    "ueberweisung",
    "switch-op-saal",
    "7C2F80A1234567",
    "namensfrage-muster",
];
/// The telephone numbers are short and stand alone: looked for as users of an address.
const SHORT: [&str; 2] = ["sip:77@", "sip:78@"];

fn pbxray(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_pbxray")).args(words).output().unwrap()
}

/// Calls that succeed, fail and are transferred, refused registrations, names by DHCP, certificates, LLDP.
fn capture(path: &Path) {
    const DOMAIN: &str = "klinik-muster.example";
    let mut net = Net::new(77);
    let (phone, pbx) = (agfeo::T14, agfeo::PBX);
    let line = |user: &'static str, nth: u16| {
        Line::new(user, "AGFEO T14 SIP 2.14.1 7C2F80A1234567", phone.port(5060 + nth), 10_000 + 2 * nth)
    };
    let server = |user: &'static str| Line::new(user, "AGFEO SIP V4.10.02", pbx.port(5060), 5204);
    net.arp(0, phone, pbx);
    for nth in 0..4 {
        let at = SECOND + nth * 4 * SECOND;
        net.resolve(at, phone, agfeo::ROUTER, "namensfrage-muster.example", &[]);
    }
    net.register(SECOND, line("annegret.muster", 0), server("annegret.muster"), DOMAIN, Outcome::Forbidden);
    net.register(2 * SECOND, line("77", 1), server("77"), DOMAIN, Outcome::Accepted);
    net.register(3 * SECOND, line("kreuzberg", 2), server("kreuzberg"), DOMAIN, Outcome::Silence);
    let call = Call::new(4 * SECOND, 3 * SECOND, line("77", 1), server("+4930987654321"));
    net.call(&Call { domain: DOMAIN, ..call });
    for nth in 0..4 {
        let (from, to) = (line("annegret.muster", 0), server("78"));
        let dialog = net.dialog(from, to, DOMAIN);
        let offer = sip::sdp(from.media.from.address(), samplegen::talk::rtp::Codec::Pcma, "sendrecv");
        let steps = [
            (true, dialog.request("INVITE", 1, &[], &offer)),
            (false, dialog.answer("404 Not Found", "INVITE", 1, &[], "")),
            (true, dialog.request("ACK", 1, &[], "")),
        ];
        net.signal((12 + 7 * nth) * SECOND, from.sip, to.sip, &steps);
    }
    let words = [
        Say::Client(tls::client_hello("geheim-pc.klinik-muster.example", [3; 32], 0)),
        Say::Server(
            [tls::server_hello([7; 32]), tls::certificate("zertifikat-muster", "20191231235959Z")].concat(),
        ),
        Say::Client(tls::application_data(&[9; 90])),
    ];
    net.conversation(45 * SECOND, agfeo::T17.port(50_100), pbx.port(443), Class::Data, &words);
    net.put(46 * SECOND, samplegen::talk::lan::lldp_policy("switch-op-saal", "praxis-muster", 20, 5, 0));
    net.resolve(47 * SECOND, phone, agfeo::ROUTER, "ueberweisung.klinik-muster.example", &[agfeo::T17]);
    net.ntp(48 * SECOND + 5 * MS, phone.port(123), agfeo::ROUTER);
    fs::write(path, pcapng::write(&net.capture())).unwrap();
}

const SITE: &str = r#"
customer = "Musterklinik"
[cover]
Auftrag = "Patientin 4711"
[[exception]]
code = "PORT-001"
host = "192.168.10.2"
port = 8123
reason = "Der Chefarzt will es so, sagt Muster Beteiligungs GmbH"
"#;

#[test]
fn no_secret_is_left_in_any_form() {
    let folder = tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (trace, site) = (at("praxis-muster.pcapng"), at("site.toml"));
    capture(Path::new(&trace));
    fs::write(&site, SITE).unwrap();
    let forms = "table,html,markdown,csv,sarif,json";
    let told = |language: &str, redact: &[&str], form: &str| -> String {
        let out = at("out");
        let _ = fs::remove_file(&out);
        let mut words =
            vec!["check", &trace, "--site", &site, "--lang", language, "--format", form, "-o", &out];
        words.extend(redact);
        let output = pbxray(&words);
        assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
        if form == "csv" {
            let mut files: Vec<_> = fs::read_dir(&out).unwrap().map(|file| file.unwrap().path()).collect();
            files.sort();
            let text = files.iter().map(|file| fs::read_to_string(file).unwrap()).collect();
            fs::remove_dir_all(&out).unwrap();
            text
        } else {
            fs::read_to_string(&out).unwrap()
        }
    };
    // Each of them is in the capture and reaches a report.
    let plain: String = ["json", "table"].map(|form| told("de", &[], form)).concat();
    for secret in SECRETS.iter().chain(&SHORT) {
        assert!(plain.contains(secret), "{secret} is not told at all");
    }
    for language in ["de", "en"] {
        for redact in ["--redact", "--redact=addresses"] {
            for form in forms.split(',') {
                let text = told(language, &[redact], form).to_lowercase();
                for secret in SECRETS.iter().chain(&SHORT) {
                    assert!(!text.contains(&secret.to_lowercase()), "{language} {redact} {form}: {secret}");
                }
            }
        }
    }
}

#[test]
fn a_comparison_has_pseudonyms_that_tell_its_captures_apart() {
    let (before, after) = ("samples/sec-002.pcapng", "samples/sig-001.pcapng");
    let told = |redact: &[&str]| {
        let output =
            pbxray(&[&["compare", before, after, "--lang", "de", "--width", "200"], redact].concat());
        String::from_utf8(output.stdout).unwrap()
    };
    let plain = told(&[]);
    for word in ["sec-002.pcapng", "sig-001.pcapng", "198.51.100.77"] {
        assert!(plain.contains(word), "{word} is not told at all: {plain}");
    }
    let hidden = told(&["--redact=addresses"]);
    for word in ["sec-002.pcapng", "sig-001.pcapng", "198.51.100.77"] {
        assert!(!hidden.contains(word), "{word}: {hidden}");
    }
    assert!(hidden.contains("capture-1") && hidden.contains("capture-2"), "{hidden}");
    assert!(told(&["--redact"]).contains("198.51.100.77"));
    let points = pbxray(&["compare", "--points", before, after, "--redact"]);
    assert_eq!(points.status.code(), Some(2), "nothing is hidden there, so nobody may think so");
}

#[test]
fn no_secret_is_left_in_an_annotated_capture() {
    let folder = tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (trace, site) = (at("praxis-muster.pcapng"), at("site.toml"));
    capture(Path::new(&trace));
    fs::write(&site, SITE).unwrap();
    for redact in ["--redact", "--redact=addresses"] {
        let out = at("noted.pcapng");
        let output = pbxray(&["annotate", &trace, "--site", &site, "--lang", "de", redact, "-o", &out]);
        assert!(
            output.status.success() || output.status.code() == Some(1),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let bytes = fs::read(&out).unwrap();
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        for secret in SECRETS.iter().chain(&SHORT) {
            assert!(!text.contains(&secret.to_lowercase()), "{redact}: {secret}");
        }
        fs::remove_file(&out).unwrap();
    }
}
