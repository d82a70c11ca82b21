//! The messages of the worst calls as ladders: a column for each address, a line for each message.

use super::{Maker, Part, between, filled, shown};
use crate::report::json::document::{Call, Message, Unjudged};
use crate::report::json::worst::{Grade, Standing, family, worst_first};
use crate::report::number::{count, decimal};
use crate::report::text::{dscp_name, sip_status};

/// Most ladders, columns of one, messages of one.
const MOST_LADDERS: usize = 12;
const MOST_ENDS: usize = 5;
const MOST_STEPS: usize = 34;

/// The ladder of one call, all text escaped for control characters.
#[derive(Debug)]
pub(in crate::report) struct Ladder {
    pub(in crate::report) title: String,
    /// What each column is, and its address.
    pub(in crate::report) ends: Vec<(String, String)>,
    pub(in crate::report) steps: Vec<LadderStep>,
    /// That messages were left out.
    pub(in crate::report) more: Option<String>,
}

/// One message.
#[derive(Debug)]
pub(in crate::report) struct LadderStep {
    /// Seconds since the first one.
    pub(in crate::report) time: String,
    /// Columns.
    pub(in crate::report) from: usize,
    pub(in crate::report) to: usize,
    pub(in crate::report) text: String,
    /// DSCP and packet.
    pub(in crate::report) note: String,
    pub(in crate::report) is_answer: bool,
    /// A final answer that refuses.
    pub(in crate::report) is_bad: bool,
}

/// The worst calls, nothing where no call tells its messages.
pub(super) fn parts(maker: &Maker<'_>) -> Vec<Part> {
    let (calls, streams) = (&maker.document.calls, &maker.document.streams);
    let standings: Vec<_> = calls.iter().map(Standing::published).collect();
    let grades: Vec<_> = streams.iter().map(Grade::published).collect();
    let roots = worst_first(&standings, &grades);
    let mut ladders: Vec<Part> = Vec::new();
    for root in &roots {
        if ladders.len() >= MOST_LADDERS {
            break;
        }
        ladders.extend(ladder(maker, &standings, *root).map(|ladder| Part::Ladder(Box::new(ladder))));
    }
    if ladders.is_empty() {
        return Vec::new();
    }
    let numbers = [ladders.len(), roots.len()].map(|number| count(number as u64, maker.language));
    let some = numbers.iter().fold(maker.paper.ladders_some.to_owned(), |note, number| filled(&note, number));
    let note = match ladders.len() < roots.len() {
        true => format!("{some} {}", maker.paper.ladders_note),
        false => maker.paper.ladders_note.to_owned(),
    };
    let mut parts = vec![
        Part::Subheading(maker.paper.ladders.to_owned()),
        Part::Text(note),
        Part::Key(maker.paper.ladders_key),
    ];
    parts.append(&mut ladders);
    parts
}

fn ladder(maker: &Maker<'_>, standings: &[Standing<'_>], root: usize) -> Option<Ladder> {
    let calls = &maker.document.calls;
    let call = calls.get(root)?;
    let has_leaps = maker.document.unjudged.contains(&Unjudged::Clock);
    let members: Vec<&Call> =
        family(standings, root).into_iter().filter_map(|member| calls.get(member)).collect();
    let mut messages: Vec<&Message> = members.iter().flat_map(|member| &member.messages).collect();
    // A clock that was set back puts nothing before what was captured earlier.
    let time = |message: &Message| message.time.clone().filter(|_| !has_leaps);
    messages.sort_by_cached_key(|message| (time(message), message.file, message.frame));
    let zero = messages.first()?.time.as_deref();
    let mut ends: Vec<&str> = Vec::new();
    let mut steps = Vec::new();
    for message in &messages {
        let columns =
            (column(&mut ends, &message.source.address), column(&mut ends, &message.destination.address));
        let (Some(from), Some(to)) = columns else { continue };
        if steps.len() < MOST_STEPS {
            steps.push(step(maker, message, zero, (from, to)));
        }
    }
    let kept =
        members.iter().map(|member| member.messages_omitted).fold(messages.len() as u64, u64::saturating_add);
    let omitted = kept.saturating_sub(steps.len() as u64);
    Some(Ladder {
        title: format!(
            "{} {} {}, {}",
            shown(&call.from),
            call.arrow(),
            shown(&call.to),
            maker.moment(call.start.as_deref())
        ),
        ends: ends.into_iter().map(|end| (maker.title(end), shown(end))).collect(),
        steps,
        more: (omitted > 0).then(|| filled(maker.paper.ladder_more, &count(omitted, maker.language))),
    })
}

fn column<'a>(ends: &mut Vec<&'a str>, address: &'a str) -> Option<usize> {
    let known = ends.iter().position(|end| *end == address);
    known.or_else(|| {
        (ends.len() < MOST_ENDS).then(|| {
            ends.push(address);
            ends.len() - 1
        })
    })
}

fn step(maker: &Maker<'_>, message: &Message, zero: Option<&str>, (from, to): (usize, usize)) -> LadderStep {
    let past = between(zero, message.time.as_deref()).unwrap_or_default();
    let method = message.method.as_deref().unwrap_or("?");
    let mut text = match message.status {
        None => method.to_owned(),
        Some(status) => format!("{} ({method})", sip_status(status)),
    };
    if message.sdp {
        text.push_str(" + SDP");
    }
    LadderStep {
        time: format!("{}\u{a0}s", decimal(past as f64 / 1e9, 3, maker.language)),
        from,
        to,
        text: shown(&text),
        note: match maker.document.place(message.file, message.frame) {
            Some((_, number)) => {
                format!("{} · {}", dscp_name(message.dscp), filled(maker.paper.packet, &number.to_string()))
            }
            None => dscp_name(message.dscp),
        },
        is_answer: message.status.is_some(),
        is_bad: message.status.is_some_and(|status| status >= 400 && !matches!(status, 401 | 407 | 487)),
    }
}
