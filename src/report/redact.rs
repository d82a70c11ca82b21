//! Takes a published report, gives the same with pseudonyms: for telephone numbers, users, names of people and hosts,
//! files and the cover, on demand for public addresses. The same thing has the same pseudonym throughout a report.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde_json::Value;

use super::json::document::Document;

/// Shortest word that is replaced wherever it stands; a shorter one only as the user of an address.
const LEAST_WORD: usize = 3;

/// Addresses that are told apart: as many as RFC 2544 has.
const ADDRESSES_KEPT: usize = 0x1_ffff;

/// What is to be hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redaction {
    /// Numbers, users, names.
    People,
    /// Public addresses as well.
    Addresses,
}

/// The report with pseudonyms.
pub(super) fn redact(document: &Document, redaction: Redaction) -> io::Result<Document> {
    let mut document = document.clone();
    let pseudonyms = Pseudonyms::of(&document, redaction);
    for (index, capture) in document.captures.iter_mut().enumerate() {
        capture.path = format!("capture-{}", index + 1);
    }
    for (index, passed) in document.passed_over.iter_mut().enumerate() {
        passed.path = format!("file-{}", index + 1);
    }
    for field in &mut document.cover {
        field.value = "***".to_owned();
    }
    // Addresses are no numbers.
    for call in document.calls.iter_mut().filter(|call| call.is_sip()) {
        call.from = pseudonyms.party(&call.from);
        call.to = pseudonyms.party(&call.to);
    }
    for registration in &mut document.registrations {
        registration.aor = pseudonyms.party(&registration.aor);
        registration.contact = registration.contact.as_deref().map(|contact| pseudonyms.party(contact));
    }
    let mut value = serde_json::to_value(&document)?;
    pseudonyms.apply(&mut value);
    Ok(serde_json::from_value(value)?)
}

struct Pseudonyms {
    words: BTreeMap<String, String>,
    addresses: Option<BTreeMap<IpAddr, IpAddr>>,
}

impl Pseudonyms {
    fn of(document: &Document, redaction: Redaction) -> Self {
        let (mut users, mut hosts, mut calls) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let parties =
            document.calls.iter().filter(|call| call.is_sip()).flat_map(|call| [&call.from, &call.to]);
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
            if host.address.parse().is_ok_and(|address| !is_public(address)) {
                hosts.extend(host.names.iter().cloned());
            }
        }
        calls.extend(document.calls.iter().map(|call| call.call_id.clone()));
        calls.extend(document.streams.iter().filter_map(|stream| stream.call.clone()));
        let mut words = BTreeMap::new();
        let numbered =
            |all: BTreeSet<String>, name: fn(&str) -> &'static str, words: &mut BTreeMap<String, String>| {
                for (index, word) in all.into_iter().filter(|word| !word.is_empty()).enumerate() {
                    let pseudonym = format!("{}-{}", name(&word), index + 1);
                    words.insert(word, pseudonym);
                }
            };
        numbered(calls, |_| "call", &mut words);
        numbered(hosts, |_| "host", &mut words);
        numbered(users, |word| if looks_like_a_number(word) { "number" } else { "user" }, &mut words);
        let addresses = (redaction == Redaction::Addresses).then(|| AddressNames::of(document).map);
        Self { words, addresses }
    }

    /// `sip:user@host` and what else names a party.
    fn party(&self, party: &str) -> String {
        let (user, host) = parts(party);
        let known = |word: &str| self.words.get(word).cloned().unwrap_or_else(|| word.to_owned());
        match host {
            Some(host) => format!("{}@{}", known(user), known(host)),
            None => known(user),
        }
    }

    fn apply(&self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.text(text),
            Value::Array(values) => values.iter_mut().for_each(|value| self.apply(value)),
            Value::Object(fields) => fields.values_mut().for_each(|value| self.apply(value)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// Replaces what stands alone, the longest word first; then addresses.
    fn text(&self, text: &str) -> String {
        let mut words: Vec<(&String, &String)> = self.words.iter().collect();
        words.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        let mut before = None;
        while let Some(c) = rest.chars().next() {
            let found = words.iter().find(|(word, _)| {
                rest.strip_prefix(word.as_str()).is_some_and(|after| {
                    let next = after.chars().next();
                    let stands_alone = !before.is_some_and(is_part) && !next.is_some_and(is_part);
                    stands_alone && (word.len() >= LEAST_WORD || next == Some('@') || before == Some(':'))
                })
            });
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
        match &self.addresses {
            Some(map) => with_addresses(&out, map),
            None => out,
        }
    }
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

/// Pseudonyms of public addresses: RFC 2544's for IPv4, RFC 3849's for IPv6. Those that a report names come first, in
/// order, so that every form of it has the same; whatever else a capture holds follows as it comes.
#[derive(Clone, Debug, Default)]
pub struct AddressNames {
    map: BTreeMap<IpAddr, IpAddr>,
    fours: u32,
    sixes: u128,
}

impl AddressNames {
    pub(super) fn of(document: &Document) -> Self {
        let texts = serde_json::to_string(document).unwrap_or_default();
        let found: BTreeSet<IpAddr> =
            pieces(&texts).filter_map(|(_, piece)| address(piece)).map(|(address, _)| address).collect();
        let mut names = Self::default();
        for address in found {
            names.name(address);
        }
        names
    }

    /// What stands for the address: itself unless it is public. Of more than can be told apart the rest have one name.
    pub fn name(&mut self, address: IpAddr) -> IpAddr {
        if !is_public(address) {
            return address;
        }
        if let Some(known) = self.map.get(&address) {
            return *known;
        }
        if self.map.len() >= ADDRESSES_KEPT {
            return numbered(address, 0);
        }
        let number = match address {
            IpAddr::V4(_) => {
                self.fours += 1;
                u128::from(self.fours)
            }
            IpAddr::V6(_) => {
                self.sixes += 1;
                self.sixes
            }
        };
        let name = numbered(address, number);
        self.map.insert(address, name);
        name
    }
}

fn numbered(address: IpAddr, number: u128) -> IpAddr {
    match address {
        IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::from(0xc612_0000_u32 | number as u32 & 0x1_ffff)),
        IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::from(0x2001_0db8_0000_0000_0000_0000_0000_0000_u128 + number)),
    }
}

fn with_addresses(text: &str, map: &BTreeMap<IpAddr, IpAddr>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut end = 0;
    for (start, piece) in pieces(text) {
        if let Some((pseudonym, length)) =
            address(piece).and_then(|(known, length)| Some((map.get(&known)?, length)))
        {
            out.push_str(text.get(end..start).unwrap_or_default());
            out.push_str(&pseudonym.to_string());
            end = start + length;
        }
    }
    out.push_str(text.get(end..).unwrap_or_default());
    out
}

/// Runs of characters that an address may consist of, with their places.
fn pieces(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_inside = |c: char| c.is_ascii_hexdigit() || matches!(c, '.' | ':');
    text.split(move |c| !is_inside(c))
        .filter(|piece| piece.len() > 1)
        .map(move |piece| (piece.as_ptr() as usize - text.as_ptr() as usize, piece))
}

/// The address that a piece begins with, and its length; behind it a port or the end of a sentence may stand.
fn address(piece: &str) -> Option<(IpAddr, usize)> {
    let shorter = piece.trim_end_matches(['.', ':']);
    let without_port = piece.split(':').next().unwrap_or_default();
    [piece, shorter, without_port]
        .into_iter()
        .find_map(|text| text.parse::<IpAddr>().ok().map(|address| (address, text.len())))
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            !(v4.is_private()
                || v4.is_link_local()
                || v4.is_loopback()
                || v4.is_multicast()
                || v4.is_broadcast()
                || v4.is_unspecified())
        }
        IpAddr::V6(v6) => {
            !(v6.is_unique_local()
                || v6.is_unicast_link_local()
                || v6.is_loopback()
                || v6.is_multicast()
                || v6.is_unspecified())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn addresses_are_replaced_with_port_and_in_filters() {
        let known = pseudonyms(&[]);
        assert_eq!(known.text("ip.src == 217.0.0.5 && x"), "ip.src == 198.18.0.1 && x");
        assert_eq!(known.text("217.0.0.5:5060, 217.0.0.5."), "198.18.0.1:5060, 198.18.0.1.");
        assert_eq!(known.text("217.0.0.50 192.168.1.1"), "217.0.0.50 192.168.1.1");
    }
}
