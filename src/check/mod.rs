//! Takes traffic, site and rulebook; gives findings. One file per family of codes. No input or output, no words, no
//! threads; the families do not know each other.

mod absence;
mod blocked;
mod capture;
mod case;
mod connection;
mod deaf;
mod distinction;
mod dropped;
mod evidence;
mod expiry;
mod exposure;
mod filter;
mod finding;
#[cfg(test)]
mod fixture;
mod grouped;
mod half_encrypted;
mod hidden;
mod matrix;
mod media;
mod mended;
mod network;
mod port;
mod premature;
mod qos;
mod remarks;
mod rejection;
mod security;
mod signalling;
mod strangers;
mod target;
mod troubled;
mod tunnel;

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};

use crate::capture::{CaptureSummary, PassedOver};
use crate::observe::{BreakKind, LookupKind, Quality, Traffic};
use crate::rules::{DocumentKind, Rulebook};
use crate::site::{Hints, Site};

use blocked::Blocked;
use case::Case;

pub(crate) use absence::{all_ended_unanswered, foreign_telephony};
pub use distinction::Distinction;
pub(crate) use expiry::Expiry;
pub(crate) use filter::{by_number, is_by_number};
pub use finding::{
    Accepted, Astray, Audit, Back, Beside, Code, Detail, Evidence, Export, Few, Finding, Framed, Guessing,
    Heard, Hop, Interrupted, Intrusion, Life, LossSign, Lost, Missed, Mute, NameFailure, Named, NoVoice,
    Observation, Others, Party, Passage, PortUse, Refusal, Remark, RowResult, RowStatus, RulebookInfo,
    Severity, Side, Size, Station, Subject, Trace, Unevenness, Unjudged, Unread, Verdict, VoiceSender,
    VoiceSent,
};
pub(crate) use grouped::joined;
pub use half_encrypted::half_encrypted;
pub use media::{LEAST_JUDGED, LOSS_LIMITS, MOS_LIMITS, clock_runs_at};
pub use mended::{is_disproved_by_absence, outweighs};
pub use rejection::{Circumstance, Rejection, SameLength, Unlike};
pub use strangers::is_try;
pub use target::Target;
pub use troubled::{OneWay, Trouble, by_trouble, is_everyday, is_failure, one_way, troubled};

/// Runs all checks and puts together what a report needs.
#[must_use]
pub fn audit(
    captures: Vec<CaptureSummary>,
    passed_over: Vec<PassedOver>,
    traffic: Traffic,
    mut site: Site,
    book: &Rulebook,
    hints: &Hints,
) -> Audit {
    let case = Case::new(&traffic, &site, book, hints).of_captures(&captures);
    let unsent_faxes = media::unsent_faxes(&case);
    let deaf = deaf::deaf(&case);
    let Found { mut findings, mut unjudged, unheard, failed } = found(&case, &captures);
    findings.retain(|finding| {
        !subject(finding).is_some_and(|host| case.is_excepted_whole(finding.code().as_str(), host))
    });
    grouped::join(&mut findings);
    let accepted = match hints.site.exceptions.is_empty() {
        true => Vec::new(),
        false => {
            let case = Case::new(&traffic, &site, book, hints).of_captures(&captures).of_accepted();
            let findings = found(&case, &captures).findings;
            findings.into_iter().filter_map(|finding| case.accepted(finding)).collect()
        }
    };
    let (few, is_any_judged) = qos::few(&case);
    if !few.is_empty() {
        unjudged.push(if is_any_judged { Unjudged::FewPackets } else { Unjudged::NoMarks });
    }
    let rows = matrix::rows(&case, &findings, &failed);
    let flow_rows = matrix::flow_rows(&case);
    let inside_tls = security::inside_tls(&case);
    let unexplained = port::unexplained(&case);
    let tells_of_strangers =
        |finding: &Finding| matches!(finding.code(), Code::Sec001 | Code::Sec002 | Code::Sec004);
    let unsolicited =
        match findings.iter().any(tells_of_strangers) || unjudged.contains(&Unjudged::OneDirection) {
            true => Vec::new(),
            false => exposure::unsolicited(&case),
        };
    let dropped = dropped::dropped(&traffic);
    let remarks = match unjudged.contains(&Unjudged::OneDirection) {
        true => Vec::new(),
        false => remarks::remarks(&case),
    };
    let exceptions = case.exceptions(&accepted);
    let is_followed = captures.iter().any(|capture| capture.live.is_some());
    let mended = if is_followed { mended::mended(&case, &findings) } else { Vec::new() };
    let has_used_rows = rows.iter().any(|row| row.status != RowStatus::Unused);
    let is_remarked = !remarks.is_empty() || !dropped.is_empty();
    let verdict = match verdict(&findings, &accepted, &unjudged, has_used_rows) {
        // Whoever only reads the first line must not miss what no finding tells.
        Verdict::Pass if is_remarked => Verdict::Notes,
        verdict => verdict,
    };
    let told = findings.iter().chain(accepted.iter().map(|accepted| &accepted.finding));
    let scanners = strangers::scanners(told);
    let mut traffic = traffic;
    strangers::put_last(&mut traffic, &scanners, &captures);
    drop_told_lookups(&mut traffic, &findings, &accepted);
    site.exceptions = exceptions;
    Audit {
        verdict,
        rulebooks: rulebooks(book),
        captures,
        passed_over,
        rows,
        flow_rows,
        inside_tls,
        unexplained,
        unsolicited,
        remarks,
        findings,
        accepted,
        filter: None,
        mended,
        unjudged,
        unheard,
        unsent_faxes,
        deaf,
        dropped,
        few,
        traffic,
        site,
    }
}

/// What the checks say.
struct Found {
    /// Heaviest first.
    findings: Vec<Finding>,
    unjudged: Vec<Unjudged>,
    /// Places of answered calls without voice.
    unheard: Vec<usize>,
    /// Flows of attempts that failed.
    failed: BTreeSet<usize>,
}

/// Runs all checks.
fn found(case: &Case<'_>, captures: &[CaptureSummary]) -> Found {
    let mut findings = capture::check(case, captures);
    let mut unjudged = unjudged(case, &findings);
    let is_followed = captures.iter().any(|capture| capture.live.is_some());
    if is_over_limit(&case.traffic.quality, is_followed) {
        unjudged.push(Unjudged::OverLimit);
    }
    findings.extend(port::check(case));
    let blocked = match hidden::is_left_out(Code::Port003, &unjudged) {
        true => Blocked::default(),
        false => blocked::check(case),
    };
    findings.extend(blocked.findings);
    findings.extend(qos::check(case));
    findings.extend(media::check(case, &unjudged));
    if !unjudged.contains(&Unjudged::OneDirection) {
        unjudged.extend(media::one_sided(case, &findings));
    }
    let mut unheard = media::unheard(case);
    unheard.extend(media::mute_calls(case).into_iter().map(|(id, _)| id));
    unheard.sort_unstable();
    unheard.dedup();
    unjudged.extend(media::of_another_way(case, &unheard, &findings));
    findings.extend(signalling::check(case, &unjudged));
    findings.extend(connection::check(case, &unjudged));
    findings.extend(network::check(case));
    findings.extend(security::check(case));
    findings.retain(|finding| !hidden::is_left_out(finding.code(), &unjudged));
    tell_once(&mut findings, &mut unjudged, case);
    premature::leave_out(&mut findings, captures);
    findings.sort_by(|x, y| {
        y.severity
            .cmp(&x.severity)
            .then_with(|| x.code().cmp(&y.code()))
            .then_with(|| x.subject.cmp(&y.subject))
            .then_with(|| x.evidence.frames.cmp(&y.evidence.frames))
    });
    // A time of which all is missing hides no code, and yet the capture is not whole.
    if capture::has(&findings, Code::Cap001) && !unjudged.contains(&Unjudged::Incomplete) {
        unjudged.push(Unjudged::Incomplete);
    }
    Found { findings, unjudged, unheard, failed: blocked.flows }
}

/// That a name server answers nothing (NET-001) says why a device finds no SIP server. Names of others are another matter.
fn drop_told_lookups(traffic: &mut Traffic, findings: &[Finding], accepted: &[Accepted]) {
    let told: Vec<(IpAddr, &[Box<str>])> = findings
        .iter()
        .chain(accepted.iter().map(|accepted| &accepted.finding))
        .filter_map(|finding| match &finding.detail {
            Detail::Net001 { names, why: NameFailure::Silence, .. } => Some((subject(finding)?, &**names)),
            _ => None,
        })
        .collect();
    traffic.lookups.retain(|lookup| {
        let is_it = |name: &str| match lookup.kind {
            LookupKind::Srv => name.to_ascii_lowercase().starts_with("_sip"),
            LookupKind::Naptr => !name.starts_with('_'),
        };
        !told.iter().any(|(host, names)| *host == lookup.host && names.iter().any(|name| is_it(name)))
    });
}

fn subject(finding: &Finding) -> Option<IpAddr> {
    finding.subject.as_ref().map(|subject| subject.address)
}

/// Leaves out what proves nothing, then what another finding tells. In this order: what is left out tells nothing.
fn tell_once(findings: &mut Vec<Finding>, unjudged: &mut Vec<Unjudged>, case: &Case<'_>) {
    leave_out_one_sided(findings, unjudged);
    join_unanswered(findings);
    join_astray(findings);
    join_network(findings, case);
    drop_symptoms(findings);
}

/// A registration at a blocked port is one fault, told once: by SIG-002 where nothing answered, which then names the row;
/// by PORT-003 where a refusal says why.
fn join_unanswered(findings: &mut Vec<Finding>) {
    let is_blocked = |finding: &Finding| matches!(finding.detail, Detail::Port003 { .. });
    let blocked: Vec<Finding> = findings.iter().filter(|finding| is_blocked(finding)).cloned().collect();
    let mut told = Vec::new();
    findings.retain_mut(|finding| {
        let Detail::Sig002 { registrar, unconnected, mended: None, .. } = finding.detail else { return true };
        let who = subject(finding);
        for known in &blocked {
            match known.detail {
                // Of a connection that never stood a row says more.
                Detail::Port003 { target, .. }
                    if unconnected.is_some() && target == registrar && subject(known) == who =>
                {
                    return false;
                }
                Detail::Port003 { target, refusal, .. } if target == registrar && subject(known) == who => {
                    finding.rows.clone_from(&known.rows);
                    told.push((who, target));
                    return refusal == Refusal::Silence;
                }
                _ => {}
            }
        }
        true
    });
    findings.retain(|finding| match finding.detail {
        Detail::Port003 { target, refusal: Refusal::Silence, .. } => {
            !told.contains(&(subject(finding), target))
        }
        _ => true,
    });
}

/// Voice that goes to another port than was announced, or to the public address of the network from within, is turned away
/// there: nothing is blocked, and RTP-001 says where it should go.
fn join_astray(findings: &mut Vec<Finding>) {
    let told: Vec<_> = findings
        .iter()
        .filter_map(|finding| match &finding.detail {
            Detail::Rtp001 {
                astray: Some(Astray { to, announced, outside, by_listener: false, .. }),
                ..
            } if announced.is_some() || *outside => Some((subject(finding), *to)),
            _ => None,
        })
        .collect();
    findings.retain(|finding| match finding.detail {
        Detail::Port003 { target, voice: Some(_), .. } => !told.contains(&(subject(finding), target)),
        _ => true,
    });
}

/// Where messages of calls are missing that were there, so may be all the packets of a side. What ICMP says of a side is there.
fn leave_out_one_sided(findings: &mut Vec<Finding>, unjudged: &mut Vec<Unjudged>) {
    let is_unseen = |sign: &LossSign| matches!(sign, LossSign::Unseen { .. });
    let lacks_messages = findings.iter().any(|finding| match &finding.detail {
        Detail::Cap001 { signs } => signs.iter().any(is_unseen),
        _ => false,
    });
    let is_by_silence =
        |finding: &mut Finding| matches!(finding.detail, Detail::Rtp001 { refused: false, .. });
    let leaves_out = lacks_messages && findings.extract_if(.., is_by_silence).count() > 0;
    if leaves_out && !unjudged.contains(&Unjudged::OneSided) {
        unjudged.push(Unjudged::OneSided);
    }
}

/// A name or time server that cannot be reached is one fault, told once: by its own code where nothing answered, by PORT-003 where a
/// refusal says why, or where the vendor documents the port for a time server, which is a fault of more weight.
fn join_network(findings: &mut Vec<Finding>, case: &Case<'_>) {
    let asked = |finding: &Finding| -> Vec<SocketAddr> {
        match &finding.detail {
            Detail::Net001 { server, why: NameFailure::Silence, .. } => vec![SocketAddr::new(*server, 53)],
            Detail::Net002 { servers } => {
                servers.iter().map(|server| SocketAddr::new(*server, 123)).collect()
            }
            _ => Vec::new(),
        }
    };
    let is_documented = |finding: &Finding| {
        let mut rows = case.book.rows.iter().filter(|row| row.document.kind == DocumentKind::Vendor);
        rows.any(|row| finding.rows.iter().any(|id| **id == *row.id.as_str()))
    };
    // Where it goes, and whether it outweighs what stands for itself.
    let blocked = |finding: &Finding| match finding.detail {
        Detail::Port003 { target, refusal, .. } => {
            Some((target, refusal != Refusal::Silence || target.port() == 123 && is_documented(finding)))
        }
        _ => None,
    };
    let outweighs = |finding: &Finding| {
        let (target, goes_first) = blocked(finding)?;
        goes_first.then(|| (finding.subject.clone(), target))
    };
    let first: Vec<(Option<Subject>, SocketAddr)> = findings.iter().filter_map(outweighs).collect();
    let is_in = |list: &[(Option<Subject>, SocketAddr)], who: &Finding, at: &SocketAddr| {
        list.iter().any(|(subject, target)| (subject, target) == (&who.subject, at))
    };
    findings.retain(|finding| !asked(finding).iter().any(|at| is_in(&first, finding, at)));
    let told: Vec<(Option<Subject>, SocketAddr)> =
        findings.iter().flat_map(|one| asked(one).into_iter().map(|at| (one.subject.clone(), at))).collect();
    findings.retain(|finding| {
        blocked(finding).is_none_or(|(target, goes_first)| goes_first || !is_in(&told, finding, &target))
    });
}

/// Requests are sent again because a finding of its own says why nothing answers.
fn drop_symptoms(findings: &mut Vec<Finding>) {
    let causes: Vec<Finding> = findings.iter().filter(|finding| is_cause(finding)).cloned().collect();
    findings.retain(|finding| {
        !matches!(finding.detail, Detail::Sig009 { .. })
            || !is_told_by_another(finding, &causes) && !has_lost_answers(finding, &causes)
    });
    let broken: Vec<Finding> =
        findings.iter().filter(|finding| finding.code() == Code::Sig005).cloned().collect();
    findings.retain(|finding| !broken.iter().any(|one| has_ended_calls(finding, one)));
}

/// Whether all these requests were within calls that came down for want of an answer, which is told.
fn has_ended_calls(asks: &Finding, one: &Finding) -> bool {
    let Detail::Sig009 { to, .. } = asks.detail else { return false };
    let Detail::Sig005 { why: Some(Circumstance::Broken(broken)), .. } = &one.detail else { return false };
    broken.kind == BreakKind::Unanswered
        && subject(asks) == subject(one)
        && to == broken.to
        && asks.count <= one.count
}

/// Whether what comes back to who asks gets lost in fragments: the answers may be among them.
fn has_lost_answers(asks: &Finding, causes: &[Finding]) -> bool {
    let Detail::Sig009 { to, .. } = asks.detail else { return false };
    causes.iter().any(|one| {
        let Detail::Sig006 { peer, .. } = one.detail else { return false };
        subject(one) == Some(to.ip()) && subject(asks) == Some(peer.ip())
    })
}

fn is_cause(finding: &Finding) -> bool {
    matches!(
        finding.detail,
        Detail::Port003 { .. } | Detail::Sig002 { mended: None, .. } | Detail::Sig006 { .. }
    )
}

/// Whether one of `findings` tells of the same fault in place of this one, which may have been told before more was known.
fn is_told_by_another(finding: &Finding, findings: &[Finding]) -> bool {
    let target = |finding: &Finding| match finding.detail {
        Detail::Port003 { target, .. } => Some(target),
        Detail::Sig002 { registrar, mended: None, .. } => Some(registrar),
        Detail::Sig006 { peer, .. } => Some(peer),
        Detail::Sig009 { to, .. } => Some(to),
        _ => None,
    };
    findings.iter().filter(|other| subject(other) == subject(finding)).any(|other| {
        match (finding.code(), other.code()) {
            (Code::Port003, Code::Sig002) => target(finding) == target(other),
            (Code::Sig009, _) if is_cause(other) => {
                target(finding).map(|target| target.ip()) == target(other).map(|target| target.ip())
            }
            // One of them for a sender.
            (code, told) => code != told && [code, told].iter().all(|code| UNMARKED.contains(code)),
        }
    })
}

/// Voice without the mark: which of them it is hangs on whom else is seen.
const UNMARKED: [Code; 3] = [Code::Qos001, Code::Qos003, Code::Qos008];

/// What the capture cannot show.
fn unjudged(case: &Case<'_>, capture: &[Finding]) -> Vec<Unjudged> {
    // Of what is only ever the far end, such as a cloud, no document lists ports of its own.
    let has_rows = |device: &&crate::site::Device| {
        let rows = &mut case.book.rows_for(&device.role, device.model.as_ref());
        device.vendor.is_some() && rows.any(|row| row.roles.contains(&device.role))
    };
    let known = case.devices().any(|device| has_rows(&device));
    let own_only = absence::is_own_only(case.traffic);
    let streams = &case.traffic.streams;
    let has_only_keys = !streams.is_empty() && streams.iter().all(|stream| stream.report.is_only_events());
    let list = [
        (!known, Unjudged::NoDevice),
        (own_only, Unjudged::OwnOnly),
        ((capture::has(capture, Code::Cap010) || has_only_keys) && !own_only, Unjudged::NoVoice),
        (capture::has(capture, Code::Cap003), Unjudged::OneDirection),
        (qos::lacks_rule(case), Unjudged::NoRule),
        (port::lacks_packets(case), Unjudged::FewAtPort),
        (capture::has(capture, Code::Cap008), Unjudged::Encrypted),
        (is_compressed(case.traffic), Unjudged::Compressed),
        (capture::lacks_packets(capture), Unjudged::Incomplete),
        (capture::has(capture, Code::Cap006), Unjudged::Clock),
        (case.traffic.quality.apart.is_some(), Unjudged::TwoClocks),
        (capture::has(capture, Code::Cap004), Unjudged::CutSip),
        (capture::has(capture, Code::Cap011), Unjudged::Damaged),
        (known && case.is_export(), Unjudged::Export),
        (case.may_miss_answers(), Unjudged::UnseenAnswers),
    ];
    list.into_iter().filter(|(holds, _)| *holds).map(|(_, what)| what).collect()
}

/// Whether there was no room for something. What made room in a capture that goes on was judged before.
fn is_over_limit(quality: &Quality, is_followed: bool) -> bool {
    let packets = if is_followed { 0 } else { quality.packets_over_cap };
    packets + quality.samples_over_cap + quality.messages_over_cap > 0
}

/// Whether SIP goes in messages of WebSocket that nobody can read, because both sides agreed to compress them (RFC 7692).
fn is_compressed(traffic: &Traffic) -> bool {
    traffic.flows.iter().any(|flow| flow.extra.is_websocket && flow.extra.is_compressed)
}

/// Faults of the installation decide; a capture that shows neither fault nor voice passes nothing. What the user accepts fails
/// nothing, and is no plain pass either.
fn verdict(
    findings: &[Finding],
    accepted: &[Accepted],
    unjudged: &[Unjudged],
    has_used_rows: bool,
) -> Verdict {
    let about_site = |finding: &&Finding| !finding.code().as_str().starts_with("CAP");
    let worst = findings.iter().filter(about_site).map(|finding| finding.severity).max();
    // Who asks to be registered again and again is not, whoever is to blame.
    let shows_nothing =
        [Unjudged::NoDevice, Unjudged::OneDirection, Unjudged::OwnOnly, Unjudged::UnseenAnswers];
    let nothing_shown = shows_nothing.iter().any(|what| unjudged.contains(what));
    match worst {
        Some(severity) if severity >= Severity::Warning => Verdict::Fail,
        // Of what a document says nothing was seen: that is no acceptance.
        _ if nothing_shown || !has_used_rows => Verdict::NotAssessable,
        // What is missing or cannot be read may be the fault: a warning about the capture is no pass.
        _ if findings.iter().any(|finding| finding.severity >= Severity::Warning) => Verdict::NotAssessable,
        Some(Severity::Notice) => Verdict::Notes,
        _ if findings.iter().any(|finding| finding.severity >= Severity::Notice) => Verdict::Notes,
        _ if accepted.iter().any(|one| one.finding.severity >= Severity::Notice) => Verdict::Notes,
        _ if [Unjudged::NoVoice, Unjudged::NoMarks, Unjudged::Export, Unjudged::OverLimit]
            .iter()
            .any(|what| unjudged.contains(what)) =>
        {
            Verdict::Notes
        }
        _ => Verdict::Pass,
    }
}

fn rulebooks(book: &Rulebook) -> Vec<RulebookInfo> {
    let documents = book.documents.iter().map(|document| RulebookInfo {
        vendor: document.vendor.as_str().into(),
        title: document.title.as_str().into(),
        as_of: document.edition.as_str().into(),
        rows: book.rows.iter().filter(|row| row.document == *document).count(),
    });
    documents.filter(|info| info.rows > 0).collect()
}

#[cfg(test)]
mod tests;
