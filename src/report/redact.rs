//! Takes a published report or an audit, gives the same with pseudonyms: for telephone numbers, users, names of people and
//! hosts, files and the cover, on demand for public addresses and what leads to them. The same thing has the same pseudonym
//! in every form of a report.

mod addresses;
mod phrase;
mod serial;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::IpAddr;
use std::ops::Bound;

use serde_json::Value;

pub use addresses::AddressNames;
use addresses::with_addresses;

use crate::observe::is_public;

use super::escape::{FIELD, escape_terminal};
use super::json::document::{Document, SignKind};
use crate::check::{Audit, Code, Detail};

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
    "bound_by",
    "cleared",
    "clock_source",
    "code",
    "codec",
    "condition",
    "confidence",
    "dialled",
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
    "layers",
    "legs",
    "linktype",
    "linktypes",
    "mac",
    "macs",
    "maker",
    "method",
    "model",
    "model_title",
    "no_forwarding",
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
    "transfer_failed_status",
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
    "transfer_failed_to",
    "aor",
    "holder",
    "issuer",
    "names",
    "port",
    "system",
];

/// Whose sentence begins with the name of a file, whose quotes what stood in a Via, and whose names that were asked for.
const FILE_CODE: &str = Code::Cap011.as_str();
const NAME_CODE: &str = Code::Net001.as_str();
const VIA_CODE: &str = Code::Sig004.as_str();

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
    let mut paths = Vec::new();
    let mut interfaces = BTreeMap::new();
    for (index, capture) in document.captures.iter_mut().enumerate() {
        paths.push(std::mem::replace(&mut capture.path, capture_name(index)));
        for (index, run) in capture.live.iter_mut().flat_map(|live| &mut live.written).enumerate() {
            run.path = format!("record-{}", index + 1);
        }
        // On Windows the name is a number of this one machine, elsewhere whatever somebody called it.
        for (index, interface) in capture.interfaces.iter_mut().enumerate() {
            let Some(name) = &mut interface.name else { continue };
            let name = std::mem::replace(name, interface_name(index));
            interfaces.entry(name).or_insert_with(|| interface_name(index));
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
    hide_files_in_findings(&mut document, paths);
    hide_interfaces_of_outages(&mut document, &interfaces);
    phrase::hide_in(&mut document);
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
        for to in [&mut call.transferred_to, &mut call.transfer_failed_to].into_iter().flatten() {
            *to = pseudonyms.party(to);
        }
        call.dialled = call.dialled.as_deref().map(|number| pseudonyms.name(number));
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

/// In the place of a file's name, by its place among those that are read.
pub(super) fn capture_name(index: usize) -> String {
    format!("capture-{}", index + 1)
}

fn interface_name(index: usize) -> String {
    format!("interface-{}", index + 1)
}

/// Only the sentence of CAP-011 names a file, and begins with it. A name that is a bare word is replaced nowhere else.
fn hide_files_in_findings(document: &mut Document, paths: Vec<String>) {
    let named = paths.iter().map(|path| escape_terminal(path, FIELD)).enumerate();
    for (index, path) in named {
        for finding in document.findings.iter_mut().filter(|finding| finding.code == FILE_CODE) {
            if let Some(rest) = finding.detail.strip_prefix(&path).filter(|rest| rest.starts_with(' ')) {
                finding.detail = format!("{}{rest}", capture_name(index));
            }
        }
    }
}

/// The same number as among the interfaces of the captures; one that is not there has the next.
fn hide_interfaces_of_outages(document: &mut Document, known: &BTreeMap<String, String>) {
    let mut numbers = known.clone();
    for outage in &mut document.outages {
        let next = interface_name(numbers.len());
        let number = numbers.entry(std::mem::take(&mut outage.interface)).or_insert(next);
        outage.interface.clone_from(number);
    }
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
        both.accepted.extend(second.accepted);
        both.flows.extend(second.flows);
        Self::of(&both, redaction)
    }

    pub(super) fn of(document: &Document, redaction: Redaction) -> Self {
        let (mut users, mut hosts, mut calls) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let parties = document.calls.iter().filter(|call| call.is_sip()).flat_map(|call| {
            [&call.from, &call.to].into_iter().chain(&call.transferred_to).chain(&call.transfer_failed_to)
        });
        let accounts = document
            .registrations
            .iter()
            .flat_map(|one| std::iter::once(&one.aor).chain(one.contact.as_ref()));
        for party in parties.chain(accounts) {
            let (user, host) = parts(party);
            users.insert(user.to_owned());
            hosts.extend(host.filter(|host| host.parse::<IpAddr>().is_err()).map(str::to_owned));
        }
        users.extend(document.calls.iter().filter_map(|call| call.dialled.clone()));
        let accepted = document.accepted.iter().map(|one| &one.finding);
        for finding in document.findings.iter().chain(accepted).filter(|finding| finding.code == VIA_CODE) {
            hosts.extend(quotations(&finding.detail).filter_map(named_host).map(str::to_owned));
        }
        let accepted = document.accepted.iter().map(|one| &one.finding);
        for finding in document.findings.iter().chain(accepted).filter(|finding| finding.code == NAME_CODE) {
            let names = quotations(&finding.detail).filter(|name| !is_documented(name, document));
            hosts.extend(names.map(str::to_owned));
        }
        let signs = document.hosts.iter().flat_map(|host| &host.evidence);
        let stated = signs.filter(|sign| sign.kind == SignKind::Stated);
        hosts.extend(stated.filter_map(|sign| stated_name(&sign.seen)).map(str::to_owned));
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
        for phrase in phrase::uncommon(document) {
            words.insert(escape_terminal(phrase, FIELD), HIDDEN.to_owned());
            words.insert(phrase.to_owned(), HIDDEN.to_owned());
        }
        let addresses = (redaction == Redaction::Addresses).then(|| AddressNames::of(document).map);
        Self { words, addresses }
    }

    /// The texts of an audit that is to be shown as it is.
    pub(super) fn hide(&self, audit: &mut Audit) {
        for (index, capture) in audit.captures.iter_mut().enumerate() {
            for finding in &mut audit.findings {
                match &mut finding.detail {
                    Detail::Cap011 { path, .. } if **path == *capture.path => {
                        *path = capture_name(index).into();
                    }
                    _ => {}
                }
            }
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
            call.dialled = call.dialled.take().map(|number| self.name(&number).into());
        }
        for policy in &mut audit.traffic.policies {
            for name in policy.system.iter_mut().chain(&mut policy.port) {
                *name = self.name(name).into();
            }
        }
        phrase::hide_in_audit(audit);
        for exception in &mut audit.site.exceptions {
            exception.reason = HIDDEN.into();
        }
        audit.filter = audit.filter.take().map(|filter| self.text(&filter).into());
        for registration in &mut audit.traffic.registrations {
            registration.aor = self.party(&registration.aor).into();
            registration.contact = registration.contact.take().map(|contact| self.party(&contact).into());
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

/// What stands in quotation marks, German or English.
fn quotations(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (_, quoted) = rest.split_once(['„', '“'])?;
        let (quotation, behind) = quoted.split_once(['“', '”'])?;
        rest = behind;
        Some(quotation)
    })
}

/// What the user calls a device, which stands last: whatever quotation marks there are in it are part of it.
fn stated_name(seen: &str) -> Option<&str> {
    let (name, _) = seen.split_once('“')?.1.rsplit_once('”')?;
    Some(name)
}

/// The host of `host:port` or less, unless it is an address.
fn named_host(sent_by: &str) -> Option<&str> {
    let is_address = |host: &str| host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
    let host = match sent_by.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => sent_by,
    };
    Some(host).filter(|host| !host.is_empty() && !is_address(host) && !is_address(sent_by))
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
mod tests;
