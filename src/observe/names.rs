//! Takes DNS messages in capture order; gives which host asked for which name and what it stands for.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::capture::Frame;

use super::message::dns::{Data, DnsMessage};
use super::traffic::{Flow, NameSeen, NameSource};

const NAMES_KEPT: usize = 131_072;

/// Names by who used them.
#[derive(Clone, Debug, Default)]
pub(super) struct NameBook {
    seen: BTreeMap<Key, (Frame, u64)>,
    /// Names that the cap left out.
    pub(super) over_cap: u64,
}

type Key = (Box<str>, IpAddr, Option<IpAddr>, NameSource);

impl NameBook {
    /// A query of `from`, or an answer that `to` gets.
    pub(super) fn dns(&mut self, frame: Frame, from: IpAddr, to: IpAddr, message: &DnsMessage) {
        let Some(question) = message.questions.first() else { return };
        let name = plain(&question.name);
        if !message.is_response {
            self.note((name, from, None, NameSource::Dns), frame);
            return;
        }
        for record in &message.records {
            let address = match record.data {
                Data::A(address) => IpAddr::V4(address),
                Data::Aaaa(address) => IpAddr::V6(address),
                _ => continue,
            };
            self.note((name.clone(), to, Some(address), NameSource::Dns), frame);
        }
    }

    /// Adds what the flows greeted their servers with.
    pub(super) fn finish(mut self, flows: &[Flow]) -> Vec<NameSeen> {
        for flow in flows {
            let Some((frame, _)) = flow.from_a.first else { continue };
            let named = [(&flow.tls_name, NameSource::Tls), (&flow.http_host, NameSource::Http)];
            for (name, source) in named {
                if let Some(name) = name.as_deref().filter(|name| name.parse::<IpAddr>().is_err()) {
                    self.note((plain(name), flow.a.ip(), Some(flow.b.ip()), source), frame);
                }
            }
        }
        let rows = self.seen.into_iter().map(|((name, host, address, source), (frame, count))| NameSeen {
            name,
            host,
            address,
            source,
            frame,
            count,
        });
        rows.collect()
    }

    fn note(&mut self, key: Key, frame: Frame) {
        if key.0.is_empty() {
            return;
        }
        if let Some((first, count)) = self.seen.get_mut(&key) {
            *first = (*first).min(frame);
            *count += 1;
        } else if self.seen.len() < NAMES_KEPT {
            self.seen.insert(key, (frame, 1));
        } else {
            self.over_cap += 1;
        }
    }
}

/// Lower case, without the dot of the root and without a port.
fn plain(name: &str) -> Box<str> {
    let name = name.split_once(':').map_or(name, |(host, _)| host);
    name.trim_end_matches('.').to_ascii_lowercase().into()
}

#[cfg(test)]
mod tests {
    use samplegen::talk::dns as talk;

    use super::super::fixture::{frame, ip, numbered, udp};
    use super::super::message::dns;
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
    fn greetings_name_the_server() {
        let tls = Flow { tls_name: Some("a.example".into()), ..udp("192.168.10.2:1", "198.51.100.10:443") };
        let http =
            Flow { http_host: Some("B.example.:8080".into()), ..udp("192.168.10.2:2", "198.51.100.10:80") };
        let number =
            Flow { http_host: Some("192.168.10.9".into()), ..udp("192.168.10.2:3", "192.168.10.9:80") };
        let names = NameBook::default().finish(&numbered(vec![tls, http, number]));
        let server = Some(ip("198.51.100.10"));
        let expected =
            [("a.example", server, NameSource::Tls, 1), ("b.example", server, NameSource::Http, 1)];
        assert_eq!(rows(&names), expected, "an address is no name");
    }
}
