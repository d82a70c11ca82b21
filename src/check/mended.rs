//! Takes findings and the traffic they come from, says of which the cause is gone: the same device did right later on
//! what it did wrong. Silence proves nothing, so what merely stopped stays.
//!
//! What counts as right is stricter than what raised the finding: one at the threshold does not come and go all the time.
//! The pages of the codes (`src/report/explain/cleared.rs`) tell the same to people, and of which codes no packet shows it.

mod service;
mod signalling;
mod voice;

use std::cell::OnceCell;
use std::net::IpAddr;

use crate::capture::Timestamp;
use crate::rules::QosRule;

use super::case::Case;
use super::finding::{Audit, Code, Detail, Finding, Mute};
use super::media::{self, LEAST_JUDGED};
use super::rejection::Circumstance;
use super::{is_told_by_another, port, qos};
use signalling::{Outcomes, registers};
use voice::{Sides, Voice};

/// Requests without an answer; fewer may still be answered.
const LEAST_TRIES: u64 = 3;
/// Calls that must succeed where several failed.
const CALLS: u64 = 3;
/// At the rate of the finding, so many would have gone wrong among the later ones.
const MISSED: u64 = 3;
/// Peers of which each must be seen to be right.
const MOST_PEERS: usize = 256;
/// What is younger (ns) has not left the tables of a capture, full or not.
const RECENT: i64 = 120_000_000_000;

/// Places of the findings whose cause is gone, ascending.
pub(super) fn mended(case: &Case<'_>, findings: &[Finding]) -> Vec<usize> {
    let known = Known::default();
    let places = findings.iter().enumerate();
    let is_mended = |finding: &Finding| finding.parts().iter().all(|part| is_mended(case, &known, part));
    places.filter(|(_, finding)| is_mended(finding)).map(|(at, _)| at).collect()
}

/// What all calls tell, gone through once for all findings, when it is first asked for.
#[derive(Default)]
struct Known {
    sides: Sides,
    outcomes: OnceCell<Outcomes>,
}

/// Whether it proves anything that a finding of a capture that goes on is no longer told: not where it was a share that
/// other traffic makes smaller, or a rate that time does, nor where its packets had to make room, nor where another one
/// tells of the same fault by now. What a capture lacked it lacks for good.
#[must_use]
pub fn is_disproved_by_absence(finding: &Finding, audit: &Audit, now: Timestamp) -> bool {
    let is_share = matches!(finding.code(), Code::Qos010 | Code::Sec002 | Code::Cap001 | Code::Cap002);
    let quality = &audit.traffic.quality;
    let is_full = quality.packets_over_cap > 0 || quality.messages_over_cap > 0;
    let is_old = finding.evidence.last.is_some_and(|last| now.since(last) >= RECENT);
    !(is_share || is_full && is_old || is_told_by_another(finding, &audit.findings))
}

fn is_mended(case: &Case<'_>, known: &Known, finding: &Finding) -> bool {
    let last = finding.evidence.until.or(finding.evidence.last);
    let (Some(subject), Some(last)) = (&finding.subject, last) else { return false };
    let host = subject.address;
    let voice = Voice { case, sides: &known.sides, host, last };
    match &finding.detail {
        Detail::Port001 { uses, .. } => service::is_put_right(case, host, uses, finding),
        Detail::Port002 { .. } => voice.has_ports(port::PACKETS_FOR_MEDIA, |stream| {
            port::is_documented_for_media(case, host, stream.source.port())
        }),
        Detail::Port005 { provider, .. } => {
            service::asks_from_documented_port(case, host, provider.ip(), last)
        }
        Detail::Port006 { model, .. } => case.book.model(model.as_str()).is_some_and(|model| {
            voice.has_ports(port::PACKETS_FOR_MEDIA, |stream| model.rtp.contains(stream.source.port()))
        }),
        // Of RTCP there is too little to tell.
        Detail::Port008 { ports, .. } if ports.is_empty() => false,
        Detail::Port008 { .. } => {
            voice.has_ports(port::PACKETS_FOR_MEDIA, |stream| stream.source.port() % 2 == 0)
        }
        Detail::Port009 { .. } => service::is_called_over_udp(case, host),
        Detail::Qos001 { expected, .. }
        | Detail::Qos003 { expected, .. }
        | Detail::Qos008 { expected, .. } => voice.is_marked(*expected, false),
        Detail::Qos002 { .. } => voice.keeps_marks(),
        Detail::Qos004 { expected, .. } => qos::signals_with(case, host, *expected),
        Detail::Qos005 { expected, .. } => voice.later().any(|stream| {
            let pcp = &stream.report.marking.pcp;
            let right: u64 = pcp.iter().filter(|seen| seen.value == *expected).map(|seen| seen.packets).sum();
            right >= LEAST_JUDGED && pcp.len() == 1
        }),
        Detail::Qos007 { .. } => {
            let is_meant = |rule: &&QosRule| finding.rows.iter().any(|row| **row == *rule.id.as_str());
            case.book.qos.iter().find(is_meant).is_some_and(|rule| voice.is_marked(rule.dscp, true))
        }
        Detail::Qos009 { .. } => voice.later().any(|stream| stream.report.marking.dscp.len() == 1),
        Detail::Qos010 { expected, .. } => qos::is_given_up(case, host, *expected),
        Detail::Rtp001 { peers, .. } => all(peers, |peer| voice.sends_again(*peer)),
        Detail::Rtp002 { peers, why: Mute::Fax, .. } => {
            all(peers, |peer| media::has_faxed(case, (host, *peer), last))
        }
        Detail::Rtp002 { peers, why, .. } => {
            all(peers, |peer| voice.is_heard_in_a_call(why.sides(host, *peer)))
        }
        Detail::Rtp003 { lost, expected, peers, .. } | Detail::Rtp005 { lost, expected, peers, .. } => {
            all(peers, |peer| voice.arrives(*peer, *lost, *expected))
        }
        Detail::Rtp004 { peers, .. } => all(peers, |peer| voice.is_even(*peer)),
        Detail::Rtp006 { peers, .. } => all(peers, |peer| {
            voice.later().any(|stream| {
                let is_agreed = stream.report.ptime.is_some() && stream.report.announced_ptime.is_some();
                stream.destination.ip() == *peer
                    && is_agreed
                    && media::packet_time(case, host, &[stream]).is_none()
            })
        }),
        Detail::Rtp007 { peers, .. } => all(peers, |peer| {
            voice.later().any(|stream| {
                stream.destination.ip() == *peer
                    && stream.report.announced_at.is_some()
                    && media::unlisted(case, host, &[stream]).is_none()
            })
        }),
        Detail::Rtp008 { peer, .. } => voice.lasts(*peer),
        Detail::Rtp009 { .. } => voice.keeps_its_source(finding.count),
        Detail::Rtp013 { announced, peer, .. } => voice.comes_as_announced(*announced, *peer, finding.count),
        Detail::Rtp014 { peers, .. } => all(peers, |peer| {
            voice.later().any(|stream| {
                stream.destination.ip() == *peer
                    && stream.report.receiver.is_some()
                    && media::behind(case, host, &[stream]).is_none()
            })
        }),
        Detail::Sig001 { .. } => {
            registers(case, host, |row| row.refused.as_ref().map(|refused| refused.time))
        }
        Detail::Sig002 { mended: Some(_), .. } => true,
        // That is no longer told once a connection stands.
        Detail::Sig002 { unconnected: Some(_), .. } => false,
        Detail::Sig002 { .. } => registers(case, host, |row| {
            row.unanswered.span.filter(|_| case.tries_in_vain(row) >= LEAST_TRIES).map(|(_, last)| last)
        }),
        Detail::Sig003 { .. } => signalling::keeps_mapping(case, host),
        Detail::Sig004 { server, .. } => signalling::is_left_alone(case, host, *server),
        Detail::Sig005 { why: Some(Circumstance::Broken(broken)), .. } => {
            signalling::stand_longer(case, host, broken.kind, last)
        }
        // That a later call goes on is not seen before it has lasted as long.
        Detail::Sig005 { why: Some(Circumstance::SameLength(_)), .. } => false,
        Detail::Sig005 { rejection, .. } => {
            let outcomes = known.outcomes.get_or_init(|| Outcomes::of(&case.traffic.calls));
            outcomes.are_better(host, rejection.status, finding.count, last, CALLS)
        }
        Detail::Sig006 { peer, .. } => signalling::come_together(case, host, *peer),
        // One that failed is no longer told once a connection stands.
        Detail::Sig007 { server, alert, stuck, .. } => {
            alert.is_none() && stuck.is_none() && signalling::has_valid_certificate(case, host, *server)
        }
        Detail::Sig008 { registrar, expires, .. } => {
            signalling::is_kept_alive(case, host, *registrar, *expires)
        }
        Detail::Sig009 { method, to, .. } => signalling::is_answered_at_once(case, host, method, *to),
        Detail::Net004 { expected, .. } => voice.later().any(|stream| {
            let vlans = &stream.report.marking.vlans;
            !vlans.is_empty() && vlans.iter().all(|seen| expected.contains(&seen.value))
        }),
        Detail::Net003(offers) => service::is_alone(case, offers),
        Detail::Net005 { macs, .. } => service::has_one_owner(case, host, *macs),
        Detail::Sec001 { at, protocol, .. } | Detail::Sec004 { at, protocol, .. } => {
            service::is_shut(case, *at, *protocol, last)
        }
        Detail::Sec003 { .. } => service::is_encrypted(case, host),
        // These are no longer told once the service answers. That a connection will not stall again, that a peak was
        // the last one, that a scanner gave up and what a capture lacks is shown by no packet.
        Detail::Port003 { .. }
        | Detail::Net001 { .. }
        | Detail::Net002 { .. }
        | Detail::Stalled { .. }
        | Detail::Port007 { .. }
        | Detail::Sec002 { .. }
        | Detail::Cap001 { .. }
        | Detail::Cap002 { .. }
        | Detail::Cap003 { .. }
        | Detail::Cap004 { .. }
        | Detail::Cap006 { .. }
        | Detail::Cap008 { .. }
        | Detail::Cap010 { .. }
        | Detail::Cap011 { .. } => false,
    }
}

/// Whether it holds for all peers. Of very many nobody asks for each, and what is not known holds on.
fn all(peers: &[IpAddr], holds: impl Fn(&IpAddr) -> bool) -> bool {
    peers.len() <= MOST_PEERS && peers.iter().all(holds)
}

/// Whether among `later` ones several would have been wrong, had `wrong` of `all` gone on.
#[must_use]
pub fn outweighs(later: u64, wrong: u64, all: u64) -> bool {
    wrong > 0 && later.saturating_mul(wrong) >= all.max(wrong).saturating_mul(MISSED)
}

#[cfg(test)]
mod tests;
