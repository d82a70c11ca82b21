//! Calls and registrations.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};

use super::View;
use super::media;
use super::page::{Lean, Page, Piece, Tone};
use crate::capture::Timestamp;
use crate::check::{Code, Expiry, Unjudged, by_trouble, half_encrypted, is_try, one_way, troubled};
use crate::observe::{Answer, Beginning, Call, CallProtocol, Receivers, Registration, is_public};
use crate::report::escape::{FIELD, escape_terminal};
use crate::report::number::{NO_VALUE, duration, moment, time_of_day};
use crate::report::order::{Place, worst_first};
use crate::report::text::{
    CallNotes, HoldNote, Registered, Unreachable, Unsubscribed, arrow, at_least, failed_transfer, protocol,
    refused_over_tcp, transferred, unanswered, websockets,
};

/// Most calls or registrations listed.
const MOST: usize = 30;
/// Most calls or registrations listed that a scanner tried.
const MOST_SCANNED: usize = 3;
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
    let receivers = Receivers::of(traffic);
    let troubled = troubled(view.audit, &voices);
    let worst = by_trouble(&troubled);
    let rank = |id: &usize| worst.get(id).copied().unwrap_or(usize::MAX);
    let mut order: Vec<(usize, &Call)> = calls.iter().enumerate().collect();
    let scanners = view.audit.scanners();
    let is_strangers = |call: &Call| scanners.contains(&call.caller.ip()) && call.answer != Answer::Answered;
    order.sort_by(|(x, first), (y, second)| {
        let by_caller = is_strangers(first).cmp(&is_strangers(second));
        by_caller.then(rank(x).cmp(&rank(y))).then(x.cmp(y))
    });
    // The worst are there in any case.
    let own = calls.iter().filter(|call| !is_strangers(call)).count();
    order.truncate(MOST.min(own + MOST_SCANNED));
    let place = |(id, call): (usize, &Call)| Place {
        worst: worst.get(&id).copied(),
        start: call.start.1,
        leg_of: call.leg_of,
    };
    let places: Vec<Place<Timestamp>> = calls.iter().enumerate().map(place).collect();
    let shown: BTreeSet<usize> = order.iter().map(|(id, _)| *id).collect();
    let order = worst_first(&places).into_iter().filter(|id| shown.contains(id));
    let order: Vec<(usize, &Call)> = order.filter_map(|id| Some((id, calls.get(id)?))).collect();
    let is_marked = |(id, _): &(usize, &Call)| troubled.contains_key(id);
    let lasted = |(id, call): &(usize, &Call)| match call.length() {
        Some(length) => Some(duration(length, view.language)),
        None => Some(at_least(traffic.lasted_at_least(call, voices.get(*id)?)?, view.language)),
    };
    if order.iter().any(is_marked) {
        page.paragraph(0, view.words.notes.marked_calls, Tone::Plain);
    }
    let rows: Vec<Vec<Piece>> =
        order.iter().map(|entry| call_line(view, *entry, lasted(entry), is_marked(entry))).collect();
    let below: Vec<Vec<String>> =
        order.iter().map(|(id, call)| lines_below(view, &receivers, *id, call)).collect();
    let heads = [
        (labels.start, Lean::Left),
        (labels.parties, Lean::Left),
        (labels.rang_after, Lean::Right),
        (labels.length, Lean::Right),
        (labels.result, Lean::Left),
    ];
    page.table_with_notes(&heads, &rows, &below);
    view.write_rest(page, rows.len(), calls.len());
    let has_voice = order.iter().any(|(id, _)| voices.get(*id).is_some_and(|voices| !voices.is_empty()));
    if view.audit.unjudged.contains(&Unjudged::Incomplete) && has_voice {
        page.paragraph(0, view.words.notes.figures_unjudged, Tone::Caution);
    }
    if view.audit.unjudged.contains(&Unjudged::Clock) {
        page.paragraph(0, view.words.notes.times_unjudged, Tone::Plain);
    }
}

/// To whom it was transferred, and a line for each direction.
fn lines_below(view: &View<'_>, receivers: &Receivers<'_>, id: usize, call: &Call) -> Vec<String> {
    let traffic = &view.audit.traffic;
    let transfer = call.transferred.as_ref().map(|(side, to)| {
        let to = escape_terminal(to, FIELD);
        match call.transfer_failed {
            Some(status) => failed_transfer(&to, status, view.language),
            None => transferred(*side, call.beginning, &to, view.language),
        }
    });
    let voice = traffic.voice_of(id).take(MOST_STREAMS).filter_map(|at| {
        Some(media::of_call(view, receivers, traffic.streams.get(at)?, traffic.in_call(at, id)))
    });
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
        speaks_alone: call.speaks_alone,
        half_encrypted: half_encrypted(&view.audit.traffic, view.audit.traffic.voice_of(id))
            .map(|ends| ends.map(|end| end.ip().to_string())),
        deaf: view.audit.deaf.get(&id).map(|end| end.ip().to_string()),
        one_way: one_way(view.audit, id, call),
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
        held: call.held.filter(|_| call.beginning == Beginning::SidesUnknown || call.answered.is_some()).map(
            |held| HoldNote {
                side: held.side,
                after: call.answered.map(|(_, answered)| held.from.since(answered)),
                lasted: held.until.map(|until| until.since(held.from)),
                is_ended: call.end.is_some(),
                times: held.times,
            },
        ),
        broken: call.broken.as_deref().map(|broken| (broken.kind, broken.times, broken.status)),
        refused_change: call.refused_change.map(|change| (change.kind, change.status)),
        fax_after: call.fax_after(),
        is_fax_unsent: view.audit.unsent_faxes.binary_search(&id).is_ok(),
        refused_bye: call.refused_bye,
        leg_of: root.map(|root| (time_of_day(root.start.1, view.context.zone), root.caller.ip().to_string())),
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

fn call_line(
    view: &View<'_>,
    (id, call): (usize, &Call),
    length: Option<String>,
    is_marked: bool,
) -> Vec<Piece> {
    let rang = call.rang_after().map(|waited| duration(waited, view.language));
    let is_sip = call.protocol == CallProtocol::Sip;
    let result = match &call.protocol {
        CallProtocol::Sip => view.words.outcome(call.answer, call.ringing.is_some()),
        CallProtocol::Unreadable(name) => (view.words.untold)(name, call.answer == Answer::Answered),
    };
    let result = match call.answer {
        Answer::Cancelled if call.answered_elsewhere => view.words.notes.answered_elsewhere.to_owned(),
        Answer::Cancelled if call.is_given_up(&view.audit.traffic.calls) => {
            view.words.notes.given_up.to_owned()
        }
        Answer::Answered if call.is_unacknowledged => view.words.notes.unacknowledged.to_owned(),
        Answer::Open if view.audit.dropped.binary_search(&id).is_ok() => view.words.notes.dropped.to_owned(),
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
    let detours = &traffic.detours;
    let is_silent = traffic.lookups.is_empty() && traffic.subscriptions.is_empty();
    if registrations.is_empty() && is_silent && detours.is_empty() {
        return;
    }
    page.heading(view.words.headings.registrations);
    for lookup in traffic.lookups.iter().take(MOST) {
        let told = unanswered(&lookup.host.to_string(), lookup.kind, lookup.asked, view.language);
        page.paragraph(0, &told, Tone::Plain);
    }
    for way in detours.iter().take(MOST) {
        let (client, server) = (way.client.to_string(), way.server.to_string());
        let told = refused_over_tcp(&client, &server, way.attempts, way.waited, view.language);
        page.paragraph(0, &told, Tone::Plain);
    }
    for row in traffic.subscriptions.iter().take(MOST) {
        let refused: Vec<(u16, u64)> = row.refused.iter().map(|(status, times)| (*status, *times)).collect();
        let packages: Vec<(String, u64)> =
            row.packages.iter().map(|(name, times)| (escape_terminal(name, FIELD), *times)).collect();
        let (client, server) = (row.client.to_string(), row.server.to_string());
        let relay = row.relay.map(|relay| relay.to_string());
        let told = Unsubscribed {
            client: &client,
            server: &server,
            relay: relay.as_deref(),
            refused: &refused,
            packages: &packages,
            accepted: row.accepted,
        };
        page.paragraph(0, &told.sentences(view.language), Tone::Plain);
    }
    if registrations.is_empty() {
        return;
    }
    let unreachable = Unreachable::of(&traffic.flows);
    let expiry = Expiry::of(view.audit);
    let websockets = websockets(&traffic.flows);
    let line = |one: &Registration| {
        let way = if websockets.contains(&[one.client, one.registrar]) { " (WS)" } else { "" };
        registration_line(view, one, way, unreachable.times(one), expiry.since(one))
    };
    // Those of scanners stand last.
    let scanners = view.audit.scanners();
    let own = registrations.iter().filter(|one| !is_try(&scanners, one)).count();
    let rows: Vec<Vec<Piece>> = registrations.iter().take(MOST.min(own + MOST_SCANNED)).map(line).collect();
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
    way: &str,
    unreachable: u64,
    expired: Option<Timestamp>,
) -> Vec<Piece> {
    let (refused, refusals) = (registration.refused.as_ref(), &registration.refusals.by_status);
    let told = Registered {
        standing: registration.standing,
        accepted: registration.accepted,
        is_unasked: registration.is_unasked(),
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
    let client = match registration.is_passed_on {
        true => format!("{} ({})", registration.client, view.words.notes.passes_on),
        false => registration.client.to_string(),
    };
    vec![
        Piece::lines([escape_terminal(&registration.aor, FIELD), client], Tone::Plain),
        Piece::lines(
            [registration.registrar.to_string(), format!("{}{way}", protocol(registration.protocol))],
            Tone::Plain,
        ),
        Piece::lines(lines, Tone::Plain),
        view.count(registration.attempts).into(),
    ]
}
