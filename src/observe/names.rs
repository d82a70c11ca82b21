//! Takes DNS messages in capture order; gives which host asked for which name and what it stands for.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};

use crate::capture::Frame;

use super::message::dns::{Data, DnsMessage};
use super::shares::Shares;
use super::traffic::{Flow, NameSeen, NameSource};

const NAMES_KEPT: usize = 131_072;

/// Names by who used them.
#[derive(Clone, Debug)]
pub(super) struct NameBook {
    seen: Shares<Named, (Frame, u64)>,
    /// Names that the cap left out.
    pub(super) over_cap: u64,
}

/// The name, what it stands for, and where it was said.
type Named = (Box<str>, Option<IpAddr>, NameSource);

impl Default for NameBook {
    fn default() -> Self {
        Self { seen: Shares::of(NAMES_KEPT), over_cap: 0 }
    }
}

impl NameBook {
    /// A query of `from`, or an answer that `to` gets.
    pub(super) fn dns(&mut self, frame: Frame, from: IpAddr, to: IpAddr, message: &DnsMessage) {
        let Some(question) = message.questions.first() else { return };
        let name = plain(&question.name);
        if !message.is_response {
            self.note(from, (name, None, NameSource::Dns), frame);
            return;
        }
        let owners = owners(&question.name, message);
        for record in message.records.iter().filter(|record| owners.contains(&*record.name)) {
            let address = match record.data {
                Data::A(address) => IpAddr::V4(address),
                Data::Aaaa(address) => IpAddr::V6(address),
                _ => continue,
            };
            self.note(to, (name.clone(), Some(address), NameSource::Dns), frame);
        }
    }

    /// Adds what the flows greeted their servers with.
    pub(super) fn finish(mut self, flows: &[Flow]) -> Vec<NameSeen> {
        for flow in flows {
            let Some((frame, _)) = flow.from_a.first else { continue };
            let named = [(&flow.extra.tls_name, NameSource::Tls), (&flow.extra.http_host, NameSource::Http)];
            for (name, source) in named {
                if let Some(name) = name.as_deref().and_then(host_name) {
                    self.note(flow.a.ip(), (name, Some(flow.b.ip()), source), frame);
                }
            }
        }
        let row = |(host, (name, address, source), (frame, count))| NameSeen {
            name,
            host,
            address,
            source,
            frame,
            count,
        };
        let mut rows: Vec<NameSeen> = self.seen.into_rows().map(row).collect();
        rows.sort_by(|one, other| (&one.name, one.host).cmp(&(&other.name, other.host)));
        rows
    }

    fn note(&mut self, host: IpAddr, named: Named, frame: Frame) {
        if named.0.is_empty() {
            return;
        }
        if let Some((first, count)) = self.seen.get_mut(host, &named) {
            *first = (*first).min(frame);
            *count += 1;
        } else if self.seen.insert(host, named, (frame, 1)).is_none() {
            self.over_cap += 1;
        }
    }
}

/// The names whose addresses answer the question: itself, and those that an alias (RFC 1034 section 3.6.2), a service (RFC
/// 2782) or a rule (RFC 3403) leads to. What else a server adds belongs to others, such as the servers of the zone.
fn owners<'a>(question: &'a str, message: &'a DnsMessage) -> BTreeSet<&'a str> {
    let mut owners = BTreeSet::from([question]);
    loop {
        let known = owners.len();
        for record in &message.records {
            let next = match &record.data {
                Data::Cname(next)
                | Data::Srv { target: next, .. }
                | Data::Naptr { replacement: next, .. } => next,
                Data::A(_) | Data::Aaaa(_) | Data::Ptr(_) => continue,
            };
            if owners.contains(&*record.name) {
                owners.insert(next);
            }
        }
        if owners.len() == known {
            return owners;
        }
    }
}

/// The host that `Host` (RFC 9110 section 7.2) or a hello names, if that is no address.
fn host_name(host: &str) -> Option<Box<str>> {
    if host.starts_with('[') || host.parse::<IpAddr>().is_ok() {
        return None;
    }
    let name = host.split_once(':').map_or(host, |(name, _)| name);
    Some(plain(name)).filter(|name| name.parse::<Ipv4Addr>().is_err())
}

/// Lower case, without the dot of the root.
fn plain(name: &str) -> Box<str> {
    name.trim_end_matches('.').to_ascii_lowercase().into()
}

#[cfg(test)]
mod tests {
    use samplegen::talk::dns as talk;

    use super::super::fixture::{frame, greeting, ip, numbered, udp};
    use super::super::message::{Text, dns};
    use super::*;

    const CLIENT: &str = "192.168.10.2";
    const RESOLVER: &str = "192.168.10.1";

    fn rows(names: &[NameSeen]) -> Vec<(&str, Option<IpAddr>, NameSource, u64)> {
        names.iter().map(|seen| (&*seen.name, seen.address, seen.source, seen.count)).collect()
    }

    #[test]
    fn a_name_asked_for_stands_for_the_addresses_of_the_answer() {
        let mut book = NameBook::default();
        let server = ip("198.51.100.10");
        let query = dns::read(&talk::query(1, "PBX.agfeo.DE")).unwrap();
        let answer = dns::read(&talk::answer(1, "PBX.agfeo.DE", &[server])).unwrap();
        book.dns(frame(1), ip(CLIENT), ip(RESOLVER), &query);
        book.dns(frame(2), ip(RESOLVER), ip(CLIENT), &answer);
        book.dns(frame(3), ip(CLIENT), ip(RESOLVER), &query);
        let names = book.finish(&[]);
        let name = "pbx.agfeo.de";
        let expected = [(name, None, NameSource::Dns, 2), (name, Some(server), NameSource::Dns, 1)];
        assert_eq!(rows(&names), expected);
        assert!(names.iter().all(|seen| seen.host == ip(CLIENT)), "the one who wants to know");
    }

    #[test]
    fn what_a_server_adds_of_others_is_not_what_was_asked_for() {
        let record = |name: &str, data| dns::Record { name: text(name), ttl: 60, data };
        let address = |last| Data::A(Ipv4Addr::new(198, 51, 100, last));
        let srv = |target| Data::Srv { priority: 0, weight: 0, port: 5060, target: text(target) };
        let asked = dns::read(&talk::query(1, "firma.pascom.cloud")).unwrap();
        let named = |records: Vec<dns::Record>| -> Vec<IpAddr> {
            let mut book = NameBook::default();
            let answer = DnsMessage { is_response: true, records, ..asked.clone() };
            book.dns(frame(1), ip(RESOLVER), ip(CLIENT), &answer);
            book.finish(&[]).iter().filter_map(|seen| seen.address).collect()
        };
        let own = record("firma.pascom.cloud", address(10));
        assert_eq!(named(vec![own, record("ns1.hoster.example", address(53))]), [ip("198.51.100.10")]);
        let chain = [
            record("b.example", address(2)),
            record("a.example", srv("b.example")),
            record("firma.pascom.cloud", Data::Cname(text("a.example"))),
        ];
        assert_eq!(named(chain.to_vec()), [ip("198.51.100.2")], "in whatever order");
        let circle = [
            record("firma.pascom.cloud", Data::Cname(text("a.example"))),
            record("a.example", Data::Cname(text("firma.pascom.cloud"))),
        ];
        assert!(named(circle.to_vec()).is_empty());
    }

    fn text(name: &str) -> Text {
        dns::read(&talk::query(1, name)).unwrap().questions.remove(0).name
    }

    #[test]
    fn greetings_name_the_server() {
        let tls = greeting(Some("a.example"), None, udp("192.168.10.2:1", "198.51.100.10:443"));
        let http = greeting(None, Some("B.example.:8080"), udp("192.168.10.2:2", "198.51.100.10:80"));
        let addresses = [
            "192.168.10.9",
            "192.168.10.9:8080",
            "192.168.10.9.:8080",
            "[2001:db8::5]",
            "[2001:db8::5]:8080",
            "2001:db8::5",
        ];
        let addressed =
            addresses.map(|address| greeting(None, Some(address), udp("192.168.10.2:3", "192.168.10.9:80")));
        let flows = [tls, http].into_iter().chain(addressed).collect();
        let names = NameBook::default().finish(&numbered(flows));
        let server = Some(ip("198.51.100.10"));
        let expected =
            [("a.example", server, NameSource::Tls, 1), ("b.example", server, NameSource::Http, 1)];
        assert_eq!(rows(&names), expected, "an address is no name");
    }
}
