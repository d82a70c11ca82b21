//! Calls and registrations.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use super::View;
use super::media;
use super::page::{Lean, Page, Piece, Tone};
use crate::capture::Timestamp;
use crate::check::{Audit, Code, Detail, Expiry, Finding, LEAST_JUDGED, Unjudged};
use crate::observe::{Answer, Beginning, Call, CallProtocol, Receivers, Registration, Stream};
use crate::report::escape::{FIELD, escape_terminal};
use crate::report::number::{NO_VALUE, duration, moment, time_of_day};
use crate::report::redact::is_public;
use crate::report::text::{
    CallNotes, HoldNote, Registered, Unreachable, arrow, at_least, failed_transfer, is_everyday, is_failure,
    unanswered,
};

/// Most calls or registrations listed.
const MOST: usize = 30;
/// Loss in percent from which a call comes before one without.
const SHOWN_LOSS: f64 = 1.0;
/// A shorter call (ns) is not judged by who is heard in it.
const LEAST_CALL: i64 = 3_000_000_000;
/// Stands before a call that failed, was heard by one side only, or lost packets.
pub(in crate::report) const MARK: &str = "! ";
/// Most streams listed of one call; hold and transfer bring several.
const MOST_STREAMS: usize = 6;

pub(super) fn write(page: &mut Page, view: &View<'_>) {
    let labels = &view.words.labels;
    page.heading(view.words.headings.calls);
    let calls = &view.audit.traffic.calls;
    if calls.is_empty() {
        let nameless = view.audit.traffic.quality.nameless_sip;
        if nameless > 0 {
            let told = format!("{}: {}", labels.nameless_sip, view.count(nameless));
            page.paragraph(0, &told, Tone::Plain);
        }
        let notes = &view.words.notes;
        let has_voice = !view.audit.traffic.streams.is_empty();
        return page.paragraph(0, if has_voice { notes.no_signalling } else { notes.no_calls }, Tone::Plain);
    }
    let traffic = &view.audit.traffic;
    let voices = traffic.voices();
    let marked = Marked::of(view.audit, &voices);
    let receivers = Receivers::of(traffic);
    let loss = |id: &usize| marked.loss(*id);
    let is_bad = |id: &usize, call: &Call| has_failed(call) || marked.is_one_way(*id);
    let mut order: Vec<(usize, &Call)> = calls.iter().enumerate().collect();
    order.sort_by(|(x, call), (y, other)| {
        is_bad(y, other).cmp(&is_bad(x, call)).then(loss(y).total_cmp(&loss(x))).then(x.cmp(y))
    });
    // The worst are there in any case, and all stand in the order in which they began.
    order.truncate(MOST);
    order.sort_by_key(|(id, call)| (call.start.1, *id));
    let is_marked = |(id, call): &(usize, &Call)| marked.is_marked(*id, call);
    let lasted = |(id, call): &(usize, &Call)| match call.length() {
        Some(length) => Some(duration(length, view.language)),
        None => Some(at_least(traffic.lasted_at_least(call, voices.get(*id)?)?, view.language)),
    };
    if order.iter().any(is_marked) {
        page.paragraph(0, view.words.notes.marked_calls, Tone::Plain);
    }
    let rows: Vec<Vec<Piece>> =
        order.iter().map(|entry| call_line(view, entry.1, lasted(entry), is_marked(entry))).collect();
    let below: Vec<Vec<String>> = order
        .iter()
        .map(|(id, call)| lines_below(view, &receivers, *id, call, marked.is_one_way(*id)))
        .collect();
    let heads = [
        (labels.start, Lean::Left),
        (labels.parties, Lean::Left),
        (labels.rang_after, Lean::Right),
        (labels.length, Lean::Right),
        (labels.result, Lean::Left),
    ];
    page.table_with_notes(&heads, &rows, &below);
    view.write_rest(page, rows.len(), calls.len());
    if view.audit.unjudged.contains(&Unjudged::Clock) {
        page.paragraph(0, view.words.notes.times_unjudged, Tone::Plain);
    }
}

/// Which calls are to be looked at first.
pub(in crate::report) struct Marked {
    /// Of calls of whose voice much was lost, in percent.
    lost: BTreeMap<usize, f64>,
    one_way: BTreeSet<usize>,
}

impl Marked {
    /// Of all calls of an audit. `voices`: the streams of each.
    pub(in crate::report) fn of(audit: &Audit, voices: &[Vec<usize>]) -> Self {
        let calls = audit.traffic.calls.iter().zip(voices).enumerate();
        let one_way = calls.filter(|(_, (call, voices))| is_one_way(audit, voices, call));
        Self { lost: worst_loss(audit), one_way: one_way.map(|(id, _)| id).collect() }
    }

    /// Whether one side alone is heard in it, as a finding says.
    pub(in crate::report) fn is_one_way(&self, id: usize) -> bool {
        self.one_way.contains(&id)
    }

    /// Whether it failed, was one-way, or lost much.
    pub(in crate::report) fn is_marked(&self, id: usize, call: &Call) -> bool {
        has_failed(call) || self.is_one_way(id) || self.loss(id) >= SHOWN_LOSS
    }

    fn loss(&self, id: usize) -> f64 {
        self.lost.get(&id).copied().unwrap_or_default()
    }
}

/// Nobody hung up, declined or was busy, and yet there was no call.
fn has_failed(call: &Call) -> bool {
    match call.answer {
        Answer::Unanswered => true,
        // Where it rang, 408 says that nobody answered.
        Answer::Rejected(408) => call.ringing.is_none(),
        Answer::Rejected(status) => status >= 400 && !is_everyday(status, call.reason.as_deref()),
        Answer::Cancelled => call.status.is_some_and(is_failure),
        Answer::Answered => call.is_unacknowledged,
        Answer::Open => false,
    }
}

/// Greatest loss in percent among the streams of each call that lost anything worth a look, by call.
fn worst_loss(audit: &Audit) -> BTreeMap<usize, f64> {
    let mut worst: BTreeMap<usize, f64> = BTreeMap::new();
    // What the capture lacks was not lost on the way.
    if audit.unjudged.contains(&Unjudged::Incomplete) {
        return worst;
    }
    for stream in &audit.traffic.streams {
        // What the receiver has was not lost, whatever the capture lacks.
        let lost = stream.report.receiver_lost_percent().or_else(|| stream.lost_percent());
        if let Some((call, lost)) = stream.call.zip(lost).filter(|(_, lost)| *lost >= SHOWN_LOSS) {
            let known = worst.entry(call).or_default();
            *known = known.max(lost);
        }
    }
    // Voice that goes past the PBX belongs to the call that it passed on as well.
    let traffic = &audit.traffic;
    for (id, call) in traffic.calls.iter().enumerate().filter(|(_, call)| !call.also_heard.is_empty()) {
        let heard = call.also_heard.iter().filter_map(|at| {
            let stream = traffic.streams.get(*at)?;
            let received = stream.report.receiver_lost_percent().is_some_and(|lost| lost < SHOWN_LOSS);
            let part = traffic.in_call(*at, id);
            let lost = part.map_or(stream.lost_percent()?, |part| part.lost_percent());
            (!received && lost >= SHOWN_LOSS).then_some(lost)
        });
        if let Some(lost) = heard.max_by(f64::total_cmp) {
            let known = worst.entry(id).or_default();
            *known = known.max(lost);
        }
    }
    worst
}

/// Whether the finding of one-way audio is about this call: voice of the one side, none of the other.
fn is_one_way(audit: &Audit, voices: &[usize], call: &Call) -> bool {
    let told = |finding: &Finding| {
        let Detail::Rtp001 { peers, astray, .. } = &finding.detail else { return false };
        let Some(subject) = finding.subject.as_ref().map(|subject| subject.address) else { return false };
        let voices = || voices.iter().filter_map(|at| audit.traffic.streams.get(*at));
        match astray {
            Some(astray) => {
                voices().any(|stream| stream.source.ip() == subject && stream.destination == astray.to)
            }
            None => {
                let speaks = |stream: &Stream| stream.report.counts.packets >= LEAST_JUDGED;
                !call.may_be_silent
                    && call.length().is_none_or(|length| length >= LEAST_CALL)
                    && [&call.caller_media, &call.callee_media]
                        .iter()
                        .any(|side| side.iter().any(|end| end.ip() == subject))
                    && voices().any(|stream| peers.contains(&stream.source.ip()) && speaks(stream))
                    && !voices().any(|stream| stream.source.ip() == subject)
            }
        }
    };
    call.answer == Answer::Answered && audit.findings.iter().any(told)
}

/// To whom it was transferred, and a line for each direction.
fn lines_below(
    view: &View<'_>,
    receivers: &Receivers<'_>,
    id: usize,
    call: &Call,
    is_one_way: bool,
) -> Vec<String> {
    let traffic = &view.audit.traffic;
    let transfer =
        call.transferred.as_ref().map(|(_, to)| (escape_terminal(to, FIELD), call.transfer_failed)).map(
            |(to, failed)| match failed {
                Some(status) => failed_transfer(&to, status, view.language),
                None => format!("{} {to}", view.words.notes.transferred_to),
            },
        );
    let one_way = is_one_way.then(|| view.words.notes.one_way_call.to_owned());
    let voice = traffic.voice_of(id).take(MOST_STREAMS).filter_map(|at| {
        Some(media::of_call(view, receivers, traffic.streams.get(at)?, traffic.in_call(at, id)))
    });
    let voice = one_way.into_iter().chain(voice);
    notes(view, id, call).lines(view.language).into_iter().chain(transfer).chain(voice).collect()
}

/// What else is to be said of a call.
pub(in crate::report) fn notes<'a>(view: &View<'a>, id: usize, call: &'a Call) -> CallNotes<'a> {
    let root = call.leg_of.and_then(|root| view.audit.traffic.calls.get(root));
    CallNotes {
        answer: call.answer,
        beginning: call.beginning,
        hung_up: call.hung_up,
        status: call.status,
        reason: call.reason.as_deref().unwrap_or_default(),
        status_behind: call.status_behind,
        is_unacknowledged: call.is_unacknowledged,
        unheard: call
            .agreed()
            .filter(|_| view.audit.unheard.binary_search(&id).is_ok())
            .map(|ends| ends.map(|end| end.ip().to_string())),
        late_ack: call.late_ack,
        cause: call
            .cause
            .as_ref()
            .map(|cause| (cause.protocol, cause.value, cause.text.as_ref().map_or("", |text| text.as_str()))),
        early_media: call.heard_after().filter(|_| call.ringing.is_none()),
        let_through: call.let_through_after().filter(|_| call.ringing.or(call.early_media).is_some()),
        rang_for: call.rang_for(),
        also_rang: call.also_rang().iter().map(ToString::to_string).collect(),
        dialled: call.dialled.as_deref(),
        held: call.held.zip(call.answered).map(|(held, (_, answered))| HoldNote {
            side: held.side,
            after: held.from.since(answered),
            lasted: held.until.map(|until| until.since(held.from)),
            times: held.times,
        }),
        refused_change: call.refused_change.map(|change| (change.kind, change.status)),
        leg_of: root
            .map(|root| format!("{} ({})", time_of_day(root.start.1, view.context.zone), root.caller.ip())),
        rang_at: root
            .filter(|root| root.to == call.to && is_one_of_several(view, call))
            .map(|_| call.callee.ip().to_string()),
    }
}

/// Whether a PBX passed the same call on to several telephones, all under one number.
fn is_one_of_several(view: &View<'_>, call: &Call) -> bool {
    let legs = view.audit.traffic.calls.iter().filter(|leg| leg.leg_of == call.leg_of && leg.to == call.to);
    legs.map(|leg| leg.callee.ip()).collect::<BTreeSet<IpAddr>>().len() > 1
}

fn call_line(view: &View<'_>, call: &Call, length: Option<String>, is_marked: bool) -> Vec<Piece> {
    let rang = call.rang_after().map(|waited| duration(waited, view.language));
    let is_sip = call.protocol == CallProtocol::Sip;
    let result = match &call.protocol {
        CallProtocol::Sip => view.words.outcome(call.answer, call.ringing.is_some()),
        CallProtocol::Unreadable(name) => (view.words.untold)(name, call.answer == Answer::Answered),
    };
    let result = match call.answer {
        Answer::Cancelled if call.answered_elsewhere => view.words.notes.answered_elsewhere.to_owned(),
        Answer::Answered if call.is_unacknowledged => view.words.notes.unacknowledged.to_owned(),
        // A BYE without any answer: the capture shows one side only.
        Answer::Open if is_sip && call.end.is_some() => view.words.notes.answer_unseen.to_owned(),
        _ => result,
    };
    let ended = match (call.answer, call.hung_up, call.end) {
        (Answer::Answered | Answer::Open, Some(side), _) if call.beginning != Beginning::SidesUnknown => {
            (view.words.hung_up)(side)
        }
        (Answer::Answered, None, None) if is_sip => view.words.notes.end_unseen,
        _ => "",
    };
    let start = moment(call.start.1, view.context.zone, view.language);
    let from = escape_terminal(&call.from, FIELD);
    let to = escape_terminal(&call.to, FIELD);
    vec![
        Piece::lines(
            [format!("{}{start}", if is_marked { MARK } else { "" })],
            if is_marked { Tone::Bad } else { Tone::Plain },
        ),
        Piece::lines([from, format!("{}\u{a0}{to}", arrow(is_sip, call.beginning))], Tone::Plain),
        rang.unwrap_or_else(|| NO_VALUE.to_owned()).into(),
        length.unwrap_or_else(|| NO_VALUE.to_owned()).into(),
        Piece::lines([result.as_str(), ended], Tone::Plain),
    ]
}

pub(super) fn write_registrations(page: &mut Page, view: &View<'_>) {
    let labels = &view.words.labels;
    let traffic = &view.audit.traffic;
    let registrations = &traffic.registrations;
    if registrations.is_empty() && traffic.lookups.is_empty() {
        return;
    }
    page.heading(view.words.headings.registrations);
    for lookup in traffic.lookups.iter().take(MOST) {
        let told = unanswered(&lookup.host.to_string(), lookup.kind, lookup.asked, view.language);
        page.paragraph(0, &told, Tone::Plain);
    }
    if registrations.is_empty() {
        return;
    }
    let unreachable = Unreachable::of(&traffic.flows);
    let expiry = Expiry::of(view.audit);
    let line = |one: &Registration| registration_line(view, one, unreachable.times(one), expiry.since(one));
    let rows: Vec<Vec<Piece>> = registrations.iter().take(MOST).map(line).collect();
    let heads = [
        (labels.account, Lean::Left),
        (labels.registrar, Lean::Left),
        (labels.result, Lean::Left),
        (labels.attempts, Lean::Right),
    ];
    page.table(&heads, &rows);
    view.write_rest(page, rows.len(), registrations.len());
    let is_told =
        view.audit.findings.iter().any(|finding| matches!(finding.code(), Code::Sec001 | Code::Sec002));
    let is_stranger = |registration: &Registration| {
        let (client, registrar) = (registration.client.ip(), registration.registrar.ip());
        registration.status.is_none()
            && is_public(client)
            && !is_public(registrar)
            && view.audit.site.device(client).is_none()
    };
    let is_seen = !view.audit.unjudged.contains(&Unjudged::OneDirection);
    if !is_told && is_seen && registrations.iter().any(is_stranger) {
        page.paragraph(0, view.words.notes.strangers, Tone::Plain);
    }
}

fn registration_line(
    view: &View<'_>,
    registration: &Registration,
    unreachable: u64,
    expired: Option<Timestamp>,
) -> Vec<Piece> {
    let (refused, refusals) = (registration.refused.as_ref(), &registration.refusals.by_status);
    let told = Registered {
        standing: registration.standing,
        accepted: registration.accepted,
        is_leaving: registration.is_leaving,
        expired: expired.map(|time| time_of_day(time, view.context.zone)),
        is_answer_unseen: registration.is_answer_unseen,
        is_silent: registration.is_silent(),
        status: refused.map(|refused| refused.status).or(registration.status),
        reason: refused.map_or("", |refused| &*refused.reason),
        refusals: refusals.iter().map(|(status, times)| (*status, *times)).collect(),
        repeats: registration.repeats,
        stale: registration.stale,
        unreachable,
    };
    let mut lines = told.lines(view.language);
    let renewed = registration.rhythm.map(|rhythm| {
        let [shortest, longest] = [rhythm.shortest, rhythm.longest].map(|time| duration(time, view.language));
        (view.words.renewed)(&shortest, &longest)
    });
    // Where the registrar sees the client elsewhere than where it is: address translation.
    let seen = registration.mappings.last().and_then(|mapping| {
        let seen = SocketAddr::new(mapping.address?, mapping.port);
        (seen != registration.client).then(|| format!("{} {seen}", view.words.notes.seen_as))
    });
    lines.extend(renewed);
    lines.extend(seen);
    vec![
        Piece::lines(
            [escape_terminal(&registration.aor, FIELD), registration.client.to_string()],
            Tone::Plain,
        ),
        registration.registrar.to_string().into(),
        Piece::lines(lines, Tone::Plain),
        view.count(registration.attempts).into(),
    ]
}
