use super::super::dialogs::Dialogs;
use super::super::fixture::{at, frame, socket};
use super::super::message::sip;
use super::super::traffic::Protocol;
use super::*;
use crate::observe::call::{Answer, CallSide};

const PHONE: &str = "192.168.10.21:5060";
const PBX: &str = "192.168.10.2:5060";
const VOICE: &str = "c=IN IP4 192.168.10.21\r\nm=audio 4000 RTP/AVP 8\r\n";
const FAX: &str = "c=IN IP4 192.168.10.21\r\nm=image 4000 udptl t38\r\n";
const NOTHING: &str = "c=IN IP4 0.0.0.0\r\nm=audio 0 RTP/AVP 8\r\n";

/// Messages as frames 1, 2 ... at these milliseconds: the start line (a status is an answer of the PBX to INVITE, or to the BYE of that number), the
/// number of its `CSeq`, the media of its session description, further header lines. A start line that ends in `*` stands
/// within the dialog.
type Step<'a> = (i64, &'a str, u32, &'a str, &'a str);

fn calls_of(steps: &[Step<'_>]) -> Vec<Call> {
    let mut dialogs = Dialogs::default();
    for (nth, &(ms, head, number, media, more)) in (1..).zip(steps) {
        let head_of = head.trim_end_matches('*');
        let is_answer = head.starts_with(|c: char| c.is_ascii_digit());
        let (from, to) = if is_answer { (PBX, PHONE) } else { (PHONE, PBX) };
        let ends = |step: &&Step<'_>| step.1 == "BYE*" && step.2 == number;
        let method = match is_answer {
            true if steps.iter().any(|step| ends(&step)) => "BYE",
            true => "INVITE",
            false => head_of,
        };
        let line = match is_answer {
            true => format!("SIP/2.0 {head_of}"),
            false => format!("{head_of} sip:10@anlage.example SIP/2.0"),
        };
        let tag = if head.ends_with('*') { ";tag=b" } else { "" };
        let body = match media {
            "" => String::new(),
            media => format!("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n{media}"),
        };
        let kind = if media.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
        let text = format!(
            "{line}\r\nVia: SIP/2.0/UDP 192.168.10.21;branch=z9hG4bK{number}{method}\r\nFrom: <sip:21@a.example>;tag=a\r\n\
             To: <sip:10@a.example>{tag}\r\nCall-ID: c1\r\nCSeq: {number} {method}\r\n{more}{kind}Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let message = sip::read(text.as_bytes(), false).unwrap();
        let sdp = message.sdp(text.as_bytes());
        assert_eq!(sdp.is_some(), !media.is_empty(), "{text}");
        let heard = Heard {
            frame: frame(nth),
            time: at(ms),
            from: socket(from),
            to: socket(to),
            protocol: Protocol::Udp,
            dscp: 0,
            datagram: None,
            message,
        };
        dialogs.push(&heard, sdp.as_ref());
    }
    dialogs.finish().calls
}

fn call_of(steps: &[Step<'_>]) -> Call {
    let mut calls = calls_of(steps);
    assert_eq!(calls.len(), 1);
    calls.remove(0)
}

const SECOND: i64 = 1_000_000_000;

#[test]
fn it_rings_with_180_and_from_the_invite_that_was_let_through() {
    let call = call_of(&[
        (0, "INVITE", 1, VOICE, ""),
        (10, "407 Proxy Authentication Required", 1, "", ""),
        (20, "ACK", 1, "", ""),
        (17_000, "INVITE", 2, VOICE, "Proxy-Authorization: Digest username=\"21\"\r\n"),
        (17_500, "INVITE", 2, VOICE, "Proxy-Authorization: Digest username=\"21\"\r\n"),
        (18_000, "180 Ringing", 2, "", ""),
    ]);
    assert_eq!(call.rang_after(), Some(SECOND), "not the wait for credentials, and from the first sending");
    assert_eq!(call.let_through.map(|(frame, _)| frame.number()), Some(4));
}

#[test]
fn early_media_is_no_ringing() {
    let call = call_of(&[(0, "INVITE", 1, VOICE, ""), (300, "183 Session Progress", 1, VOICE, "")]);
    assert_eq!((call.ringing, call.early_media.map(|(frame, _)| frame.number())), (None, Some(2)));
    let silent = call_of(&[(0, "INVITE", 1, VOICE, ""), (300, "183 Session Progress", 1, "", "")]);
    assert_eq!((silent.ringing, silent.early_media), (None, None), "nothing is to be heard");
}

#[test]
fn a_refusal_keeps_its_words_and_whether_credentials_were_sent() {
    let credentials = "Proxy-Authorization: Digest username=\"21\"\r\n";
    for more in ["", credentials] {
        let call = call_of(&[(0, "INVITE", 1, VOICE, more), (10, "403 Wrong password", 1, "", "")]);
        assert_eq!((call.answer, call.reason.as_deref()), (Answer::Rejected(403), Some("Wrong password")));
        assert_eq!(call.with_credentials, !more.is_empty());
        assert!(!call.offers_nothing);
    }
    assert!(call_of(&[(0, "INVITE", 1, NOTHING, ""), (10, "488 No", 1, "", "")]).offers_nothing);
}

#[test]
fn an_answer_may_decline_the_audio() {
    const DECLINED: &str = "c=IN IP4 192.168.10.2\r\nm=audio 0 RTP/AVP 8\r\n";
    const FAX_INSTEAD: &str = "c=IN IP4 192.168.10.2\r\nm=audio 0 RTP/AVP 8\r\nm=image 4000 udptl t38\r\n";
    let declines = |answers: &[&str]| {
        let mut steps: Vec<Step<'_>> = Vec::new();
        for (nth, media) in (1..).zip(answers) {
            let head = if nth == 1 { "INVITE" } else { "INVITE*" };
            steps.push((i64::from(nth) * 1_000, head, nth, VOICE, ""));
            steps.push((i64::from(nth) * 1_000 + 10, "200 OK*", nth, media, ""));
        }
        call_of(&steps).declines_audio
    };
    assert!(declines(&[DECLINED]) && declines(&[DECLINED, DECLINED]));
    assert!(!declines(&[VOICE]) && !declines(&[VOICE, DECLINED]), "it was agreed on before");
    assert!(!declines(&[DECLINED, VOICE]) && !declines(&[FAX_INSTEAD]));
}

#[test]
fn words_of_a_warning_count_where_the_phrase_is_the_usual_one() {
    let told = |answer: &str, warning: &str| {
        let call = call_of(&[(0, "INVITE", 1, VOICE, ""), (10, answer, 1, "", warning)]);
        call.reason.map(String::from)
    };
    let warning = "Warning: 399 192.168.10.2 \"Content-Length mismatch\"\r\n";
    assert_eq!(told("400 Bad Request", warning).as_deref(), Some("Content-Length mismatch"));
    assert_eq!(told("400 My Own Words", warning).as_deref(), Some("My Own Words"));
    let noise = "Warning: 392 192.168.10.2:5060 \"Noisy feedback tells: pid=9\"\r\n";
    assert_eq!(told("400 Bad Request", noise).as_deref(), Some("Bad Request"));
    assert_eq!(told("400 Bad Request", "Warning: 399\r\n").as_deref(), Some("Bad Request"));
}

#[test]
fn a_body_shorter_than_its_length_is_noted() {
    let short = |more: &str| {
        let call = call_of(&[(0, "INVITE", 1, VOICE, more), (10, "400 Bad Request", 1, "", "")]);
        call.is_short
    };
    assert!(short("Content-Length: 9999\r\n"));
    assert!(!short("Content-Length: 5\r\n") && !short(""));
}

#[test]
fn an_answer_that_nobody_acknowledges_is_no_call() {
    let mut steps: Vec<Step<'_>> = vec![(0, "INVITE", 1, VOICE, "")];
    steps.extend([1_000, 1_500, 2_500, 4_500].map(|ms| (ms, "200 OK*", 1, VOICE, "")));
    assert!(call_of(&steps).is_unacknowledged);
    assert!(!call_of(&steps[..4]).is_unacknowledged, "the acknowledgement may still come");
    steps.push((4_600, "ACK*", 1, "", ""));
    assert!(!call_of(&steps).is_unacknowledged);
    let copies: Vec<Step<'_>> =
        [0, 1_000, 1_001, 1_002, 4_500].map(|ms| (ms, "200 OK*", 1, VOICE, "")).to_vec();
    assert!(!call_of(&[&[(0, "INVITE", 1, VOICE, "")][..], &copies].concat()).is_unacknowledged);
}

#[test]
fn a_bye_that_is_refused_in_the_end_is_told() {
    let hung_up = |answers: &[&'static str]| {
        let mut steps: Vec<Step<'_>> =
            vec![(0, "INVITE", 1, VOICE, ""), (100, "200 OK*", 1, VOICE, ""), (110, "ACK*", 1, "", "")];
        steps.push((9_000, "BYE*", 2, "", ""));
        steps.extend(answers.iter().map(|answer| (9_100, *answer, 2, "", "")));
        let call = call_of(&steps);
        assert_eq!(call.hung_up, Some(CallSide::Caller));
        call.refused_bye
    };
    assert_eq!(hung_up(&["500 Request out of order*"]), Some(500));
    assert_eq!(hung_up(&["407 Proxy Authentication Required*", "200 OK*"]), None);
    assert_eq!(hung_up(&["481 Call Does Not Exist*"]), None, "the other side hung up as well");
}

#[test]
fn a_change_that_is_refused_is_told_by_what_it_asked_for() {
    let changed = |media, answer| {
        call_of(&[
            (0, "INVITE", 1, VOICE, ""),
            (100, "200 OK*", 1, VOICE, ""),
            (110, "ACK*", 1, "", ""),
            (9_000, "INVITE*", 2, media, ""),
            (9_100, answer, 2, "", ""),
        ])
        .refused_change
        .map(|change| (change.kind, change.status, change.frame.number()))
    };
    assert_eq!(changed(FAX, "488 Not Acceptable Here*"), Some((ChangeKind::Fax, 488, 5)));
    assert_eq!(changed(VOICE, "488 Not Acceptable Here*"), Some((ChangeKind::Other, 488, 5)));
    assert_eq!(changed(FAX, "491 Request Pending*"), None, "only the moment was wrong");
}

#[test]
fn a_call_that_began_before_the_capture_is_known_by_what_is_left_of_it() {
    let answered =
        call_of(&[(0, "180 Ringing*", 1, "", ""), (10, "200 OK*", 1, VOICE, ""), (20, "ACK*", 1, "", "")]);
    assert_eq!((answered.beginning, answered.answer), (Beginning::Unseen, Answer::Answered));
    assert_eq!((answered.caller, answered.callee), (socket(PHONE), socket(PBX)));
    assert!(answered.may_be_silent, "what was agreed is not known");
    let ended = call_of(&[(0, "BYE*", 2, "", "")]);
    assert_eq!((ended.beginning, ended.answer), (Beginning::SidesUnknown, Answer::Answered));
    assert_eq!((ended.answered, ended.hung_up), (None, Some(CallSide::Caller)));
    let changed = call_of(&[
        (0, "INVITE*", 22, VOICE, ""),
        (80, "200 OK*", 22, VOICE, ""),
        (300, "ACK*", 22, "", ""),
        (6_200, "BYE*", 23, "", ""),
    ]);
    assert_eq!((changed.beginning, changed.answer), (Beginning::SidesUnknown, Answer::Answered));
    assert_eq!(
        (changed.answered, changed.length()),
        (None, None),
        "the answer to a re-INVITE begins no call"
    );
    let handed_over =
        call_of(&[(0, "REFER*", 21, "", "Refer-To: <sip:30@a.example>\r\n"), (9, "INVITE*", 22, VOICE, "")]);
    assert_eq!((handed_over.beginning, handed_over.start.1), (Beginning::SidesUnknown, at(0)));
    let refused = call_of(&[(0, "486 Busy Here*", 1, "", "")]);
    assert_eq!((refused.answer, refused.status), (Answer::Rejected(486), Some(486)));
    let cancelled = |steps: &[Step<'_>]| {
        let call = call_of(steps);
        (call.beginning, call.answer, call.status, call.end.map(|(frame, _)| frame.number()))
    };
    assert_eq!(
        cancelled(&[
            (0, "CANCEL", 1, "", ""),
            (500, "CANCEL", 1, "", ""),
            (2_600, "408 Timeout*", 1, "", "")
        ]),
        (Beginning::Unseen, Answer::Cancelled, Some(408), Some(1))
    );
    assert_eq!(
        cancelled(&[(0, "408 Timeout*", 1, "", ""), (500, "CANCEL", 1, "", "")]).1,
        Answer::Rejected(408),
        "it was over already"
    );
    assert!(calls_of(&[(0, "CANCEL", 1, "", "")]).is_empty(), "of what?");
    assert_eq!(cancelled(&[(0, "CANCEL", 1, "", ""), (9, "200 OK*", 1, VOICE, "")]).1, Answer::Answered);
    assert!(calls_of(&[(0, "401 Unauthorized", 1, "", ""), (1, "ACK", 1, "", "")]).is_empty());
}

#[test]
fn of_a_call_whose_invite_is_missing_nobody_knows_how_long_it_took_to_ring() {
    let call = call_of(&[
        (0, "100 Trying", 1, "", ""),
        (600, "183 Session Progress*", 1, VOICE, ""),
        (6_000, "180 Ringing*", 1, "", ""),
        (7_000, "200 OK*", 1, VOICE, ""),
    ]);
    assert_eq!((call.ringing.is_some(), call.rang_after(), call.heard_after()), (true, None, None));
}

#[test]
fn an_answer_that_was_acknowledged_late_is_a_call_and_is_told() {
    let late = |ack| {
        call_of(&[(0, "INVITE", 1, VOICE, ""), (1_000, "200 OK*", 1, VOICE, ""), (ack, "ACK*", 1, "", "")])
    };
    let call = late(33_000);
    assert_eq!((call.is_unacknowledged, call.late_ack), (false, Some(32 * SECOND)));
    assert_eq!(late(1_200).late_ack, None);
}

#[test]
fn an_ack_tells_of_an_answer_that_was_not_captured() {
    let acknowledged = |steps: &[Step<'_>]| {
        let call = call_of(steps);
        assert_eq!((call.answered, call.end.is_some()), (None, true));
        call.acknowledged.map(|at| at.since(call.start.1))
    };
    // What one side sends: it is challenged first.
    let [invite, refused, again, ack, bye]: [Step<'_>; 5] = [
        (0, "INVITE", 1, VOICE, ""),
        (50, "ACK", 1, "", ""),
        (60, "INVITE", 2, VOICE, ""),
        (5_000, "ACK*", 2, "", ""),
        (9_000, "BYE*", 3, "", ""),
    ];
    assert_eq!(acknowledged(&[invite, refused, again, ack, bye]), Some(5 * SECOND));
    assert_eq!(acknowledged(&[invite, refused, again, bye]), None, "that of the challenge");
}

#[test]
fn the_cause_is_that_of_the_message_which_ended_the_call() {
    let cause = |steps: &[Step<'_>]| {
        let call = call_of(steps);
        (call.answer, call.cause.map(|cause| cause.value), call.answered_elsewhere)
    };
    let invite = (0, "INVITE", 1, VOICE, "");
    let rejected = (900, "603 Decline", 1, "", "Reason: Q.850;cause=21\r\n");
    assert_eq!(cause(&[invite, rejected]), (Answer::Rejected(603), Some(21), false));
    let elsewhere = "Reason: SIP;cause=200;text=\"Call completed elsewhere\"\r\n";
    let ringing = (100, "180 Ringing", 1, "", "");
    let stopped = (500, "CANCEL", 1, "", elsewhere);
    let over = (510, "487 Request Terminated", 1, "", "");
    assert_eq!(cause(&[invite, ringing, stopped, over]), (Answer::Cancelled, Some(200), true));
    let busy = (0, "INVITE", 1, VOICE, "Reason: Q.850;cause=17\r\n");
    assert_eq!(cause(&[busy, (100, "200 OK*", 1, VOICE, "")]).1, None, "nothing ended it");
}

#[test]
fn a_fax_counts_from_when_both_sides_agreed_on_it() {
    let after = |answer: &str, media: &str| {
        let steps = [
            (0, "INVITE", 1, VOICE, ""),
            (1_000, "200 OK", 1, VOICE, ""),
            (1_010, "ACK*", 1, "", ""),
            (4_000, "INVITE*", 2, FAX, ""),
            (4_060, answer, 2, media, ""),
        ];
        call_of(&steps).fax_after()
    };
    assert_eq!(after("200 OK*", FAX), Some(3_060_000_000));
    assert_eq!(after("200 OK*", VOICE), None, "the other side stayed with voice");
    assert_eq!(after("488 Not Acceptable Here*", ""), None);
    let at_once = [(0, "INVITE", 1, FAX, ""), (1_000, "200 OK", 1, FAX, ""), (1_010, "ACK*", 1, "", "")];
    assert_eq!(call_of(&at_once).fax_after(), Some(0));
    assert_eq!(call_of(&at_once).fax_media, [socket("192.168.10.21:4000")]);
    let refused = [(0, "INVITE", 1, FAX, ""), (1_000, "200 OK", 1, VOICE, "")];
    assert!(call_of(&refused).fax_media.is_empty(), "no fax came about");
}

#[test]
fn the_offer_that_was_not_acceptable_is_kept_and_no_other() {
    let codecs = |answer: &str| {
        let steps = [(0, "INVITE", 1, VOICE, ""), (100, answer, 1, "", ""), (110, "ACK", 1, "", "")];
        call_of(&steps)
            .offered
            .map(|offered| offered.codecs.iter().map(ToString::to_string).collect::<Vec<_>>())
    };
    assert_eq!(codecs("488 Not Acceptable Here"), Some(vec!["PCMA".to_owned()]));
    assert_eq!(codecs("606 Not Acceptable"), Some(vec!["PCMA".to_owned()]));
    assert_eq!(codecs("486 Busy Here"), None, "not for its offer");
    assert_eq!(codecs("200 OK"), None);
}

#[test]
fn an_ack_that_the_capture_lacks_is_missed_where_the_answer_did_not_come_again() {
    let lacks_ack = |steps: &[Step<'_>]| call_of(steps).lacks_ack;
    let [invite, answer, ack, bye] = [
        (0, "INVITE", 1, VOICE, ""),
        (100, "200 OK", 1, VOICE, ""),
        (120, "ACK*", 1, "", ""),
        (12_000, "BYE*", 2, "", ""),
    ];
    assert!(lacks_ack(&[invite, answer, bye]));
    assert!(!lacks_ack(&[invite, answer, ack, bye]));
    let again = (600, "200 OK", 1, VOICE, "");
    assert!(!lacks_ack(&[invite, answer, again, bye]), "it was not acknowledged");
}

#[test]
fn an_answer_without_its_invite_may_answer_a_re_invite() {
    let (answer, ack, bye) =
        ((1_000, "200 OK*", 2, VOICE, ""), (1_020, "ACK*", 2, "", ""), (9_000, "BYE*", 3, "", ""));
    let within = call_of(&[answer, ack, bye]);
    assert_eq!((within.beginning, within.answered, within.length()), (Beginning::SidesUnknown, None, None));
    // Who rings is called for the first time.
    let begun = call_of(&[(0, "180 Ringing*", 2, "", ""), answer, ack, bye]);
    assert_eq!((begun.beginning, begun.length()), (Beginning::Unseen, Some(8 * SECOND)));
}
