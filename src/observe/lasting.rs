//! Takes a call of which the capture shows a part, gives how long it lasted at least: by its answer or the ACK of one, by BYE,
//! and by voice that both sides send. Voice of one side alone proves nothing, as it may go on behind the end, unless the sides
//! agreed that this one speaks alone.

use super::call::{Answer, Beginning, Call, CallSide};
use super::media::MediaKind;
use super::traffic::{Stream, Traffic};
use crate::capture::Timestamp;

/// Less (ns) is not worth a word.
const LEAST: i64 = 1_000_000_000;
/// So few packets are no voice.
const LEAST_PACKETS: u64 = 50;

impl Traffic {
    /// How long (ns) a call lasted at least, where its length is not known and something shows that much. `voices`: positions of
    /// its streams.
    #[must_use]
    pub fn lasted_at_least(&self, call: &Call, voices: &[usize]) -> Option<i64> {
        if call.length().is_some()
            || call.is_across_clock
            || !matches!(call.answer, Answer::Answered | Answer::Open)
        {
            return None;
        }
        let end = call.end.map(|(_, end)| end);
        let (from, until) = match (call.answered, end) {
            // Nobody acknowledged the answer, and yet both sides speak.
            (Some((_, answered)), _) if call.is_unacknowledged => {
                let (from, until) = self.both_heard(call, voices)?;
                (answered.max(from), end.map_or(until, |end| end.min(until)))
            }
            (Some((_, answered)), None) => (answered, self.both_heard(call, voices)?.1),
            // What comes within a dialog shows that it stood (RFC 3261 section 14.1): its answer lies before the capture, and
            // so does that of the voice which the capture holds of it before.
            (None, end) if call.beginning == Beginning::SidesUnknown => {
                let heard = self.heard_since(voices).filter(|heard| *heard < call.start.1);
                let until = match end {
                    Some(end) => end,
                    None => self.both_heard(call, voices)?.1,
                };
                (heard.unwrap_or(call.start.1), until)
            }
            // An ACK that a BYE follows shows that it stood.
            (None, Some(end)) => (call.acknowledged?, end),
            (Some(_), Some(_)) | (None, None) => return None,
        };
        Some(until.since(from)).filter(|length| *length >= LEAST)
    }

    /// When the first voice of a call was captured.
    fn heard_since(&self, voices: &[usize]) -> Option<Timestamp> {
        let streams = voices.iter().filter_map(|at| self.streams.get(*at)).filter(|stream| is_voice(stream));
        streams.map(|stream| stream.report.first.time).min()
    }

    /// From when on both sides send voice, or the one that was to speak, and until when.
    fn both_heard(&self, call: &Call, voices: &[usize]) -> Option<(Timestamp, Timestamp)> {
        let heard: Vec<&Stream> =
            voices.iter().filter_map(|at| self.streams.get(*at)).filter(|stream| is_voice(stream)).collect();
        let [by_callee, by_caller] = [&call.caller_media, &call.callee_media]
            .map(|to| span(heard.iter().filter(|stream| to.contains(&stream.destination))));
        match call.speaks_alone {
            Some(CallSide::Callee) => return by_callee,
            Some(CallSide::Caller) => return by_caller,
            None => {}
        }
        if let Some((one, other)) = by_callee.zip(by_caller) {
            return common(one, other);
        }
        // One of them comes or goes elsewhere than was announced: two hosts that speak to each other are two sides.
        let back = |there: &Stream| {
            let ends = (there.destination.ip(), there.source.ip());
            span(heard.iter().filter(|stream| (stream.source.ip(), stream.destination.ip()) == ends))
        };
        heard.iter().find_map(|there| common(span(std::iter::once(there))?, back(there)?))
    }
}

/// From the first packet of these streams to the last.
fn span<'a>(streams: impl Iterator<Item = &'a &'a Stream>) -> Option<(Timestamp, Timestamp)> {
    let spans = streams.map(|stream| (stream.report.first.time, stream.report.last.time));
    spans.reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)))
}

fn common(one: (Timestamp, Timestamp), other: (Timestamp, Timestamp)) -> Option<(Timestamp, Timestamp)> {
    Some((one.0.max(other.0), one.1.min(other.1))).filter(|(from, until)| from < until)
}

fn is_voice(stream: &Stream) -> bool {
    stream.report.kind == MediaKind::Audio
        && stream.report.counts.packets >= LEAST_PACKETS
        // Such a source goes on in another call.
        && !stream.is_shared
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{self, at, frame, socket, stream};
    use super::*;

    const PHONE: &str = "192.168.10.21:10000";
    const PBX: &str = "192.168.10.2:5204";

    /// How long the call lasted at least, whose sides send from and until these times (ms).
    fn least(call: Call, sides: [[i64; 2]; 2]) -> Option<i64> {
        let said = |from: &str, to: &str, times: [i64; 2]| {
            let mut said = stream(from, to, &[(46, 500)]);
            (said.report.first.time, said.report.last.time) = (at(times[0]), at(times[1]));
            said
        };
        let [phone, pbx] = sides;
        let streams = vec![said(PHONE, PBX, phone), said(PBX, PHONE, pbx)];
        Traffic { streams, ..Traffic::default() }.lasted_at_least(&call, &[0, 1])
    }

    fn call() -> Call {
        Call {
            answer: Answer::Answered,
            answered: Some((frame(2), at(1_000))),
            caller_media: vec![socket(PHONE)],
            callee_media: vec![socket(PBX)],
            ..fixture::call("192.168.10.21:5060", "192.168.10.2:5060")
        }
    }

    #[test]
    fn voice_of_both_sides_shows_how_long_a_call_lasted_at_least() {
        let seconds = |seconds: i64| Some(seconds * 1_000_000_000);
        let sides = [[0, 31_000], [2_000, 21_000]];
        assert_eq!(
            least(call(), sides),
            seconds(20),
            "its end was not captured: until the first one falls silent"
        );
        let ended = Call { end: Some((frame(9), at(9_000))), ..call() };
        assert_eq!(least(ended.clone(), sides), None, "its length is known");
        let unacknowledged = Call { is_unacknowledged: true, ..ended };
        assert_eq!(least(unacknowledged.clone(), sides), seconds(7));
        assert_eq!(least(unacknowledged, [[0, 31_000], [2_000, 2_500]]), None);
        let elsewhere = Call { caller_media: Vec::new(), ..call() };
        assert_eq!(least(elsewhere, sides), seconds(20), "where one listens is not known, and both speak");
        let late = [[0, 31_000], [2_000, 2_500]];
        assert_eq!(least(call(), late), seconds(1).map(|second| second * 3 / 2), "until one falls silent");
        let alone = Call { speaks_alone: Some(CallSide::Caller), ..call() };
        assert_eq!(least(alone, late), seconds(30), "the other one was not to speak");
        let ringing = Call { answer: Answer::Open, answered: None, ..call() };
        assert_eq!(least(ringing, sides), None, "an announcement");
    }

    #[test]
    fn a_bye_shows_how_long_a_call_lasted_at_least_whose_answer_was_not_captured() {
        let sides = [[0, 31_000], [2_000, 21_000]];
        let ended = Call { answer: Answer::Open, answered: None, end: Some((frame(9), at(9_000))), ..call() };
        assert_eq!(least(ended.clone(), sides), None, "nobody knows since when");
        let acknowledged = Call { acknowledged: Some(at(4_000)), ..ended.clone() };
        assert_eq!(least(acknowledged.clone(), sides), Some(5_000_000_000));
        assert_eq!(least(Call { answer: Answer::Cancelled, ..acknowledged }, sides), None);
        let within = Call { beginning: Beginning::SidesUnknown, ..ended };
        assert_eq!(least(within.clone(), sides), Some(9_000_000_000), "a re-INVITE came first");
        let heard = Call { start: (frame(5), at(7_000)), ..within.clone() };
        assert_eq!(least(heard, sides), Some(9_000_000_000), "its voice was there before");
        let running = Call { answer: Answer::Answered, end: None, ..within };
        assert_eq!(least(running, sides), Some(21_000_000_000), "until the first one falls silent");
    }
}
