//! Takes an audit; gives the calls that a reader should look at first: those that failed, were silent, heard or encrypted by one
//! side alone, or lost voice. Every form of report marks the same ones.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::finding::{Audit, Detail, Mute, Trace, Unjudged};
use super::half_encrypted::half_encrypted;
use super::media::{LEAST_CALL, LEAST_JUDGED, LOSS_LIMITS};
use crate::observe::message::sip::standard_phrase;
use crate::observe::{Answer, Call, Stream};

/// Loss in percent above which a call is in trouble.
const MOST_LOSS: f64 = LOSS_LIMITS[0];
/// In a phrase of 480, by which a server says that it did not reach the telephone. Busy people have no such words, in
/// whichever language their telephone puts theirs.
const FAULTS: [&str; 7] = ["dns", "error", "fail", "route", "timed out", "timeout", "unreachable"];

/// What is wrong with a call.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Trouble {
    /// It came to nothing, and nobody wanted that.
    pub has_failed: bool,
    /// It was answered, and RTP-002 says that nobody is heard, or that no fax is sent.
    pub is_silent: bool,
    /// One side alone encrypts its voice: neither understands the other.
    pub is_half_encrypted: bool,
    /// RTP-001 says that one side is not heard.
    pub one_way: Option<OneWay>,
    /// Greatest loss of a direction in percent; 0 up to 1 %, or where the capture itself lacks packets.
    pub lost_percent: f64,
}

/// For how long one side alone is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OneWay {
    /// To the end.
    Throughout,
    /// So long (ns), until the voice found its way.
    AtFirst(i64),
}

impl Trouble {
    /// Whether what happened matters more than what was lost.
    #[must_use]
    pub fn is_grave(&self) -> bool {
        self.has_failed || self.is_silent || self.is_half_encrypted || self.one_way.is_some()
    }

    fn is_any(&self) -> bool {
        self.is_grave() || self.lost_percent > 0.0
    }
}

/// By place of the call; calls without trouble are missing. `voices`: those of each call ([`Traffic::voices`]).
///
/// [`Traffic::voices`]: crate::observe::Traffic::voices
#[must_use]
pub fn troubled(audit: &Audit, voices: &[Vec<usize>]) -> BTreeMap<usize, Trouble> {
    let lost = worst_loss(audit);
    // What strangers do not get is no trouble.
    let scanners = audit.scanners();
    let all = audit.traffic.calls.iter().zip(voices).enumerate().map(|(id, (call, voices))| {
        let trouble = Trouble {
            has_failed: (has_failed(call) || audit.dropped.binary_search(&id).is_ok())
                && !scanners.contains(&call.caller.ip()),
            is_silent: is_silent(audit, id, call) || audit.unsent_faxes.binary_search(&id).is_ok(),
            is_half_encrypted: half_encrypted(&audit.traffic, voices.iter().copied()).is_some(),
            one_way: one_way_among(audit, voices, call),
            lost_percent: lost.get(&id).copied().unwrap_or_default(),
        };
        (id, trouble)
    });
    all.filter(|(_, trouble)| trouble.is_any()).collect()
}

/// Places of those calls by how bad they were, 1 being the worst: what happened counts more than what was lost, and
/// then the earliest comes first.
#[must_use]
pub fn by_trouble(troubled: &BTreeMap<usize, Trouble>) -> BTreeMap<usize, usize> {
    let mut order: Vec<(&usize, &Trouble)> = troubled.iter().collect();
    order.sort_by(|(x, one), (y, other)| {
        let by_fate = other.is_grave().cmp(&one.is_grave());
        by_fate.then(other.lost_percent.total_cmp(&one.lost_percent)).then(x.cmp(y))
    });
    order.into_iter().zip(1..).map(|((id, _), place)| (*id, place)).collect()
}

/// Nobody hung up, declined or was busy, and yet there was no call.
fn has_failed(call: &Call) -> bool {
    match call.answer {
        Answer::Unanswered => true,
        // Where it rang, 408 says that nobody answered.
        Answer::Rejected(408) => call.ringing.is_none(),
        Answer::Rejected(status) => status >= 400 && !is_everyday(status, call.reason.as_deref()),
        Answer::Cancelled => call.status.is_some_and(is_failure),
        Answer::Answered => call.is_unacknowledged || call.broken.is_some(),
        Answer::Open => false,
    }
}

/// Whether a refusal is what people do: busy, declined, not at home. A server that cannot reach the telephone says 480 too, and
/// in its own words.
#[must_use]
pub fn is_everyday(status: u16, reason: Option<&str>) -> bool {
    let is_fault = |reason: &str| {
        let reason = reason.to_ascii_lowercase();
        let is_usual = standard_phrase(status).is_some_and(|phrase| phrase.eq_ignore_ascii_case(&reason));
        !is_usual && FAULTS.iter().any(|word| reason.contains(word))
    };
    match status {
        486 | 487 | 600 | 603 => true,
        480 => !reason.is_some_and(is_fault),
        _ => false,
    }
}

/// Whether a call that was cancelled had failed: nobody was reached at all.
#[must_use]
pub fn is_failure(status: u16) -> bool {
    status == 408 || (500..=599).contains(&status)
}

/// Whether RTP-002 is about this call.
fn is_silent(audit: &Audit, id: usize, call: &Call) -> bool {
    let (caller, callee) = (call.caller.ip(), call.callee.ip());
    audit.unheard.binary_search(&id).is_ok()
        && audit.findings.iter().any(|finding| {
            let Detail::Rtp002 { peers, why, .. } = &finding.detail else { return false };
            if *why == Mute::Fax {
                return false;
            }
            let Some(subject) = finding.subject.as_ref().map(|subject| subject.address) else { return false };
            peers.iter().any(|peer| why.sides(subject, *peer) == (caller, callee))
        })
}

/// Whether RTP-001 is about this call: voice of the one side, none of the other.
#[must_use]
pub fn one_way(audit: &Audit, id: usize, call: &Call) -> Option<OneWay> {
    let voices: Vec<usize> = audit.traffic.voice_of(id).collect();
    one_way_among(audit, &voices, call)
}

fn one_way_among(audit: &Audit, voices: &[usize], call: &Call) -> Option<OneWay> {
    if call.answer != Answer::Answered {
        return None;
    }
    let voices = || voices.iter().filter_map(|at| audit.traffic.streams.get(*at));
    audit.findings.iter().find_map(|finding| {
        let Detail::Rtp001 { peers, astray, strays, trace, .. } = &finding.detail else { return None };
        let subject = finding.subject.as_ref()?.address;
        match astray {
            Some(astray) => {
                let goes = |stream: &Stream| stream.source.ip() == subject && stream.destination == astray.to;
                let how = if astray.is_over { OneWay::AtFirst(astray.lasted) } else { OneWay::Throughout };
                voices().any(goes).then_some(how)
            }
            None => {
                let packets = |stream: &Stream| stream.report.counts.packets;
                // What ends at the NAT is not heard.
                let is_halted =
                    |stream: &Stream| matches!(trace, Trace::Halted(end, _) if *end == stream.destination);
                let is_own = |stream: &&Stream| stream.source.ip() == subject && !is_halted(stream);
                let own: u64 = voices().filter(is_own).map(packets).sum();
                let is_heard =
                    |stream: &Stream| peers.contains(&stream.source.ip()) && packets(stream) >= LEAST_JUDGED;
                let is_one_way = !call.may_be_silent
                    && call.length().is_none_or(|length| length >= LEAST_CALL)
                    && is_end(call, subject)
                    && voices().any(is_heard)
                    && own <= *strays;
                is_one_way.then_some(OneWay::Throughout)
            }
        }
    })
}

/// Whether the host is where one side wanted its voice.
fn is_end(call: &Call, host: IpAddr) -> bool {
    call.caller_media.iter().chain(&call.callee_media).any(|end| end.ip() == host)
}

/// Greatest loss in percent among the streams of each call that lost anything worth a look, by call.
fn worst_loss(audit: &Audit) -> BTreeMap<usize, f64> {
    let mut worst: BTreeMap<usize, f64> = BTreeMap::new();
    // What the capture lacks was not lost on the way.
    if audit.unjudged.contains(&Unjudged::Incomplete) {
        return worst;
    }
    let traffic = &audit.traffic;
    for stream in &traffic.streams {
        // What the receiver has was not lost, whatever the capture lacks.
        let lost = stream.report.receiver_lost_percent().or_else(|| stream.lost_percent());
        if let Some((call, lost)) = stream.call.zip(lost).filter(|(_, lost)| *lost > MOST_LOSS) {
            let known = worst.entry(call).or_default();
            *known = known.max(lost);
        }
    }
    // Voice that goes past the PBX belongs to the call that it passed on as well.
    for (id, call) in traffic.calls.iter().enumerate().filter(|(_, call)| !call.also_heard.is_empty()) {
        let heard = call.also_heard.iter().filter_map(|at| {
            let stream = traffic.streams.get(*at)?;
            let received = stream.report.receiver_lost_percent().is_some_and(|lost| lost <= MOST_LOSS);
            let part = traffic.in_call(*at, id);
            let lost = part.map_or(stream.lost_percent()?, |part| part.lost_percent());
            (!received && lost > MOST_LOSS).then_some(lost)
        });
        if let Some(lost) = heard.max_by(f64::total_cmp) {
            let known = worst.entry(id).or_default();
            *known = known.max(lost);
        }
    }
    worst
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happened_is_worse_than_what_was_lost() {
        let lost = |lost_percent| Trouble { lost_percent, ..Trouble::default() };
        let failed = |lost_percent| Trouble { has_failed: true, ..lost(lost_percent) };
        let silent = Trouble { is_silent: true, ..Trouble::default() };
        let all = [(2, lost(1.5)), (3, lost(40.0)), (5, failed(0.0)), (8, failed(2.0)), (9, silent)];
        let places = by_trouble(&all.into());
        assert_eq!(places, [(8, 1), (5, 2), (9, 3), (3, 4), (2, 5)].into());
    }

    #[test]
    fn what_people_do_is_no_fault_but_in_a_servers_own_words() {
        assert!([486, 487, 600, 603].iter().all(|status| is_everyday(*status, Some("Whatever"))));
        assert!(is_everyday(480, None) && is_everyday(480, Some("Temporarily Unavailable")));
        assert!(is_everyday(480, Some("Dočasne Nedostupné")), "a telephone says it in its own language");
        assert!(!is_everyday(480, Some("No DNS results")) && !is_everyday(404, None));
    }
}
