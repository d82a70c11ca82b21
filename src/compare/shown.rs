//! Whether a second measurement shows that what was wrong in the first goes right by now. That the finding is missing does
//! not show it: somebody must have tried.
//!
//! `src/check/mended.rs` says the same of the end of one capture, by what came behind the finding. Here all of the second
//! capture is later, it does not have the finding, and what it must hold is what would have raised it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use super::places::Places;
use crate::check::{
    Audit, Circumstance, Detail, Finding, LEAST_JUDGED, Mute, NameFailure, PortUse, Side, Target, outweighs,
};
use crate::observe::media::timing::GUIDE;
use crate::observe::message::App;
use crate::observe::{
    Answer, Call, DhcpOffer, FlowView, Protocol, Registration, Silence, Stream, TcpOutcome,
};
use crate::site::{Hints, Kind, PortSet, Scope};

/// Voice of which ports and marks are judged.
const LEAST_MEDIA: u64 = 50;
/// Packets of which jitter is judged.
const LEAST_EVEN: u64 = 200;
/// Losses that packets at the rate of the finding would have shown, and the longest run that is waited for.
const LOSSES: u64 = 5;
const LONGEST_RUN: u64 = 1000;
/// Messages of which their mark is judged; packets that may be marked as voice.
const LEAST_MESSAGES: u64 = 10;
const LEAST_PACKETS: u64 = 20;
/// Calls, answers, datagrams.
const SEVERAL: u64 = 3;
/// A side that sends up to so long (ns) before the end of the call did not stop early.
const STOPS_BEFORE: i64 = 5_000_000_000;
const SECOND: i64 = 1_000_000_000;
/// Without a silence for at least so long (ns).
const LEAST_CALM: i64 = 300_000_000_000;
/// Tries of one host without an answer, and hosts that try in vain.
const LEAST_TRIES: u64 = 2;
const LEAST_SOURCES: usize = 2;

/// The device of a finding in the second measurement.
pub(super) struct Second<'a, F> {
    pub(super) before: &'a Audit,
    pub(super) after: &'a Audit,
    /// Who is where in either.
    pub(super) places: &'a (Places, Places),
    /// Its address by now.
    pub(super) host: IpAddr,
    /// The address by now of a host of the first measurement.
    pub(super) now: F,
}

impl<'a, F: Fn(IpAddr) -> IpAddr> Second<'a, F> {
    /// Of a finding that is none of several.
    pub(super) fn shows_it_right(&self, finding: &Finding) -> bool {
        let now = |peers: &[IpAddr]| -> Vec<IpAddr> { peers.iter().map(|peer| (self.now)(*peer)).collect() };
        let to_all = |peers: &[IpAddr], least: u64| {
            let mut sent: BTreeMap<IpAddr, u64> = BTreeMap::new();
            for stream in self.voice() {
                *sent.entry(stream.destination.ip()).or_default() += packets(stream);
            }
            now(peers).iter().all(|peer| sent.get(peer).is_some_and(|packets| *packets >= least))
        };
        match &finding.detail {
            Detail::Port001 { uses, .. } => uses.iter().all(|used| self.is_elsewhere_or_shut(used, finding)),
            Detail::Port008 { ports, .. } if ports.is_empty() => false,
            Detail::Port002 { ports, .. } | Detail::Port008 { ports, .. } => {
                self.has_other_ports(finding, |port| ports.contains(&port))
            }
            Detail::Port006 { documented, .. } => documented
                .parse::<PortSet>()
                .is_ok_and(|documented| self.has_other_ports(finding, |port| !documented.contains(port))),
            Detail::Port003 { target, protocol, .. } => {
                let target = SocketAddr::new((self.now)(target.ip()), target.port());
                self.views().any(|view| {
                    (view.flow.protocol, view.peer()) == (*protocol, target) && view.was_answered()
                })
            }
            Detail::Port005 { provider, .. } => self.views().any(|view| {
                (view.flow.protocol, view.flow.app) == (Protocol::Udp, App::Sip)
                    && view.peer().ip() == provider.ip()
                    && view.was_answered()
                    && self.rows(view.flow.id).next().is_some()
            }),
            Detail::Port009 { peers, .. } => now(peers).into_iter().all(|peer| {
                self.after.traffic.registrations.iter().any(|row| {
                    (row.client.ip(), row.registrar.ip(), row.protocol) == (peer, self.host, Protocol::Udp)
                        && row.granted.is_some()
                })
            }),
            Detail::Qos001 { expected, .. }
            | Detail::Qos003 { expected, .. }
            | Detail::Qos008 { expected, .. } => self.is_marked(*expected),
            Detail::Qos002 { .. } => self.voice().any(|stream| stream.report.marking.kept >= LEAST_MEDIA),
            Detail::Qos004 { expected, .. } => {
                let endpoints = self.after.traffic.sip_endpoints.iter();
                let mut own = endpoints.filter(|endpoint| endpoint.address == self.host);
                let is_read = own.any(|endpoint| {
                    endpoint
                        .marked
                        .is_some_and(|(mark, messages)| mark == *expected && messages >= LEAST_MESSAGES)
                });
                is_read || self.signals_inside_tls_with(*expected)
            }
            Detail::Qos005 { expected, .. } => {
                let right = |stream: &Stream| -> u64 {
                    let seen = stream.report.marking.pcp.iter();
                    seen.filter(|seen| seen.value == *expected).map(|seen| seen.packets).sum()
                };
                self.voice().map(right).sum::<u64>() >= LEAST_MEDIA
            }
            // From the Internet whoever sends to is in the LAN.
            Detail::Qos007 { inbound: true, .. } => self.voice().any(|stream| packets(stream) >= LEAST_MEDIA),
            Detail::Qos007 { peers, .. } => now(peers).into_iter().any(|peer| {
                self.voice().any(|stream| stream.destination.ip() == peer && packets(stream) >= LEAST_MEDIA)
            }),
            Detail::Qos009 { .. } => self
                .voice()
                .any(|stream| packets(stream) >= LEAST_MEDIA && stream.report.marking.dscp.len() == 1),
            Detail::Qos010 { flows, expected, .. } => flows.iter().all(|(a, b, protocol)| {
                let before = finding.subject.as_ref().map(|subject| subject.address);
                let (own, peer) = if Some(a.ip()) == before { (a, b) } else { (b, a) };
                let address = (self.now)(peer.ip());
                // The port that stays is that of the side that was called.
                let mut known =
                    self.places.0.views(self.before, own.ip()).filter(|view| {
                        (view.own(), view.peer(), view.flow.protocol) == (*own, *peer, *protocol)
                    });
                let calls = known.any(|view| view.started());
                self.views().any(|view| {
                    let is_service = match calls {
                        true => view.peer().port() == peer.port(),
                        false => view.own().port() == own.port(),
                    };
                    (view.peer().ip(), view.flow.protocol) == (address, *protocol)
                        && is_service
                        && view.sent.packets >= LEAST_PACKETS
                        && view.sent.dscp.packets(*expected) == 0
                })
            }),
            Detail::Rtp001 { peers, .. } => to_all(peers, LEAST_JUDGED),
            Detail::Rtp002 { why: Mute::Fax, .. } => false,
            Detail::Rtp002 { peers, why, .. } => now(peers).into_iter().all(|peer| {
                let sides = why.sides(self.host, peer);
                self.after.traffic.streams.iter().any(|stream| {
                    packets(stream) >= LEAST_JUDGED
                        && self.call(stream).is_some_and(|call| {
                            (call.caller.ip(), call.callee.ip()) == sides && call.answer == Answer::Answered
                        })
                })
            }),
            Detail::Rtp003 { lost, expected, peers, .. } | Detail::Rtp005 { lost, expected, peers, .. } => {
                let least = LOSSES.saturating_mul(*expected) / (*lost).max(1);
                to_all(peers, least.clamp(LEAST_JUDGED, LONGEST_RUN))
            }
            Detail::Rtp004 { peers, .. } => {
                // That nothing is told of jitter may be because of its cause.
                let known = now(peers);
                let mut own = self.voice().filter(|stream| known.contains(&stream.destination.ip()));
                to_all(peers, LEAST_EVEN)
                    && own.all(|stream| stream.report.timing.jitter.is_none_or(|jitter| jitter.max <= GUIDE))
            }
            Detail::Rtp006 { peers, .. } => now(peers).into_iter().all(|peer| {
                self.voice().any(|stream| {
                    stream.destination.ip() == peer
                        && packets(stream) >= LEAST_JUDGED
                        && stream.report.ptime.is_some()
                        && stream.report.announced_ptime.is_some()
                })
            }),
            Detail::Rtp007 { peers, .. } => now(peers).into_iter().all(|peer| {
                self.voice().any(|stream| {
                    stream.destination.ip() == peer
                        && packets(stream) >= LEAST_JUDGED
                        && stream.report.announced_at.is_some()
                })
            }),
            Detail::Rtp008 { peer, after, .. } => {
                let peer = (self.now)(*peer);
                // A call that is over before voice stopped then does not show that it goes on by now.
                let goes_on = |stream: &Stream| {
                    let answered = self.call(stream).and_then(|call| call.answered);
                    answered.is_some_and(|(_, at)| stream.report.last.time.since(at) > *after)
                };
                self.voice()
                    .any(|stream| stream.destination.ip() == peer && self.lasts(stream) && goes_on(stream))
            }
            Detail::Rtp009 { .. } => {
                self.calls_with(|stream| self.lasts(stream)) >= finding.count.clamp(1, SEVERAL)
            }
            Detail::Rtp013 { peer, .. } => {
                let peer = (self.now)(*peer);
                let is_right = |stream: &Stream| {
                    let is_announced = |call: &Call| {
                        call.caller_media.contains(&stream.source)
                            || call.callee_media.contains(&stream.source)
                    };
                    stream.destination.ip() == peer && self.call(stream).is_some_and(is_announced)
                };
                self.calls_with(is_right) >= finding.count.clamp(1, SEVERAL)
            }
            Detail::Rtp014 { peers, .. } => now(peers).into_iter().all(|peer| {
                self.voice().any(|stream| {
                    stream.destination.ip() == peer
                        && packets(stream) >= LEAST_JUDGED
                        && stream.report.receiver.is_some()
                })
            }),
            Detail::Sig001 { account, further, .. } => {
                let further = further.iter().map(|(account, _)| account);
                further.chain([account]).all(|account| self.granted().any(|row| *row.aor == **account))
            }
            Detail::Sig002 { registrar, unconnected: Some(_), .. } => {
                let registrar = SocketAddr::new((self.now)(registrar.ip()), registrar.port());
                self.views().any(|view| {
                    view.started()
                        && view.peer() == registrar
                        && view.flow.tcp.as_ref().is_some_and(|tcp| tcp.outcome == TcpOutcome::Answered)
                })
            }
            Detail::Sig002 { registrar, .. } => {
                let registrar = (self.now)(registrar.ip());
                self.granted().any(|row| row.registrar.ip() == registrar)
            }
            Detail::Sig003 { registrar, .. } => self.keeps_mapping((self.now)(registrar.ip()), finding),
            Detail::Sig004 { server, .. } => {
                let server = (self.now)(*server);
                self.sip_with(server).any(|view| view.received.payload_packets >= SEVERAL)
            }
            Detail::Sig005 { why: Some(Circumstance::Broken(_) | Circumstance::SameLength(_)), .. } => false,
            Detail::Sig005 { rejection, .. } => self.answers_calls(rejection.status, finding),
            Detail::Sig006 { peer, .. } => {
                let peer = (self.now)(peer.ip());
                let whole = self.after.traffic.whole.iter();
                let whole = whole.filter(|whole| (whole.from.ip(), whole.to.ip()) == (self.host, peer));
                whole.map(|whole| whole.times.len() as u64).sum::<u64>() >= SEVERAL
            }
            Detail::Sig007 { server, alert, stuck, .. } => {
                let server = SocketAddr::new((self.now)(server.ip()), server.port());
                self.connects(server, alert.is_some() || stuck.is_some())
            }
            Detail::Sig008 { registrar, expires, .. } => {
                self.is_kept_alive((self.now)(registrar.ip()), *expires)
            }
            Detail::Sig009 { method, to, .. } => {
                let to = (self.now)(to.ip());
                let prompt = self.after.traffic.prompt.iter();
                let same = prompt
                    .filter(|row| (row.from.ip(), row.to.ip()) == (self.host, to) && row.method == *method);
                same.map(|row| row.count).sum::<u64>() >= SEVERAL
            }
            Detail::Stalled { peer, service, .. } => {
                let peer = (self.now)(*peer);
                self.views().any(|view| {
                    let is_it = view.flow.protocol == Protocol::Tcp && view.flow.b.port() == service.port();
                    is_it && view.peer().ip() == peer && view.received.payload_packets >= SEVERAL
                })
            }
            Detail::Net004 { expected, .. } => {
                let seen = self.voice().flat_map(|stream| &stream.report.marking.vlans);
                let right = seen.filter(|seen| expected.contains(&seen.value)).map(|seen| seen.packets);
                right.sum::<u64>() >= LEAST_MEDIA
            }
            Detail::Net001 { names, why: NameFailure::Rcode(_), .. } => {
                let seen = self.after.traffic.names.iter();
                let own = seen.filter(|seen| seen.host == self.host && seen.address.is_some());
                let found: BTreeSet<&str> = own.map(|seen| &*seen.name).collect();
                names.iter().all(|name| found.contains(&**name))
            }
            Detail::Net001 { .. } => {
                let mut resolvers = self.after.traffic.resolvers.iter();
                resolvers.any(|row| row.client == self.host && row.served.is_some())
            }
            Detail::Net002 { .. } => {
                self.views().any(|view| view.started() && view.flow.app == App::Ntp && view.was_answered())
            }
            Detail::Net003(offers) => {
                let answers = |offer: &DhcpOffer| {
                    let known = self.after.traffic.dhcp.iter();
                    let mut known = known.filter(|row| row.server == Some((self.now)(offer.server)));
                    known.next().map_or(0, |row| row.answers)
                };
                let [extra, main] = offers.each_ref().map(answers);
                extra.min(main) == 0 && extra.max(main) >= SEVERAL
            }
            // Somebody asked, and one device answered.
            Detail::Net005 { .. } => {
                let facts = super::host(self.after, self.host);
                facts.and_then(|facts| facts.arp.as_ref()?.answered).is_some()
                    && self.after.traffic.contests.iter().all(|row| row.address != self.host)
            }
            Detail::Sec001 { at, protocol, .. } | Detail::Sec004 { at, protocol, .. } => {
                self.is_shut(at.port(), *protocol)
            }
            Detail::Sec003 { apps, peers } => now(peers).into_iter().all(|peer| {
                // Which of them was read with which peer is not told: one that goes encrypted by now is enough.
                self.views().any(|view| {
                    view.peer().ip() == peer
                        && apps.iter().any(|app| self.is_inside_tls(view.flow.id, app.name()))
                })
            }),
            // That there are fewer calls today, and that a scanner has gone on, puts nothing right.
            Detail::Port007 { .. } | Detail::Sec002 { .. } => false,
            // What a capture says of itself is over when the next one does not say it.
            Detail::Cap001 { .. }
            | Detail::Cap002 { .. }
            | Detail::Cap003 { .. }
            | Detail::Cap004 { .. }
            | Detail::Cap006 { .. }
            | Detail::Cap008 { .. }
            | Detail::Cap010 { .. }
            | Detail::Cap011 { .. } => true,
        }
    }

    /// Voice that the device sends.
    fn voice(&self) -> impl Iterator<Item = &'a Stream> {
        self.places.1.streams(self.after, self.host)
    }

    /// Its conversations.
    fn views(&self) -> impl Iterator<Item = FlowView<'a>> {
        self.places.1.views(self.after, self.host)
    }

    fn sip_with(&self, peer: IpAddr) -> impl Iterator<Item = FlowView<'a>> {
        self.views().filter(move |view| (view.flow.app, view.peer().ip()) == (App::Sip, peer))
    }

    fn rows(&self, flow: usize) -> impl Iterator<Item = &'a str> {
        self.after.flow_rows.get(&flow).into_iter().flatten().map(|row| &**row)
    }

    /// Whether this is TLS that stands, and carries the protocol by the rows that explain it.
    fn is_inside_tls(&self, flow: usize, protocol: &str) -> bool {
        self.after.inside_tls.get(&flow).is_some_and(|inside| inside.iter().any(|word| *word == protocol))
    }

    fn call(&self, stream: &Stream) -> Option<&'a Call> {
        stream.call.and_then(|call| self.after.traffic.calls.get(call))
    }

    /// Calls with voice of the device for which this holds.
    fn calls_with(&self, holds: impl Fn(&Stream) -> bool) -> u64 {
        let voice = self.voice().filter(|stream| packets(stream) >= LEAST_JUDGED && holds(stream));
        let calls: BTreeSet<usize> = voice.filter_map(|stream| stream.call).collect();
        calls.len() as u64
    }

    /// Whether the device sends to the end of a call that was ended.
    fn lasts(&self, stream: &Stream) -> bool {
        let call = self.call(stream).filter(|call| call.hung_up.is_some());
        let end = call.and_then(|call| call.end);
        end.is_some_and(|(_, end)| end.since(stream.report.last.time) <= STOPS_BEFORE)
    }

    fn is_marked(&self, expected: u8) -> bool {
        let marked = |stream: &Stream| -> u64 {
            let seen = stream.report.marking.dscp.iter();
            seen.filter(|seen| seen.value == expected).map(|seen| seen.packets).sum()
        };
        self.voice().map(marked).sum::<u64>() >= LEAST_MEDIA
    }

    /// PORT-002, PORT-006 and PORT-008: of so many streams several would have such a port at the rate of the first measurement.
    fn has_other_ports(&self, finding: &Finding, is_wrong: impl Fn(u16) -> bool) -> bool {
        let before = finding.subject.as_ref().map(|subject| subject.address);
        let streams = before.into_iter().flat_map(|host| self.places.0.streams(self.before, host));
        let streams = streams.filter(|stream| packets(stream) >= LEAST_MEDIA);
        let ports: Vec<u16> = streams.map(|stream| stream.source.port()).collect();
        let wrong = ports.iter().filter(|port| is_wrong(**port)).count() as u64;
        let later = self.voice().filter(|stream| packets(stream) >= LEAST_MEDIA).count() as u64;
        // What all of them did, the first one shows to be over.
        outweighs(later, wrong, ports.len() as u64) || later > 0 && wrong == ports.len() as u64
    }

    /// QOS-004: most packets of signalling that nobody can read have the mark.
    fn signals_inside_tls_with(&self, expected: u8) -> bool {
        let (mut all, mut right) = (0, 0);
        for view in self.views().filter(|view| self.is_inside_tls(view.flow.id, App::Sip.name())) {
            all += view.sent.dscp.iter().map(|(_, packets, _)| packets).sum::<u64>();
            right += view.sent.dscp.packets(expected);
        }
        all >= LEAST_MESSAGES && right * 2 > all
    }

    /// SIG-005: as many calls are answered as were refused, and those that lead outside if those were.
    fn answers_calls(&self, status: u16, finding: &Finding) -> bool {
        let answered = |target: Option<Target>| {
            let calls = self.places.1.calls(self.after, self.host);
            let calls = calls.filter(|call| call.answer == Answer::Answered && !call.is_unacknowledged);
            calls.filter(|call| target.is_none_or(|target| Target::of(call) == target)).count() as u64
        };
        let before = finding.subject.as_ref().map(|subject| subject.address);
        let refused =
            before.map(|host| Target::refused(self.places.0.calls(self.before, host), host, status));
        answered(None) >= finding.count.clamp(1, SEVERAL)
            && refused
                .unwrap_or_default()
                .into_iter()
                .all(|(target, calls)| answered(Some(target)) >= calls.clamp(1, SEVERAL))
    }

    /// PORT-001: the device refuses at that port, or the same peers are served where it is documented.
    fn is_elsewhere_or_shut(&self, used: &PortUse, finding: &Finding) -> bool {
        let mut at_port = self
            .views()
            .filter(|view| (view.flow.protocol, view.own().port()) == (used.protocol, used.port))
            .filter(|view| !view.started())
            .peekable();
        let is_refused = |view: FlowView<'_>| match view.flow.tcp.as_ref().map(|tcp| tcp.outcome) {
            Some(outcome) => outcome == TcpOutcome::Refused,
            None => {
                view.sent.packets == 0 && view.flow.extra.icmp.iter().any(|icmp| icmp.reporter == self.host)
            }
        };
        let is_shut = used.side == Side::Own && at_port.peek().is_some() && at_port.all(is_refused);
        let is_elsewhere = |peer: &SocketAddr| {
            let peer = (self.now)(peer.ip());
            self.views().any(|view| {
                view.peer().ip() == peer
                    && view.was_answered()
                    && self.rows(view.flow.id).any(|id| finding.rows.iter().any(|row| **row == *id))
            })
        };
        is_shut || !used.peers.is_empty() && used.peers.iter().all(is_elsewhere)
    }

    fn granted(&self) -> impl Iterator<Item = &'a Registration> {
        let host = self.host;
        let rows = self.after.traffic.registrations.iter();
        rows.filter(move |row| row.client.ip() == host && row.granted.is_some())
    }

    /// SIG-003: a mapping is kept for much longer than those that were lost.
    fn keeps_mapping(&self, registrar: IpAddr, finding: &Finding) -> bool {
        let span = finding.evidence.first.zip(finding.evidence.last);
        let lost = span.map_or(0, |(first, last)| last.since(first)) / (finding.count.max(1) as i64);
        let least = lost.max(SECOND).saturating_mul(SEVERAL as i64);
        self.granted().filter(|row| row.registrar.ip() == registrar).any(|row| {
            row.mappings.len() < 2 && row.kept.is_some_and(|(first, last)| last.since(first) >= least)
        })
    }

    /// SIG-007: a connection stands; where the certificate had expired, the server shows one that is valid.
    fn connects(&self, server: SocketAddr, had_failed: bool) -> bool {
        if had_failed {
            return self.views().any(|view| {
                (view.flow.app, view.peer()) == (App::Tls, server)
                    && view.was_answered()
                    && view.sent.payload_packets >= SEVERAL
                    && view.received.payload_packets >= SEVERAL
            });
        }
        let rows = self.after.traffic.handshakes.iter();
        let rows = rows.filter(|row| (row.client, row.server) == (self.host, server));
        rows.flat_map(|row| row.certificate.iter().chain(&row.renewed))
            .any(|seen| seen.not_after.is_some_and(|end| seen.time.is_known() && end > seen.time))
    }

    /// SIG-008: for two registrations no long silence.
    fn is_kept_alive(&self, registrar: IpAddr, expires: u32) -> bool {
        let least = i64::from(expires).saturating_mul(2 * SECOND).max(LEAST_CALM);
        self.sip_with(registrar).any(|view| {
            let times = [view.sent.first, view.sent.last, view.received.first, view.received.last];
            let times = || times.into_iter().flatten().map(|(_, time)| time);
            let (first, last) = (times().min(), times().max());
            let longest = view.flow.extra.silence.as_ref().map_or(0, |silences| silences.longest.length());
            view.flow.protocol == Protocol::Udp
                && first.zip(last).is_some_and(|(first, last)| last.since(first) >= least)
                && longest <= Silence::LONG
        })
    }

    /// SEC-001 and SEC-004: several hosts of the Internet ask, and the device, which is there, answers none of them.
    fn is_shut(&self, port: u16, protocol: Protocol) -> bool {
        let on_link = |address: IpAddr| super::host(self.after, address).and_then(|host| host.on_link);
        let is_stranger = |address: IpAddr| {
            let known = self.after.site.device(address);
            let scope = known.map_or_else(|| Hints::default().scope(address), |device| device.scope);
            scope == Scope::Public
                && known.is_none_or(|device| device.kind != Kind::Provider)
                && !self.after.traffic.registrations.iter().any(|row| row.registrar.ip() == address)
        };
        let mut sources = BTreeSet::new();
        for view in self.views().filter(|view| !view.started()) {
            let peer = view.peer().ip();
            if (view.own().port(), view.flow.protocol) != (port, protocol)
                || on_link(peer) == Some(true)
                || !is_stranger(peer)
            {
                continue;
            }
            let tries = match view.flow.tcp.as_ref().map(|tcp| (tcp.outcome, tcp.attempt_count)) {
                Some((TcpOutcome::Refused | TcpOutcome::Silent, tries)) => tries,
                None if view.sent.packets == 0 => view.received.payload_packets,
                _ => return false,
            };
            if tries >= LEAST_TRIES {
                sources.insert(peer);
            }
        }
        sources.len() >= LEAST_SOURCES && self.views().any(|view| view.sent.packets > 0)
    }
}

fn packets(stream: &Stream) -> u64 {
    stream.report.counts.packets
}
