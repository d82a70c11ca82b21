//! What became of a registration in both languages: how it stands at the end, what went wrong before, how often it was
//! sent again.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use super::signalling::{answer, tally};
use crate::capture::Frame;
use crate::observe::message::App;
use crate::observe::{Flow, Registration, Standing};
use crate::report::language::Language::{self, De, En};
use crate::report::number::counted;

/// A registration as the words need it, whichever form of report they stand in.
#[derive(Clone, Debug)]
pub(crate) struct Registered<'a> {
    pub(crate) standing: Standing,
    /// A binding was accepted at some time.
    pub(crate) accepted: bool,
    /// Without anybody asking for a password.
    pub(crate) is_unasked: bool,
    /// Its removal was asked for and not confirmed.
    pub(crate) is_leaving: bool,
    /// When it ran out, where nothing renewed it.
    pub(crate) expired: Option<String>,
    /// What became of the credentials that it sent is not in the capture.
    pub(crate) is_answer_unseen: bool,
    /// The last requests were repeated and got no answer at all.
    pub(crate) is_silent: bool,
    /// The last final answer.
    pub(crate) status: Option<u16>,
    /// Its reason phrase; hostile.
    pub(crate) reason: &'a str,
    /// How often it was refused, by status.
    pub(crate) refusals: Vec<(u16, u64)>,
    pub(crate) repeats: u64,
    /// How often it was asked for credentials anew although it had just answered a challenge.
    pub(crate) stale: u64,
    /// How often ICMP said that nobody could be reached there.
    pub(crate) unreachable: u64,
}

/// What ICMP says of SIP that did not reach the other side: first frame and how often, by sender and receiver.
#[derive(Debug)]
pub(crate) struct Unreachable(BTreeMap<(SocketAddr, SocketAddr), Vec<(Frame, u64)>>);

impl Unreachable {
    pub(crate) fn of(flows: &[Flow]) -> Self {
        let mut told: BTreeMap<(SocketAddr, SocketAddr), Vec<(Frame, u64)>> = BTreeMap::new();
        for flow in flows.iter().filter(|flow| flow.app == App::Sip) {
            for report in &flow.extra.icmp {
                let ends = if report.about_a { (flow.a, flow.b) } else { (flow.b, flow.a) };
                if report.is_undelivered() {
                    told.entry(ends).or_default().push((report.frame, report.count));
                }
            }
        }
        Self(told)
    }

    /// How often since the client first asked: what was said before was about another account of it.
    pub(crate) fn times(&self, one: &Registration) -> u64 {
        let told = self.0.get(&(one.client, one.registrar)).into_iter().flatten();
        let since = one.frames.first();
        told.filter(|(frame, _)| since.is_none_or(|since| since < frame)).map(|(_, count)| count).sum()
    }
}

impl Registered<'_> {
    /// A line each for what is to be said, the standing first.
    pub(crate) fn lines(&self, language: Language) -> Vec<String> {
        let times = self.refusals.iter().map(|(_, times)| times).sum::<u64>();
        let is_refused = self.standing == Standing::Refused;
        let refusals = (times > u64::from(is_refused)).then(|| {
            let before = match (is_refused, language) {
                (true, De) => "abgelehnt insgesamt",
                (true, En) => "rejected in all",
                (false, De) => "zuvor abgelehnt",
                (false, En) => "rejected before",
            };
            format!("{before}: {}", tally(&self.refusals, language))
        });
        let repeats = (self.repeats > 0).then(|| match language {
            De => counted(self.repeats, "Wiederholung", "Wiederholungen", De),
            En => counted(self.repeats, "repetition", "repetitions", En),
        });
        // Once is what every nonce comes to that has run out; beside another refusal it tells apart what else was
        // answered.
        let is_other = is_refused && !matches!(self.status, Some(401 | 407));
        let stale = (self.stale > u64::from(!is_other)).then(|| match language {
            De if self.stale == 1 => "einmal neue Anmeldedaten verlangt (Nonce abgelaufen)".to_owned(),
            En if self.stale == 1 => "new credentials demanded once (nonce out of date)".to_owned(),
            De => format!("{}-mal neue Anmeldedaten verlangt (Nonce abgelaufen)", self.stale),
            En => format!("new credentials demanded {} times (nonce out of date)", self.stale),
        });
        let unreachable = (self.unreachable > 0).then(|| match (self.unreachable, language) {
            (times, De) => format!("Registrar {times}-mal nicht erreichbar (ICMP)"),
            (1, En) => "registrar once unreachable (ICMP)".to_owned(),
            (times, En) => format!("registrar unreachable {times} times (ICMP)"),
        });
        let lines = [Some(self.standing(language)), refusals, unreachable, stale, repeats];
        lines.into_iter().flatten().collect()
    }

    fn standing(&self, language: Language) -> String {
        let words = &WORDS[usize::from(language == En)];
        let refused = || answer(self.status.unwrap_or_default(), self.reason, language);
        let accepted = match self.is_unasked {
            true => format!("{} ({})", words.accepted, words.unasked),
            false => words.accepted.to_owned(),
        };
        let stands = match (self.standing, self.accepted) {
            (Standing::Accepted, _) => match (&self.expired, language) {
                (None, _) => accepted,
                (Some(time), De) => format!("{accepted}, abgelaufen seit {time} Uhr, nicht erneuert"),
                (Some(time), En) => format!("{accepted}, expired since {time}, not renewed"),
            },
            (Standing::SignedOff, true) => format!("{accepted}, {}", words.signed_off_later),
            (Standing::SignedOff, false) => words.signed_off.to_owned(),
            (Standing::Refused, true) => {
                format!("{}, {}: {}", words.accepted, words.refused_later, refused())
            }
            (Standing::Refused, false) => format!("{}: {}", words.refused, refused()),
            (Standing::Challenged, _) if self.is_answer_unseen => words.answer_unseen.to_owned(),
            (Standing::Challenged, _) => words.challenged.to_owned(),
            (Standing::Open, _) => return words.unanswered.to_owned(),
        };
        match (self.is_silent, self.is_leaving) {
            (true, _) => format!("{stands}, {}", words.silent_later),
            (false, true) if self.accepted => format!("{stands}, {}", words.leaving),
            (false, _) => stands,
        }
    }
}

struct Words {
    accepted: &'static str,
    unasked: &'static str,
    signed_off: &'static str,
    signed_off_later: &'static str,
    refused: &'static str,
    refused_later: &'static str,
    challenged: &'static str,
    answer_unseen: &'static str,
    unanswered: &'static str,
    silent_later: &'static str,
    leaving: &'static str,
}

const WORDS: [Words; 2] = [
    Words {
        accepted: "angenommen",
        unasked: "ohne Kennwortabfrage",
        signed_off: "abgemeldet",
        signed_off_later: "zuletzt abgemeldet",
        refused: "abgelehnt",
        refused_later: "zuletzt abgelehnt",
        challenged: "nur nach Anmeldedaten gefragt",
        answer_unseen: "Antwort auf die Anmeldedaten nicht im Mitschnitt",
        unanswered: "keine Antwort zu sehen",
        silent_later: "zuletzt ohne Antwort",
        leaving: "Abmeldung nicht bestätigt",
    },
    Words {
        accepted: "accepted",
        unasked: "no password asked",
        signed_off: "deregistered",
        signed_off_later: "deregistered in the end",
        refused: "rejected",
        refused_later: "rejected in the end",
        challenged: "only asked for credentials",
        answer_unseen: "answer to the credentials not in the capture",
        unanswered: "no answer seen",
        silent_later: "unanswered in the end",
        leaving: "deregistration not confirmed",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    fn registered(standing: Standing, accepted: bool) -> Registered<'static> {
        Registered {
            standing,
            accepted,
            is_unasked: false,
            is_leaving: false,
            expired: None,
            is_answer_unseen: false,
            is_silent: false,
            status: Some(403),
            reason: "Forbidden",
            refusals: Vec::new(),
            repeats: 0,
            stale: 0,
            unreachable: 0,
        }
    }

    #[test]
    fn what_icmp_says_of_the_registrar_is_told() {
        use crate::observe::IcmpReport;
        use crate::observe::fixture::{frame, ip, registration, udp};
        let report = |kind, about_a| {
            let (reporter, frame) = (ip("192.168.10.2"), frame(2));
            Box::new(IcmpReport {
                reporter,
                about_a,
                v6: false,
                kind,
                code: 3,
                frame,
                count: 2,
                span: (crate::capture::Timestamp::UNKNOWN, crate::capture::Timestamp::UNKNOWN),
                pause: 0,
                identification: 0,
            })
        };
        let mut flow = Flow { app: App::Sip, ..udp("192.168.10.21:5060", "192.168.10.2:5060") };
        [report(3, true), report(11, true)].into_iter().for_each(|report| flow.extra.icmp.push(report));
        let unreachable = Unreachable::of(std::slice::from_ref(&flow));
        let since = |number| {
            let row = registration("192.168.10.21:5060", "192.168.10.2:5060");
            unreachable.times(&Registration { frames: vec![frame(number)], ..row })
        };
        assert_eq!((since(1), since(3)), (2, 0), "another account began later");
        let other = registration("192.168.10.2:5060", "192.168.10.21:5060");
        assert_eq!(unreachable.times(&other), 0, "the other way");
        let told = Registered { unreachable: 2, ..registered(Standing::Accepted, true) };
        assert_eq!(told.lines(De), ["angenommen", "Registrar 2-mal nicht erreichbar (ICMP)"]);
        assert_eq!(told.lines(En), ["accepted", "registrar unreachable 2 times (ICMP)"]);
    }

    #[test]
    fn a_registration_is_told_by_how_it_stands() {
        let told = |standing, accepted| registered(standing, accepted).lines(De).join("; ");
        assert_eq!(told(Standing::Accepted, true), "angenommen");
        assert_eq!(told(Standing::SignedOff, true), "angenommen, zuletzt abgemeldet");
        assert_eq!(told(Standing::SignedOff, false), "abgemeldet");
        assert_eq!(told(Standing::Refused, true), "angenommen, zuletzt abgelehnt: 403 (verboten)");
        assert_eq!(told(Standing::Refused, false), "abgelehnt: 403 (verboten)");
        assert_eq!(told(Standing::Challenged, false), "nur nach Anmeldedaten gefragt");
        assert_eq!(told(Standing::Open, false), "keine Antwort zu sehen");
        let unasked = Registered { is_unasked: true, ..registered(Standing::Accepted, true) };
        assert_eq!(unasked.lines(De), ["angenommen (ohne Kennwortabfrage)"]);
        let expired = Some("06:23:03".to_owned());
        let expired = Registered { expired, ..registered(Standing::Accepted, true) };
        assert_eq!(expired.lines(De), ["angenommen, abgelaufen seit 06:23:03 Uhr, nicht erneuert"]);
        let asked = Registered { is_answer_unseen: true, ..registered(Standing::Challenged, false) };
        assert_eq!(asked.lines(De), ["Antwort auf die Anmeldedaten nicht im Mitschnitt"]);
    }

    #[test]
    fn what_went_wrong_before_and_at_the_end_is_told_too() {
        let leaving = Registered { is_leaving: true, ..registered(Standing::Accepted, true) };
        assert_eq!(leaving.lines(De), ["angenommen, Abmeldung nicht bestätigt"]);
        let silent = Registered { is_silent: true, ..registered(Standing::Accepted, true) };
        assert_eq!(silent.lines(En), ["accepted, unanswered in the end"]);
        let late = Registered {
            refusals: vec![(403, 2), (407, 22)],
            repeats: 34,
            ..registered(Standing::Accepted, true)
        };
        assert_eq!(
            late.lines(De),
            ["angenommen", "zuvor abgelehnt: 22-mal 407, 2-mal 403", "34\u{a0}Wiederholungen"]
        );
        let stale = Registered { stale: 3, ..registered(Standing::Challenged, false) };
        assert_eq!(
            stale.lines(De),
            ["nur nach Anmeldedaten gefragt", "3-mal neue Anmeldedaten verlangt (Nonce abgelaufen)"]
        );
        let renewed = Registered { stale: 1, ..registered(Standing::Accepted, true) };
        assert_eq!(renewed.lines(En), ["accepted"], "a nonce runs out now and then");
        let beside =
            Registered { stale: 1, refusals: vec![(403, 1)], ..registered(Standing::Refused, false) };
        assert_eq!(
            beside.lines(De),
            ["abgelehnt: 403 (verboten)", "einmal neue Anmeldedaten verlangt (Nonce abgelaufen)"],
            "two attempts, of which one was refused"
        );
        let again = Registered { status: Some(401), ..beside };
        assert_eq!(again.lines(De).len(), 1, "that is what the refusal says");
        let once = Registered { refusals: vec![(403, 1)], ..registered(Standing::Refused, false) };
        assert_eq!(once.lines(En), ["rejected: 403 (forbidden)"], "once is said already");
    }
}
