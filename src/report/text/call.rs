//! What is to be said of a call beside its outcome, in both languages: what the capture lacks of it, what was heard before
//! the answer, what was asked for during the call and refused, whose leg it is.

use super::broken;
use super::cause::because;
use super::signalling::meaning;
use super::understood;
use super::{List, quoted};
use crate::check::{OneWay, is_failure};
use crate::observe::message::sip::CauseProtocol;
use crate::observe::message::sip::standard_phrase;
use crate::observe::{Answer, Beginning, BreakKind, CallSide, ChangeKind};
use crate::report::language::Language::{self, De, En};
use crate::report::number::duration;

/// An INVITE with credentials usually follows the challenge within milliseconds (ns).
const LATE: i64 = 2_000_000_000;
/// A telephone that rang for less was not heard (ns).
const WORTH_TELLING: i64 = 1_000_000_000;

/// A call as these words need it, whichever form of report they stand in.
#[derive(Clone, Debug)]
pub(crate) struct CallNotes<'a> {
    pub(crate) answer: Answer,
    pub(crate) beginning: Beginning,
    pub(crate) hung_up: Option<CallSide>,
    /// Last final status of its INVITE and its reason phrase, which is hostile.
    pub(crate) status: Option<u16>,
    pub(crate) reason: &'a str,
    /// What was answered behind the caller's proxy, if that is something else.
    pub(crate) status_behind: Option<u16>,
    pub(crate) is_unacknowledged: bool,
    /// Between whom voice was agreed of which the capture holds none, though it does of other calls.
    pub(crate) unheard: Option<[String; 2]>,
    /// Whose voice alone was agreed on.
    pub(crate) speaks_alone: Option<CallSide>,
    /// Who encrypts its voice, and who does not.
    pub(crate) half_encrypted: Option<[String; 2]>,
    /// Who tells by RTCP that it gets nothing.
    pub(crate) deaf: Option<String>,
    /// That only one side is heard.
    pub(crate) one_way: Option<OneWay>,
    /// From the answer to its ACK, in ns, where that came late.
    pub(crate) late_ack: Option<i64>,
    /// What the message says that ended it, with the text beside it, which is hostile.
    pub(crate) cause: Option<(CauseProtocol, u16, &'a str)>,
    /// From the INVITE to early media, in ns, where it did not ring before.
    pub(crate) early_media: Option<i64>,
    /// From the first INVITE to the one that was let through, in ns: `early_media` and ringing count from the latter.
    pub(crate) let_through: Option<i64>,
    /// How long it rang without being answered, in ns.
    pub(crate) rang_for: Option<i64>,
    /// Telephones that rang and did not get the call, of one that nobody answered all.
    pub(crate) also_rang: Vec<String>,
    pub(crate) dialled: Option<&'a str>,
    /// Why it came down although it stood: how often a message was sent, and the status of a refusal.
    pub(crate) broken: Option<(BreakKind, u64, Option<u16>)>,
    pub(crate) refused_change: Option<(ChangeKind, u16)>,
    /// From the answer to the agreement on a fax by T.38, in ns.
    pub(crate) fax_after: Option<i64>,
    /// Nothing at all was sent from then on.
    pub(crate) is_fax_unsent: bool,
    /// With what the hanging up was answered, if that is no 200.
    pub(crate) refused_bye: Option<u16>,
    pub(crate) held: Option<HoldNote>,
    /// When the call began that a PBX passed on as this one, and who called: both often begin in the same second.
    pub(crate) leg_of: Option<(String, String)>,
    /// Where this leg went, if the same number rang elsewhere too.
    pub(crate) rang_at: Option<String>,
}

/// Whom a Refer-To names, without the headers behind it, and whether it has a call take the place of another one (RFC 3891):
/// then the two had spoken before.
fn target(to: &str) -> (&str, bool) {
    let (target, headers) = to.split_once('?').unwrap_or((to, ""));
    let is_replaced = headers
        .split('&')
        .any(|header| header.split_once('=').is_some_and(|(name, _)| name.eq_ignore_ascii_case("Replaces")));
    (target, is_replaced)
}

/// Who had a call transferred, and `to` whom, which is escaped already. `beginning`: whether it is known who called.
pub(crate) fn transferred(side: CallSide, beginning: Beginning, to: &str, language: Language) -> String {
    let (to, is_replaced) = target(to);
    let text = match (beginning, side, language) {
        (Beginning::SidesUnknown, side, De) => format!("{}, vermittelt an {to}", who(side, De)),
        (Beginning::SidesUnknown, side, En) => format!("{} transfers the call to {to}", who(side, En)),
        (_, CallSide::Caller, De) => format!("vom Anrufer vermittelt an {to}"),
        (_, CallSide::Callee, De) => format!("vom Angerufenen vermittelt an {to}"),
        (_, CallSide::Caller, En) => format!("transferred by the caller to {to}"),
        (_, CallSide::Callee, En) => format!("transferred by the callee to {to}"),
    };
    match (is_replaced, language) {
        (false, _) => text,
        (true, De) => format!("{text} (nach Rückfrage)"),
        (true, En) => format!("{text} (after consultation)"),
    }
}

/// That a call was to be transferred `to` somebody, escaped already, and why that failed.
pub(crate) fn failed_transfer(to: &str, status: u16, language: Language) -> String {
    let (to, _) = target(to);
    match language {
        De => format!("Vermitteln an {to} gescheitert ({status})"),
        En => format!("transfer to {to} failed ({status})"),
    }
}

/// The side of a call of which nobody knows who called: the line of the call names both.
fn who(side: CallSide, language: Language) -> &'static str {
    match (side, language) {
        (CallSide::Caller, De) => "wer zuerst genannt ist",
        (CallSide::Callee, De) => "wer zuletzt genannt ist",
        (CallSide::Caller, En) => "who is named first",
        (CallSide::Callee, En) => "who is named last",
    }
}

/// That a call was put on hold.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HoldNote {
    pub(crate) side: CallSide,
    /// From the answer, in ns. `None` where the capture lacks it: the call may have been on hold before.
    pub(crate) after: Option<i64>,
    /// For how long the first time, in ns, if it was taken back.
    pub(crate) lasted: Option<i64>,
    /// Whether the capture holds the end of the call.
    pub(crate) is_ended: bool,
    pub(crate) times: u32,
}

impl HoldNote {
    fn line(self, beginning: Beginning, language: Language) -> String {
        match self.after.filter(|_| beginning != Beginning::SidesUnknown) {
            Some(after) => self.line_after(after, language),
            None => self.line_of_running(language),
        }
    }

    /// Of a call that was going on when the capture began.
    fn line_of_running(self, language: Language) -> String {
        let who = who(self.side, language);
        match (language, self.lasted.is_some(), self.is_ended) {
            (De, true, _) => format!("{who}, hält das Gespräch und nimmt es wieder auf"),
            (De, false, true) => format!("{who}, hält das Gespräch bis zum Ende"),
            (De, false, false) => format!("{who}, hält das Gespräch bis zum Ende des Mitschnitts"),
            (En, true, _) => format!("{who} holds the call and resumes it"),
            (En, false, true) => format!("{who} holds the call until the end"),
            (En, false, false) => format!("{who} holds the call until the end of the capture"),
        }
    }

    fn line_after(self, after: i64, language: Language) -> String {
        let side = match (self.side, language) {
            (CallSide::Caller, De) => "vom Anrufer",
            (CallSide::Callee, De) => "vom Angerufenen",
            (CallSide::Caller, En) => "by the caller",
            (CallSide::Callee, En) => "by the callee",
        };
        let is_whole = after <= 0;
        let after = duration(after.max(0), language);
        let lasted = self.lasted.map(|lasted| duration(lasted, language));
        let times = self.times;
        match language {
            De => {
                let how_often = if times > 1 { format!("; {times}-mal im Ganzen") } else { String::new() };
                let end = if self.is_ended { "bis zum Ende" } else { "bis zum Ende des Mitschnitts" };
                let lasted = lasted.map_or_else(|| end.to_owned(), |lasted| format!("{lasted} lang"));
                match is_whole {
                    true => format!("{side} von Beginn an gehalten, {lasted}{how_often}"),
                    false => format!("{side} gehalten {after} nach der Annahme, {lasted}{how_often}"),
                }
            }
            En => {
                let how_often = if times > 1 { format!("; {times} times in all") } else { String::new() };
                let end = if self.is_ended { "until the end" } else { "until the end of the capture" };
                let lasted = lasted.map_or_else(|| end.to_owned(), |lasted| format!("for {lasted}"));
                match is_whole {
                    true => format!("on hold {side} from the beginning, {lasted}{how_often}"),
                    false => format!("put on hold {side} {after} after the answer, {lasted}{how_often}"),
                }
            }
        }
    }
}

/// How long (ns) a call lasted of which the capture shows no more.
pub(crate) fn at_least(length: i64, language: Language) -> String {
    // Down to what is shown.
    const SECOND: i64 = 1_000_000_000;
    let unit = match length / SECOND {
        ..60 => SECOND / 10,
        60..3600 => SECOND,
        _ => 60 * SECOND,
    };
    format!("≥\u{a0}{}", duration(length - length.rem_euclid(unit), language))
}

/// Between the sides of a call: to whom it went, where that is known.
pub(crate) fn arrow(is_sip: bool, beginning: Beginning) -> &'static str {
    if is_sip && beginning != Beginning::SidesUnknown { "→" } else { "↔" }
}

impl CallNotes<'_> {
    /// A line each, in the order in which they matter.
    pub(crate) fn lines(&self, language: Language) -> Vec<String> {
        let say = |texts: [&str; 2]| texts[usize::from(language == En)].to_owned();
        let unacknowledged =
            self.is_unacknowledged.then(|| say(["kein ACK auf die Annahme", "no ACK to the answer"]));
        let late = self.late_ack.map(|after| {
            let after = duration(after, language);
            match language {
                De => format!("Annahme erst nach {after} bestätigt (ACK)"),
                En => format!("answer acknowledged only after {after} (ACK)"),
            }
        });
        let unheard = self.unheard.as_ref().map(|[one, other]| match language {
            De => format!("keine Sprache im Mitschnitt (vereinbart zwischen {one} und {other})"),
            En => format!("no voice in the capture (agreed between {one} and {other})"),
        });
        let speaks_alone = self.speaks_alone.map(|side| {
            say(match side {
                CallSide::Caller => {
                    ["vereinbart: Sprache nur vom Anrufer", "agreed: voice of the caller only"]
                }
                CallSide::Callee => {
                    ["vereinbart: Sprache nur vom Angerufenen", "agreed: voice of the callee only"]
                }
            })
        });
        let one_way = self.one_way.map(|how| one_way(how, language));
        let beginning = (self.beginning != Beginning::Seen).then(|| {
            say([
                "Beginn nicht im Mitschnitt; die Zeit ist die der ersten Nachricht",
                "beginning not in the capture; the time is that of the first message",
            ])
        });
        let ended = match (self.beginning, self.hung_up) {
            (Beginning::SidesUnknown, Some(side)) => {
                let who = who(side, language);
                Some(say([&format!("{who}, legt auf"), &format!("{who} hangs up")]))
            }
            _ => None,
        };
        let change = self.refused_change.map(|(kind, status)| {
            let (what, why) = (asked_for(kind, language), meaning(status, language));
            match language {
                De => format!("während des Gesprächs abgelehnt: {what}, {status} ({why})"),
                En => format!("refused during the call: {what}, {status} ({why})"),
            }
        });
        let fax = self.fax_after.map(|after| match (after, language) {
            (0, De) => "Fax (T.38) von Anfang an".to_owned(),
            (0, En) => "fax (T.38) from the beginning".to_owned(),
            (after, De) => format!("Fax (T.38) ab {} nach der Annahme", duration(after, De)),
            (after, En) => format!("fax (T.38) from {} after the answer on", duration(after, En)),
        });
        let fax = fax.map(|fax| match self.is_fax_unsent {
            true => format!(
                "{fax}{}",
                say([", danach kein einziges Paket (RTP-002)", ", then not one packet (RTP-002)"])
            ),
            false => fax,
        });
        let early = self.early_media.map(|after| {
            let after = duration(after, language);
            match language {
                De => format!("183 nach {after}: Rufton oder Ansage vor der Annahme möglich"),
                En => format!("183 after {after}: ringing tone or announcement before the answer possible"),
            }
        });
        let also_rang = (!self.also_rang.is_empty()).then(|| {
            let phones = List::of(&self.also_rang, self.also_rang.len(), String::clone);
            match (language, self.answer) {
                (De, Answer::Answered) => format!("klingelte auch an {}", phones.join("und", "weiteren")),
                (De, _) => format!("klingelte an {}", phones.join("und", "weiteren")),
                (En, Answer::Answered) => format!("rang at {} too", phones.join("and", "more")),
                (En, _) => format!("rang at {}", phones.join("and", "more")),
            }
        });
        let dialled = self.dialled.map(|number| match language {
            De => format!("gewählt: {}", quoted(number)),
            En => format!("dialled: {}", quoted(number)),
        });
        let rang_at =
            |before: &str| self.rang_at.as_ref().map_or_else(String::new, |at| format!(" {before} {at}"));
        let leg = self.leg_of.as_ref().map(|(start, caller)| match language {
            De => format!(
                "von der Anlage weitergeleitet{}: gehört zum Gespräch von {start} (Anruf von {caller})",
                rang_at("an")
            ),
            En => {
                format!(
                    "passed on by the PBX{}: belongs to the call of {start} (made by {caller})",
                    rang_at("to")
                )
            }
        });
        let cause = self.cause.and_then(|cause| because(cause, language));
        let broken = self.broken.map(|(kind, times, status)| broken::note(kind, times, status, language));
        let lines = [
            unacknowledged,
            broken,
            unheard,
            self.half_encrypted.as_ref().map(|[by, other]| understood::half_encrypted(by, other, language)),
            one_way,
            self.deaf.as_deref().map(|host| understood::deaf(host, language)),
            speaks_alone,
            late,
            beginning,
            ended,
            self.let_through(language),
            self.rang_for(language),
            self.failure(language),
            self.words(language),
            self.behind(language),
            cause,
            change,
            fax,
            self.refused_bye.map(|status| refused_bye(status, language)),
            self.held.map(|held| held.line(self.beginning, language)),
        ];
        lines.into_iter().chain([also_rang, early, dialled, leg]).flatten().collect()
    }

    /// That ringing is counted from an INVITE long after the first one, with which the call began.
    fn let_through(&self, language: Language) -> Option<String> {
        let after = duration(self.let_through.filter(|after| *after >= LATE)?, language);
        Some(match language {
            De => format!("gezählt ab dem INVITE, der {after} nach dem ersten kam"),
            En => format!("counted from the INVITE that came {after} after the first one"),
        })
    }

    fn rang_for(&self, language: Language) -> Option<String> {
        let is_open = !matches!(self.answer, Answer::Answered | Answer::Open);
        let rang = duration(self.rang_for.filter(|rang| is_open && *rang >= WORTH_TELLING)?, language);
        Some(match language {
            De => format!("klingelte {rang} lang"),
            En => format!("rang for {rang}"),
        })
    }

    /// What the caller did not wait for, or what the cancelled call was answered with: 487 is the usual one.
    fn failure(&self, language: Language) -> Option<String> {
        let status = self.status.filter(|status| self.answer == Answer::Cancelled && is_failure(*status))?;
        let why = meaning(status, language);
        Some(match language {
            De => format!("zuletzt {status} ({why})"),
            En => format!("in the end {status} ({why})"),
        })
    }

    /// What the side that was called answered, where the caller was told something else.
    fn behind(&self, language: Language) -> Option<String> {
        let status = self.status_behind?;
        let why = meaning(status, language);
        Some(match language {
            De => format!("die angerufene Seite selbst antwortete {status} ({why})"),
            En => format!("the called side itself answered {status} ({why})"),
        })
    }

    /// The phrase of a refusal that is not that of the RFC.
    fn words(&self, language: Language) -> Option<String> {
        let Answer::Rejected(status) = self.answer else { return None };
        let is_usual = standard_phrase(status).is_some_and(|phrase| phrase.eq_ignore_ascii_case(self.reason));
        (!self.reason.is_empty() && !is_usual).then(|| match language {
            De => format!("Wortlaut: „{}“", quoted(self.reason)),
            En => format!("it says “{}”", quoted(self.reason)),
        })
    }
}

fn one_way(how: OneWay, language: Language) -> String {
    match (how, language) {
        (OneWay::Throughout, De) => "nur eine Seite ist zu hören (RTP-001)".to_owned(),
        (OneWay::Throughout, En) => "only one side is heard (RTP-001)".to_owned(),
        (OneWay::AtFirst(lasted), De) => {
            format!("anfangs {} lang nur eine Seite zu hören (RTP-001)", duration(lasted, De))
        }
        (OneWay::AtFirst(lasted), En) => {
            format!("at first, for {}, only one side is heard (RTP-001)", duration(lasted, En))
        }
    }
}

fn refused_bye(status: u16, language: Language) -> String {
    match language {
        De => format!("Auflegen (BYE) mit {status} beantwortet"),
        En => format!("hanging up (BYE) answered with {status}"),
    }
}

fn asked_for(kind: ChangeKind, language: Language) -> &'static str {
    let words = match kind {
        ChangeKind::Fax => ["Fax (T.38)", "fax (T.38)"],
        ChangeKind::Video => ["Bild", "video"],
        ChangeKind::Other => ["eine Änderung (re-INVITE)", "a change (re-INVITE)"],
    };
    words[usize::from(language == En)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notes() -> CallNotes<'static> {
        CallNotes {
            answer: Answer::Answered,
            beginning: Beginning::Seen,
            hung_up: None,
            status: Some(200),
            reason: "OK",
            status_behind: None,
            is_unacknowledged: false,
            unheard: None,
            speaks_alone: None,
            half_encrypted: None,
            deaf: None,
            one_way: None,
            late_ack: None,
            cause: None,
            early_media: None,
            let_through: None,
            rang_for: None,
            also_rang: Vec::new(),
            dialled: None,
            broken: None,
            refused_change: None,
            fax_after: None,
            is_fax_unsent: false,
            refused_bye: None,
            held: None,
            leg_of: None,
            rang_at: None,
        }
    }

    #[test]
    fn of_an_ordinary_call_nothing_is_said() {
        assert!(notes().lines(De).is_empty());
        let busy =
            CallNotes { answer: Answer::Rejected(486), status: Some(486), reason: "Busy Here", ..notes() };
        assert!(busy.lines(En).is_empty());
    }

    #[test]
    fn what_is_out_of_the_ordinary_has_a_line_each() {
        let cancelled = CallNotes { answer: Answer::Cancelled, status: Some(408), ..notes() };
        assert_eq!(cancelled.lines(De), ["zuletzt 408 (keine Antwort)"]);
        let usual = CallNotes { answer: Answer::Cancelled, status: Some(487), ..notes() };
        assert!(usual.lines(De).is_empty());
        let refused = CallNotes { answer: Answer::Rejected(400), reason: "Zly\x1b request", ..notes() };
        assert_eq!(refused.lines(En), ["it says “Zly\\x1b request”"]);
        let told_busy = CallNotes { status_behind: Some(603), ..notes() };
        assert_eq!(told_busy.lines(De), ["die angerufene Seite selbst antwortete 603 (abgelehnt)"]);
        let held = HoldNote {
            side: CallSide::Callee,
            after: Some(5_200_000_000),
            lasted: Some(12_000_000_000),
            is_ended: true,
            times: 1,
        };
        let once = CallNotes { held: Some(held), ..notes() };
        let expected = "vom Angerufenen gehalten 5,2\u{a0}s nach der Annahme, 12,0\u{a0}s lang";
        assert_eq!(once.lines(De), [expected]);
        let whole =
            CallNotes { held: Some(HoldNote { after: Some(-300_000_000), lasted: None, ..held }), ..notes() };
        let cut = HoldNote { is_ended: false, lasted: None, ..held };
        assert!(cut.line(Beginning::Seen, De).ends_with("bis zum Ende des Mitschnitts"));
        assert_eq!(whole.lines(De), ["vom Angerufenen von Beginn an gehalten, bis zum Ende"]);
        let often = CallNotes { held: Some(HoldNote { lasted: None, times: 3, ..held }), ..notes() };
        let expected = "put on hold by the callee 5.2\u{a0}s after the answer, until the end; 3 times in all";
        assert_eq!(often.lines(En), [expected]);
        let ends = ["192.168.10.21", "192.168.10.22"].map(str::to_owned);
        let unheard = CallNotes { unheard: Some(ends), ..notes() };
        assert_eq!(
            unheard.lines(De),
            ["keine Sprache im Mitschnitt (vereinbart zwischen 192.168.10.21 und 192.168.10.22)"]
        );
        let rang = CallNotes {
            answer: Answer::Rejected(486),
            reason: "Busy Here",
            rang_for: Some(45_255_000_000),
            let_through: Some(17_400_000_000),
            ..notes()
        };
        assert_eq!(
            rang.lines(De),
            ["gezählt ab dem INVITE, der 17,4\u{a0}s nach dem ersten kam", "klingelte 45,3\u{a0}s lang"]
        );
        let picked_up = CallNotes { rang_for: Some(45_255_000_000), ..notes() };
        assert!(picked_up.lines(De).is_empty(), "who is answered rang until then");
        let forked = CallNotes { also_rang: vec!["192.168.10.23".to_owned()], ..notes() };
        assert_eq!(forked.lines(De), ["klingelte auch an 192.168.10.23"]);
        let fax = CallNotes { refused_change: Some((ChangeKind::Fax, 488)), ..notes() };
        assert_eq!(
            fax.lines(De),
            ["während des Gesprächs abgelehnt: Fax (T.38), 488 (Angebot nicht annehmbar)"]
        );
        let agreed = CallNotes { fax_after: Some(3_060_000_000), ..notes() };
        assert_eq!(agreed.lines(De), ["Fax (T.38) ab 3,1\u{a0}s nach der Annahme"]);
        let unsent = CallNotes { is_fax_unsent: true, ..agreed };
        assert_eq!(
            unsent.lines(De),
            ["Fax (T.38) ab 3,1\u{a0}s nach der Annahme, danach kein einziges Paket (RTP-002)"]
        );
        let late = CallNotes {
            beginning: Beginning::SidesUnknown,
            hung_up: Some(CallSide::Caller),
            leg_of: Some(("10:15:03".to_owned(), "192.168.10.21".to_owned())),
            rang_at: Some("192.168.10.22".to_owned()),
            ..notes()
        };
        assert_eq!(
            late.lines(En),
            [
                "beginning not in the capture; the time is that of the first message",
                "who is named first hangs up",
                "passed on by the PBX to 192.168.10.22: belongs to the call of 10:15:03 (made by 192.168.10.21)"
            ]
        );
    }

    #[test]
    fn a_call_points_to_somebody_where_that_is_known() {
        assert_eq!([true, false].map(|is_sip| arrow(is_sip, Beginning::Seen)), ["→", "↔"]);
        assert_eq!(arrow(true, Beginning::Unseen), "→", "an answer tells the sides");
        assert_eq!(arrow(true, Beginning::SidesUnknown), "↔");
    }

    #[test]
    fn voice_of_one_side_is_agreed_or_a_fault() {
        let agreed = CallNotes { speaks_alone: Some(CallSide::Callee), ..notes() };
        assert_eq!(agreed.lines(De), ["vereinbart: Sprache nur vom Angerufenen"]);
        let fault = CallNotes { one_way: Some(OneWay::AtFirst(3_000_000_000)), ..notes() };
        assert_eq!(fault.lines(En), ["at first, for 3.0\u{a0}s, only one side is heard (RTP-001)"]);
    }

    #[test]
    fn a_bye_that_is_refused_is_told() {
        let refused = CallNotes { refused_bye: Some(500), ..notes() };
        assert_eq!(refused.lines(De), ["Auflegen (BYE) mit 500 beantwortet"]);
    }

    #[test]
    fn who_transfers_is_told() {
        assert_eq!(
            transferred(CallSide::Callee, Beginning::Seen, "sip:22@a", De),
            "vom Angerufenen vermittelt an sip:22@a"
        );
        assert_eq!(
            transferred(CallSide::Caller, Beginning::Unseen, "sip:22@a", En),
            "transferred by the caller to sip:22@a"
        );
        let consulted = "sip:13@192.168.10.2?Replaces=09c4%40192.168.10.21%3Bto-tag%3Da";
        assert_eq!(
            transferred(CallSide::Caller, Beginning::Seen, consulted, De),
            "vom Anrufer vermittelt an sip:13@192.168.10.2 (nach Rückfrage)"
        );
        assert_eq!(
            failed_transfer("sip:13@a?Subject=x", 486, De),
            "Vermitteln an sip:13@a gescheitert (486)"
        );
        let late = |side, language| transferred(side, Beginning::SidesUnknown, "sip:22@a", language);
        assert_eq!(late(CallSide::Caller, De), "wer zuerst genannt ist, vermittelt an sip:22@a");
        assert_eq!(late(CallSide::Callee, En), "who is named last transfers the call to sip:22@a");
    }

    #[test]
    fn who_holds_a_call_that_was_going_on_is_neither_caller_nor_callee() {
        let held = HoldNote { side: CallSide::Callee, after: None, lasted: None, is_ended: true, times: 1 };
        let line = |held: HoldNote, language| held.line(Beginning::SidesUnknown, language);
        assert_eq!(line(held, De), "wer zuletzt genannt ist, hält das Gespräch bis zum Ende");
        let resumed = HoldNote { side: CallSide::Caller, lasted: Some(2_000_000_000), ..held };
        assert_eq!(line(resumed, En), "who is named first holds the call and resumes it");
    }
}
