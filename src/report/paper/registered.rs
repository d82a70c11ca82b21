//! Takes a published report; gives the table of registrations and, before it, what is to be said of them beside. Knows
//! no audit, only what JSON says.

use super::{Cell, Maker, Part, Table, Tone, instant, shown, socket, subscribed};
use crate::observe::{Standing, is_public};
use crate::report::json::document::{Endpoint, Registration, Unjudged};
use crate::report::number::{duration, time_of_day};
use crate::report::text::{Registered, unanswered};

pub(super) fn rows(maker: &Maker<'_>) -> Vec<Part> {
    let labels = &maker.words.labels;
    let lookups = maker.document.unanswered_lookups.iter().map(|lookup| {
        let host = shown(&lookup.host);
        Part::Text(unanswered(&host, lookup.kind.into(), lookup.asked, maker.language))
    });
    let mut parts: Vec<Part> =
        lookups.chain(subscribed::over_tcp(maker)).chain(subscribed::refused(maker)).collect();
    if maker.document.registrations.is_empty() {
        return parts;
    }
    let heads = [
        (labels.account, false),
        (labels.address, false),
        (labels.registrar, false),
        (labels.transport, false),
        (labels.result, false),
        (labels.attempts, true),
    ];
    let rows = maker.document.registrations.iter().map(|one| line(maker, one)).collect();
    parts.push(Part::Table(Table::new(&heads, rows).folding(&[labels.transport, labels.attempts])));
    if has_strangers(maker) {
        parts.push(Part::Text(maker.words.notes.strangers.to_owned()));
    }
    parts
}

/// Whether somebody on the Internet tried to register and nobody answered, which is told beside the registrations.
pub(super) fn has_strangers(maker: &Maker<'_>) -> bool {
    let is_told =
        maker.document.findings.iter().any(|finding| ["SEC-001", "SEC-002"].contains(&&*finding.code));
    let is_seen = !maker.document.unjudged.contains(&Unjudged::OneDirection);
    let is_public = |end: &Endpoint| end.address.parse().is_ok_and(is_public);
    let is_known = |end: &Endpoint| {
        maker.document.hosts.iter().any(|host| host.address == end.address && host.role.is_some())
    };
    let is_stranger = |one: &Registration| {
        one.status.is_none() && is_public(&one.client) && !is_public(&one.registrar) && !is_known(&one.client)
    };
    !is_told && is_seen && maker.document.registrations.iter().any(is_stranger)
}

fn line(maker: &Maker<'_>, one: &Registration) -> Vec<Cell> {
    let is_accepted = one.standing() == Standing::Accepted;
    let told = Registered {
        standing: one.standing(),
        accepted: one.accepted,
        is_unasked: one.unasked,
        is_leaving: one.leaving,
        expired: one.expired_at.as_deref().and_then(instant).map(|time| time_of_day(time, maker.zone)),
        is_answer_unseen: one.answer_unseen,
        is_silent: one.silent,
        status: one.refused.or(one.status),
        reason: one.refused_reason.as_deref().unwrap_or_default(),
        refusals: one.refusals.iter().map(|refusal| (refusal.status, refusal.count)).collect(),
        repeats: one.repeats,
        stale: one.stale,
        unreachable: one.unreachable,
    };
    let mut lines = told.lines(maker.language);
    lines.extend(one.refresh.as_ref().map(|refresh| {
        let time = |ms: f64| duration((ms * 1e6).round() as i64, maker.language);
        (maker.words.renewed)(&time(refresh.shortest_ms), &time(refresh.longest_ms))
    }));
    // Where the registrar sees the client elsewhere than where it is: address translation.
    let seen = one.mappings.last().and_then(|mapping| {
        let seen = Endpoint { address: mapping.address.clone()?, port: mapping.port };
        let is_other = (&seen.address, seen.port) != (&one.client.address, one.client.port);
        is_other.then(|| format!("{} {}", maker.words.notes.seen_as, socket(&seen)))
    });
    lines.extend(seen);
    let result = lines.join("; ");
    let tone =
        if is_accepted && !one.silent && one.expired_at.is_none() { Tone::Good } else { Tone::Caution };
    let client = match one.passed_on {
        true => format!("{} ({})", socket(&one.client), maker.words.notes.passes_on),
        false => socket(&one.client),
    };
    vec![
        Cell::new(&one.aor),
        Cell::new(client),
        Cell::new(socket(&one.registrar)),
        Cell::new(one.transport.to_uppercase()),
        Cell::toned(result, tone),
        Cell::number(maker.count(one.attempts), Some(one.attempts as f64)),
    ]
}
