//! Takes a published report or an audit, gives the same with pseudonyms: for telephone numbers, users, names of people and
//! hosts, files and the cover, on demand for public addresses and what leads to them. The same thing has the same pseudonym
//! in every form of a report.

mod addresses;
mod serial;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::IpAddr;
use std::ops::Bound;

use serde_json::Value;

pub use addresses::AddressNames;
pub(super) use addresses::is_public;
use addresses::with_addresses;

use super::escape::{FIELD, escape_terminal};
use super::json::document::Document;
use crate::check::Audit;

/// Shortest word that is replaced wherever it stands; a shorter one only as the user of an address.
const LEAST_WORD: usize = 3;

/// The same for a word of digits alone: in a sentence `100` and `5060` are counts and ports, not extensions.
const LEAST_NUMBER: usize = 6;

/// What stands before the user of an address.
const SCHEMES: [&str; 3] = ["sip:", "sips:", "tel:"];

/// Keys of the published form that hold words of this program, of a standard or of a vendor's document, and times. Whoever
/// calls himself `error` or `2026` must not alter them.
const FIXED: &[&str] = &[
    "announced_codecs",
    "answered",
    "app",
    "as_of",
    "beginning",
    "cleared",
    "clock_source",
    "code",
    "codec",
    "confidence",
    "early_media",
    "end",
    "ended",
    "first",
    "format",
    "hung_up",
    "initiator",
    "keyed_by",
    "kind",
    "language",
    "last",
    "legs",
    "linktype",
    "linktypes",
    "macs",
    "method",
    "model",
    "model_title",
    "peer",
    "ports",
    "protocol",
    "recognition",
    "responsible",
    "ringing",
    "role",
    "role_title",
    "row",
    "rows",
    "service",
    "severity",
    "since",
    "sender",
    "sha256",
    "sources",
    "start",
    "state",
    "status",
    "time",
    "title",
    "transferred_by",
    "transport",
    "unjudged",
    "vendor",
    "verdict",
    "version",
    // These have their pseudonyms already.
    "path",
    "from",
    "to",
    "transferred_to",
    "aor",
    "holder",
    "issuer",
    "names",
    "port",
    "system",
];

/// In the place of what a person wrote.
const HIDDEN: &str = "***";

/// What is to be hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redaction {
    /// Numbers, users, names.
    People,
    /// Public addresses as well, and their names.
    Addresses,
}

/// The report with pseudonyms.
pub(super) fn redact(document: &Document, redaction: Redaction) -> io::Result<Document> {
    let pseudonyms = Pseudonyms::of(document, redaction);
    let mut document = document.clone();
    for (index, capture) in document.captures.iter_mut().enumerate() {
        capture.path = capture_name(index);
        for (index, run) in capture.live.iter_mut().flat_map(|live| &mut live.written).enumerate() {
            run.path = format!("record-{}", index + 1);
        }
        // On Windows the name is a number of this one machine, elsewhere whatever somebody called it.
        for (index, interface) in capture.interfaces.iter_mut().enumerate() {
            interface.name = interface.name.take().map(|_| format!("interface-{}", index + 1));
        }
    }
    for (index, passed) in document.passed_over.iter_mut().enumerate() {
        passed.path = passed_name(index);
    }
    for field in &mut document.cover {
        field.value = HIDDEN.to_owned();
    }
    // Whoever writes a reason names people and things.
    for exception in &mut document.exceptions {
        exception.reason = HIDDEN.to_owned();
    }
    for certificate in &mut document.certificates {
        for name in certificate.holder.iter_mut().chain(&mut certificate.issuer).chain(&mut certificate.names)
        {
            *name = pseudonyms.name(name);
        }
    }
    for policy in &mut document.voice_policies {
        for name in policy.system.iter_mut().chain(&mut policy.port) {
            *name = pseudonyms.name(name);
        }
    }
    for host in &mut document.hosts {
        host.names.iter_mut().for_each(|name| *name = pseudonyms.name(name));
    }
    // Addresses are no numbers.
    for call in document.calls.iter_mut().filter(|call| call.is_sip()) {
        call.from = pseudonyms.party(&call.from);
        call.to = pseudonyms.party(&call.to);
        call.transferred_to = call.transferred_to.as_deref().map(|to| pseudonyms.party(to));
    }
    for registration in &mut document.registrations {
        registration.aor = pseudonyms.party(&registration.aor);
    }
    let contacts: Vec<Option<String>> = document
        .registrations
        .iter_mut()
        .map(|one| one.contact.take().map(|contact| pseudonyms.party(&contact)))
        .collect();
    let mut value = serde_json::to_value(&document)?;
    pseudonyms.apply("", &mut value);
    let mut document: Document = serde_json::from_value(value)?;
    for (registration, contact) in document.registrations.iter_mut().zip(contacts) {
        registration.contact = contact;
    }
    Ok(document)
}

fn capture_name(index: usize) -> String {
    format!("capture-{}", index + 1)
}

fn passed_name(index: usize) -> String {
    format!("file-{}", index + 1)
}

/// What stands for what in one report.
#[derive(Debug)]
pub(super) struct Pseudonyms {
    words: BTreeMap<String, String>,
    addresses: Option<BTreeMap<IpAddr, IpAddr>>,
}

impl Pseudonyms {
    /// The same for two reports that are shown side by side.
    pub(super) fn of_both(first: &Document, second: &Document, redaction: Redaction) -> Self {
        let mut both = first.clone();
        let second = second.clone();
        both.captures.extend(second.captures);
        both.passed_over.extend(second.passed_over);
        both.certificates.extend(second.certificates);
        both.voice_policies.extend(second.voice_policies);
        both.hosts.extend(second.hosts);
        both.calls.extend(second.calls);
        both.streams.extend(second.streams);
        both.registrations.extend(second.registrations);
        both.findings.extend(second.findings);
        both.flows.extend(second.flows);
        Self::of(&both, redaction)
    }

    pub(super) fn of(document: &Document, redaction: Redaction) -> Self {
        let (mut users, mut hosts, mut calls) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let parties = document
            .calls
            .iter()
            .filter(|call| call.is_sip())
            .flat_map(|call| [&call.from, &call.to].into_iter().chain(&call.transferred_to));
        let accounts = document
            .registrations
            .iter()
            .flat_map(|one| std::iter::once(&one.aor).chain(one.contact.as_ref()));
        for party in parties.chain(accounts) {
            let (user, host) = parts(party);
            users.insert(user.to_owned());
            hosts.extend(host.filter(|host| host.parse::<IpAddr>().is_err()).map(str::to_owned));
        }
        for host in &document.hosts {
            let is_ours = host.address.parse().is_ok_and(|address| !is_public(address));
            if is_ours || redaction == Redaction::Addresses {
                let names = host.names.iter().filter(|name| is_ours || !is_documented(name, document));
                hosts.extend(names.cloned());
            }
        }
        let mut ports = BTreeSet::new();
        for certificate in &document.certificates {
            // What a vendor's document names is the same at every customer's.
            let names = certificate.holder.iter().chain(&certificate.issuer).chain(&certificate.names);
            hosts.extend(names.filter(|name| !is_documented(name, document)).cloned());
        }
        for policy in &document.voice_policies {
            hosts.extend(policy.system.clone());
            ports.extend(policy.port.clone());
        }
        calls.extend(document.calls.iter().map(|call| call.call_id.clone()));
        calls.extend(document.streams.iter().filter_map(|stream| stream.call.clone()));
        let mut words = BTreeMap::new();
        for (index, capture) in document.captures.iter().enumerate() {
            add_path(&mut words, &capture.path, &capture_name(index));
        }
        for (index, passed) in document.passed_over.iter().enumerate() {
            add_path(&mut words, &passed.path, &passed_name(index));
        }
        let numbered =
            |all: BTreeSet<String>, name: fn(&str) -> &'static str, words: &mut BTreeMap<String, String>| {
                for (index, word) in all.into_iter().filter(|word| !word.is_empty()).enumerate() {
                    let pseudonym = format!("{}-{}", name(&word), index + 1);
                    // Sentences spell out what is hostile in it, and cut what is long.
                    words.insert(escape_terminal(&word, FIELD), pseudonym.clone());
                    words.insert(word, pseudonym);
                }
            };
        let agents = document.hosts.iter().flat_map(|host| &host.agents);
        let serials = agents.flat_map(|agent| serial::serials(agent)).map(str::to_owned).collect();
        numbered(serials, |_| "serial", &mut words);
        numbered(calls, |_| "call", &mut words);
        numbered(ports, |_| "port", &mut words);
        numbered(hosts, |_| "host", &mut words);
        numbered(users, |word| if looks_like_a_number(word) { "number" } else { "user" }, &mut words);
        let addresses = (redaction == Redaction::Addresses).then(|| AddressNames::of(document).map);
        Self { words, addresses }
    }

    /// The texts of an audit that is to be shown as it is.
    pub(super) fn hide(&self, audit: &mut Audit) {
        for (index, capture) in audit.captures.iter_mut().enumerate() {
            capture.path = capture_name(index);
        }
        for (index, passed) in audit.passed_over.iter_mut().enumerate() {
            passed.path = passed_name(index).into();
        }
        for call in &mut audit.traffic.calls {
            call.from = self.party(&call.from).into();
            call.to = self.party(&call.to).into();
            if let Some((_, to)) = &mut call.transferred {
                *to = self.party(to).into();
            }
        }
        for exception in &mut audit.site.exceptions {
            exception.reason = HIDDEN.into();
        }
        for registration in &mut audit.traffic.registrations {
            registration.aor = self.party(&registration.aor).into();
            registration.contact = registration.contact.take().map(|contact| self.party(&contact).into());
            if let Some(refused) = &mut registration.refused {
                refused.reason = self.text(&refused.reason).into();
            }
        }
        for flow in &mut audit.traffic.flows {
            // What a name of the LAN is called is nobody's business, and a public one leads to its address.
            let is_kept = self.addresses.is_none() && is_public(flow.b.ip());
            let Some(extra) = flow.extra.known() else { continue };
            for name in [&mut extra.tls_name, &mut extra.http_host] {
                *name = name.take().filter(|_| is_kept).map(|name| self.text(&name).into());
            }
        }
    }

    /// What stands for a name as a whole, however short.
    fn name(&self, name: &str) -> String {
        self.words.get(name).cloned().unwrap_or_else(|| self.text(name))
    }

    /// `sip:user@host` and what else names a party.
    fn party(&self, party: &str) -> String {
        let (user, host) = parts(party);
        let known = |word: &str| self.words.get(word).cloned();
        let user = known(user).unwrap_or_else(|| user.to_owned());
        match host {
            Some(host) => {
                let host = known(host).unwrap_or_else(|| self.with_addresses(host));
                format!("{user}@{host}")
            }
            None => user,
        }
    }

    fn apply(&self, key: &str, value: &mut Value) {
        match value {
            _ if FIXED.contains(&key) => {}
            Value::String(text) if key == "filter" => *text = self.filter(text),
            Value::String(text) => *text = self.text(text),
            Value::Array(values) => values.iter_mut().for_each(|value| self.apply(key, value)),
            Value::Object(fields) => fields.iter_mut().for_each(|(key, value)| self.apply(key, value)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// A display filter: only what stands in quotation marks is text, the rest are fields, numbers and addresses.
    pub(super) fn filter(&self, filter: &str) -> String {
        let parts = filter.split('"').enumerate();
        let parts = parts.map(|(at, part)| {
            if at % 2 == 1 {
                self.words.get(part).cloned().unwrap_or_else(|| self.text(part))
            } else {
                self.with_addresses(part)
            }
        });
        parts.collect::<Vec<_>>().join("\"")
    }

    /// Replaces what stands alone, the longest word first; then addresses.
    pub(super) fn text(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        let mut before = None;
        while let Some(c) = rest.chars().next() {
            let begins = !before.is_some_and(is_part) || !is_part(c);
            let found = if begins { self.word(rest, before, &out) } else { None };
            if let Some((word, pseudonym)) = found {
                out.push_str(pseudonym);
                rest = rest.get(word.len()..).unwrap_or_default();
                before = pseudonym.chars().last();
            } else {
                out.push(c);
                rest = rest.get(c.len_utf8()..).unwrap_or_default();
                before = Some(c);
            }
        }
        self.with_addresses(&out)
    }

    /// The longest word that `rest` begins with, behind the character `before` at the end of `out`.
    fn word(&self, rest: &str, before: Option<char>, out: &str) -> Option<(&str, &str)> {
        let mut bound = rest;
        loop {
            // Whatever `rest` begins with comes before it in order, and behind whatever is shorter.
            let below = (Bound::Unbounded, Bound::Included(bound));
            let (word, pseudonym) = self.words.range::<str, _>(below).next_back()?;
            let common = word.bytes().zip(bound.bytes()).take_while(|(x, y)| x == y).count();
            let mut shorter = common;
            if common == word.len() {
                let next = rest.get(word.len()..).and_then(|after| after.chars().next());
                let stands_alone = !before.is_some_and(is_part) && !next.is_some_and(is_part);
                let is_user = next == Some('@') || SCHEMES.iter().any(|scheme| out.ends_with(scheme));
                let is_count = word.len() < LEAST_NUMBER && word.bytes().all(|byte| byte.is_ascii_digit());
                if stands_alone && (is_user || (word.len() >= LEAST_WORD && !is_count)) {
                    return Some((word, pseudonym));
                }
                shorter = common.checked_sub(1)?;
            }
            while !rest.is_char_boundary(shorter) {
                shorter -= 1;
            }
            bound = rest.get(..shorter).filter(|bound| !bound.is_empty())?;
        }
    }

    fn with_addresses(&self, text: &str) -> String {
        self.addresses.as_ref().map_or_else(|| text.to_owned(), |map| with_addresses(text, map))
    }
}

/// A path and the file's own name, which sentences repeat. A bare word is no path.
fn add_path(words: &mut BTreeMap<String, String>, path: &str, pseudonym: &str) {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    for word in [path, name] {
        if word.contains(['.', '/', '\\']) && word.len() >= LEAST_WORD {
            words.insert(escape_terminal(word, FIELD), pseudonym.to_owned());
            words.insert(word.to_owned(), pseudonym.to_owned());
        }
    }
}

/// Whether the vendor's document names the host: then it is the same at every customer's.
fn is_documented(name: &str, document: &Document) -> bool {
    let said =
        document.rows.iter().flat_map(|row| row.service.iter().chain(row.legs.iter().map(|leg| &leg.peer)));
    said.into_iter().any(|said| said.contains(name))
}

fn looks_like_a_number(word: &str) -> bool {
    word.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '*' | '#' | '.' | '-' | '/'))
}

/// Whether a word goes on with it.
fn is_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// User and host of `"Name" <sip:user@host:5060;x=y>` or less.
fn parts(party: &str) -> (&str, Option<&str>) {
    let inner = party.split_once('<').map_or(party, |(_, inner)| inner);
    let inner = inner.split(['>', ';']).next().unwrap_or_default().trim();
    let inner =
        ["sips:", "sip:", "tel:"].iter().find_map(|scheme| inner.strip_prefix(scheme)).unwrap_or(inner);
    match inner.rsplit_once('@') {
        Some((user, host)) => {
            let host = match host.strip_prefix('[') {
                Some(v6) => v6.split(']').next().unwrap_or_default(),
                None => host.split(':').next().unwrap_or_default(),
            };
            (user, Some(host))
        }
        None => (inner, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::{audit, names, settings};
    use crate::report::{Language, Published, json, table};

    fn pseudonyms(words: &[(&str, &str)]) -> Pseudonyms {
        let words = words.iter().map(|(word, other)| ((*word).to_owned(), (*other).to_owned())).collect();
        let real: IpAddr = "217.0.0.5".parse().unwrap();
        let map = BTreeMap::from([(real, "198.18.0.1".parse().unwrap())]);
        Pseudonyms { words, addresses: Some(map) }
    }

    #[test]
    fn the_user_of_a_party_is_found_in_every_form() {
        assert_eq!(parts("\"Anna\" <sip:21@pbx.example:5060;x=y>"), ("21", Some("pbx.example")));
        assert_eq!(parts("sip:+4930@[2001:db8::1]:5060"), ("+4930", Some("2001:db8::1")));
        assert_eq!(parts("21"), ("21", None));
    }

    #[test]
    fn words_are_replaced_where_they_stand_alone() {
        let known = pseudonyms(&[("21", "number-1"), ("030123", "number-2")]);
        assert_eq!(
            known.text("21 packets of 21@pbx to 030123, not 0301234"),
            "21 packets of number-1@pbx to number-2, not 0301234"
        );
    }

    #[test]
    fn the_end_behind_a_relay_is_hidden_and_what_agreed_on_keys_stays() {
        let mut audit = audit();
        let (peer, relayed) = ("217.0.0.5:5004".parse().unwrap(), "217.0.0.6:49152".parse().unwrap());
        audit.traffic.streams[0].relay = Some(crate::observe::Relay {
            protocol: crate::observe::Protocol::Udp,
            channel: Some(0x4001),
            peer: Some(peer),
            relayed: Some(relayed),
            is_clients: true,
        });
        audit.traffic.streams[0].report.keying = Some(crate::observe::media::Keying::Zrtp);
        audit.traffic.calls[0].from = "sip:zrtp@anlage.example".into();
        let document = json::document_of(&audit, &names(Language::En), &settings(Language::En, 80));
        let hidden = redact(&document, Redaction::Addresses).unwrap();
        let text = serde_json::to_string(&hidden.streams[0]).unwrap();
        assert!(!text.contains("217.0.0."), "{text}");
        assert!(text.contains("\"keyed_by\":\"zrtp\"") && text.contains("16385"), "{text}");
    }

    #[test]
    fn an_extension_is_no_count_and_no_port() {
        let known = pseudonyms(&[("100", "number-1"), ("5060", "number-2"), ("anna", "user-3")]);
        assert_eq!(
            known.text("100 of sip:100 and sip:5060 at 10.0.0.1:5060, anna, annabel"),
            "100 of sip:number-1 and sip:number-2 at 10.0.0.1:5060, user-3, annabel"
        );
        assert_eq!(
            known.filter("frame.number in {100, 101} && sip.from contains \"anna\" && anna == 217.0.0.5"),
            "frame.number in {100, 101} && sip.from contains \"user-3\" && anna == 198.18.0.1"
        );
    }

    #[test]
    fn the_longest_word_wins_and_others_do_not_hide_it() {
        let known = pseudonyms(&[
            ("anna", "user-1"),
            ("anna.b", "user-2"),
            ("anna.berg", "user-3"),
            ("zoë", "user-4"),
        ]);
        assert_eq!(
            known.text("anna.berg anna.b anna.bx anna. (zoë) zoëx"),
            "user-3 user-2 user-1.bx user-1. (user-4) zoëx"
        );
    }

    #[test]
    fn addresses_are_replaced_with_port_and_in_filters() {
        let known = pseudonyms(&[]);
        assert_eq!(known.text("ip.src == 217.0.0.5 && x"), "ip.src == 198.18.0.1 && x");
        assert_eq!(known.text("217.0.0.5:5060, 217.0.0.5."), "198.18.0.1:5060, 198.18.0.1.");
        assert_eq!(known.text("217.0.0.50 192.168.1.1"), "217.0.0.50 192.168.1.1");
    }

    /// Every word that the form of the report is made of, as the name of a caller.
    #[test]
    fn who_is_called_like_a_word_of_the_report_does_not_alter_it() {
        let mut schema = Vec::new();
        json::schema(&mut schema).unwrap();
        let schema: Value = serde_json::from_slice(&schema).unwrap();
        let mut words = Vec::new();
        enumerated(&schema, &mut words);
        assert!(words.contains(&"not-assessable".to_owned()) && words.len() > 40, "{words:?}");
        let document = json::document_of(&audit(), &names(Language::De), &settings(Language::De, 80));
        let mut named = document.clone();
        for (call, word) in std::iter::repeat_n(&document.calls[0], words.len()).zip(&words) {
            let mut call = call.clone();
            call.from = format!("sip:{word}@pbx.example");
            named.calls.push(call);
        }
        let hidden = redact(&named, Redaction::Addresses).unwrap();
        assert_eq!(hidden.verdict, document.verdict);
        assert!(
            hidden
                .findings
                .iter()
                .zip(&document.findings)
                .all(|(x, y)| x.severity == y.severity && x.title == y.title)
        );
        assert!(hidden.calls.iter().all(|call| !call.from.contains("pbx.example")));
    }

    fn enumerated(value: &Value, words: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                let listed = fields.get("enum").and_then(Value::as_array).into_iter().flatten();
                words.extend(listed.chain(fields.get("const")).filter_map(Value::as_str).map(str::to_owned));
                fields.values().for_each(|value| enumerated(value, words));
            }
            Value::Array(values) => values.iter().for_each(|value| enumerated(value, words)),
            _ => {}
        }
    }

    #[test]
    fn the_table_has_the_pseudonyms_of_the_published_forms() {
        for (language, redaction) in [(Language::De, Redaction::People), (Language::En, Redaction::Addresses)]
        {
            let (names, settings) = (names(language), settings(language, 120));
            let plain = table(&audit(), &names, &settings);
            let published = Published::of(&audit(), &names, &settings);
            let hidden = published.redacted_table(audit(), &names, &settings, redaction);
            for secret in ["11@192.168.10.2", "anlage.pcapng", "notizen.txt", "defekt.pcap", "evil"] {
                assert!(plain.contains(secret), "the table names {secret}");
            }
            for secret in ["11@", "anlage.pcapng", "notizen.txt"] {
                assert!(!hidden.contains(secret), "{secret}: {hidden}");
            }
            assert_eq!(hidden.contains("203.0.113.77"), redaction == Redaction::People);
            let document = redact(&json::document_of(&audit(), &names, &settings), redaction).unwrap();
            for shown in [&document.calls[0].from, &document.calls[0].to, &document.registrations[0].aor] {
                assert!(hidden.contains(shown.as_str()), "{shown}: {hidden}");
            }
            // The filter is still one: its frames are frames.
            assert!(hidden.contains("frame.number in {12, 15, 977}"), "{hidden}");
        }
    }
}
