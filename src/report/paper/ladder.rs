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
/// Of them those at the end, which shows who hung up.
const LAST_STEPS: usize = 10;

/// Most characters of a reason phrase.
const MOST_PHRASE: usize = 48;

/// The ladder of one call, all text escaped for control characters.
#[derive(Debug)]
pub(in crate::report) struct Ladder {
    pub(in crate::report) title: String,
    /// What each column is, and its address.
    pub(in crate::report) ends: Vec<(String, String)>,
    pub(in crate::report) steps: Vec<LadderStep>,
    /// That messages were left out, and copies.
    pub(in crate::report) more: Option<String>,
    /// Whether a message was sent again at once.
    is_repeated: bool,
}

/// One message.
#[derive(Debug)]
pub(in crate::report) struct LadderStep {
    /// Seconds since the first one.
    pub(in crate::report) time: String,
    /// Columns.
    pub(in crate::report) from: usize,
    pub(in crate::report) to: usize,
    /// That messages before it were left out.
    pub(in crate::report) gap: Option<String>,
    pub(in crate::report) text: String,
    /// DSCP and packet.
    pub(in crate::report) note: String,
    pub(in crate::report) is_answer: bool,
    /// A final answer that refuses.
    pub(in crate::report) is_bad: bool,
}

/// A phrase of a packet, which must not fill the line.
fn quoted(phrase: &str) -> String {
    let mut short: String = phrase.chars().take(MOST_PHRASE).collect();
    if phrase.chars().nth(MOST_PHRASE).is_some() {
        short.push('…');
    }
    short
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
    // A call that another protocol set up has no such messages.
    let all = roots.iter().filter(|root| calls.get(**root).is_some_and(Call::is_sip)).count();
    let numbers = [ladders.len(), all].map(|number| count(number as u64, maker.language));
    let some = numbers
        .iter()
        .fold(super::one_or_some(maker.paper.ladders_some, ladders.len()).to_owned(), |note, number| {
            filled(&note, number)
        });
    let is_repeated = |part: &Part| match part {
        Part::Ladder(ladder) => ladder.is_repeated,
        _ => false,
    };
    let note = [
        (ladders.len() < all).then_some(&*some),
        Some(maker.paper.ladders_note),
        ladders.iter().any(is_repeated).then_some(maker.paper.ladders_repeated),
    ];
    let note = note.into_iter().flatten().collect::<Vec<_>>().join(" ");
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
    let mut drawn = Vec::new();
    for message in &messages {
        let columns =
            (column(&mut ends, &message.source.address), column(&mut ends, &message.destination.address));
        if let (Some(from), Some(to)) = columns {
            drawn.push((*message, (from, to)));
        }
    }
    let middle = match drawn.len() > MOST_STEPS {
        true => MOST_STEPS - LAST_STEPS..drawn.len() - LAST_STEPS,
        false => 0..0,
    };
    let mut steps = Vec::new();
    let (mut gap, mut gaps) = (0_u64, 0_u64);
    for (place, (message, columns)) in drawn.iter().enumerate() {
        gap = gap.saturating_add(message.omitted_before);
        if middle.contains(&place) {
            gap = gap.saturating_add(1);
            continue;
        }
        gaps = gaps.saturating_add(gap);
        steps.push(step(maker, message, zero, *columns, std::mem::take(&mut gap)));
    }
    let kept =
        members.iter().map(|member| member.messages_omitted).fold(messages.len() as u64, u64::saturating_add);
    let omitted = kept.saturating_sub(steps.len() as u64).saturating_sub(gaps);
    let copies = messages.iter().map(|message| u64::from(message.copies)).fold(0, u64::saturating_add);
    let told = |sentence, number| (number > 0).then(|| filled(sentence, &count(number, maker.language)));
    let more = [told(maker.paper.ladder_more, omitted), told(maker.paper.ladder_copies, copies)];
    let more: Vec<String> = more.into_iter().flatten().collect();
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
        more: (!more.is_empty()).then(|| more.join(" ")),
        is_repeated: drawn.iter().any(|(message, _)| message.repeats > 0),
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

fn step(
    maker: &Maker<'_>,
    message: &Message,
    zero: Option<&str>,
    (from, to): (usize, usize),
    gap: u64,
) -> LadderStep {
    let past = between(zero, message.time.as_deref()).unwrap_or_default();
    let method = message.method.as_deref().unwrap_or("?");
    let mut text = match message.status {
        None => method.to_owned(),
        Some(status) => {
            let sent = message.reason.as_ref().map(|reason| format!("{status} {}", quoted(reason)));
            format!("{} ({method})", sent.unwrap_or_else(|| sip_status(status)).trim_end())
        }
    };
    if message.repeats > 0 {
        text.insert_str(0, &format!("{}\u{a0}× ", u32::from(message.repeats) + 1));
    }
    if message.sdp {
        text.push_str(" + SDP");
    }
    LadderStep {
        time: format!("{}\u{a0}s", decimal(past as f64 / 1e9, 3, maker.language)),
        from,
        to,
        gap: (gap > 0).then(|| filled(maker.paper.ladder_gap, &count(gap, maker.language))),
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

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::super::{Paper, paper};
    use super::*;
    use crate::report::Language;
    use crate::report::fixture::{audit, names, settings};
    use crate::report::json;
    use crate::report::json::document::{Document, Endpoint};

    /// A document with one call of so many messages, half a second apart.
    fn document(messages: u64) -> Document {
        let mut document = json::document_of(&audit(), &names(Language::De), &settings(Language::De, 80));
        document.calls.truncate(1);
        let end = |address: &str| Endpoint { address: address.to_owned(), port: 5060 };
        let message = |nth: u64| Message {
            frame: nth,
            file: 0,
            time: Some(format!("2026-01-19T10:00:{:02}.{}Z", nth / 2, nth % 2 * 5)),
            source: end("192.168.10.21"),
            destination: end("192.168.10.2"),
            method: Some("INVITE".to_owned()),
            status: None,
            reason: None,
            repeats: 0,
            copies: 0,
            omitted_before: 0,
            sdp: false,
            dscp: 24,
        };
        let call = &mut document.calls[0];
        (call.leg_of, call.leg_by, call.messages_omitted) = (None, Vec::new(), 0);
        call.protocol = "SIP".to_owned();
        call.messages = (1..=messages).map(message).collect();
        document
    }

    fn drawn(document: &Document) -> (Vec<LadderStep>, Option<String>, String) {
        let Paper { sections, .. } = paper(document, &TimeZone::UTC);
        let (mut ladder, mut texts) = (None, String::new());
        for part in sections.into_iter().find(|section| section.id == "calls").unwrap().parts {
            match part {
                Part::Ladder(one) => ladder = Some(*one),
                Part::Text(text) => texts.push_str(&text),
                _ => {}
            }
        }
        let ladder = ladder.unwrap();
        (ladder.steps, ladder.more, texts)
    }

    #[test]
    fn what_does_not_fit_is_left_out_in_the_middle_and_said_there() {
        let mut document = document(40);
        document.calls[0].messages[30].omitted_before = 7;
        document.calls[0].messages_omitted = 9;
        let (steps, more, _) = drawn(&document);
        let gaps: Vec<(usize, &str)> =
            steps.iter().enumerate().filter_map(|(nth, step)| Some((nth, step.gap.as_deref()?))).collect();
        assert_eq!(gaps, [(24, "… nicht gezeigte Nachrichten: 13 …")]);
        assert_eq!(steps.len(), MOST_STEPS);
        assert!(steps.last().unwrap().note.ends_with("Paket 40"), "{:?}", steps.last());
        assert_eq!(more.as_deref(), Some("Weitere Nachrichten, die nicht gezeigt sind: 2."));
    }

    #[test]
    fn what_was_sent_is_told_in_its_own_words_and_as_often_as_it_came() {
        let mut document = document(4);
        let messages = &mut document.calls[0].messages;
        for (message, reason) in messages.iter_mut().zip([None, Some("Error\u{1b}[1m"), Some("")]) {
            (message.status, message.reason) = (Some(480), reason.map(str::to_owned));
        }
        (messages[3].repeats, messages[3].copies) = (2, 5);
        let (steps, more, texts) = drawn(&document);
        let told: Vec<&str> = steps.iter().map(|step| step.text.as_str()).collect();
        assert_eq!(told[0], "480 Temporarily Unavailable (INVITE)");
        assert!(told[1].starts_with("480 Error") && !told[1].contains('\u{1b}'), "{told:?}");
        assert_eq!(told[2..], ["480 (INVITE)", "3\u{a0}× INVITE"]);
        assert_eq!(
            more.as_deref(),
            Some("Pakete, die der Mitschnitt doppelt enthält und die hier nur einmal stehen: 5.")
        );
        assert!(texts.contains("dieselbe Nachricht dreimal"), "{texts}");
    }

    #[test]
    fn calls_of_another_protocol_are_not_missed() {
        let mut document = document(4);
        let mut other = document.calls[0].clone();
        (other.protocol, other.messages) = ("H.323".to_owned(), Vec::new());
        document.calls.push(other);
        assert!(!drawn(&document).2.contains("Gezeigt"));
        let mut other = document.calls[0].clone();
        other.messages.clear();
        document.calls.push(other);
        assert!(drawn(&document).2.contains("Gezeigt ist 1 von 2"));
    }
}
