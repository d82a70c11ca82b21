use super::super::call::{Answer, Beginning, CallSide};
use super::super::fixture::{at, frame, ip, socket};
use super::super::message::sip;
use super::*;

const PHONE: &str = "192.168.10.21:5060";
const PBX: &str = "192.168.10.2:5060";

/// Messages in order, as frames 1, 2 ...
#[derive(Default)]
struct Ear {
    dialogs: Dialogs,
    frames: u64,
    /// Milliseconds that were waited for something.
    waited: i64,
    /// Tag in From instead of the caller's.
    tag: Option<&'static str>,
}

impl Ear {
    /// `head` is the start line, `more` are further header lines.
    fn hear(&mut self, from: &str, to: &str, head: &str, cseq: &str, more: &[&str]) -> Option<usize> {
        self.frames += 1;
        let more: String = more.iter().map(|line| format!("{line}\r\n")).collect();
        let text = format!(
            "{head}\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK{}\r\nFrom: <sip:21@anlage.example>;tag={}\r\n\
             To: <sip:10@anlage.example>\r\nCall-ID: c1\r\nCSeq: {cseq}\r\n{more}\r\n",
            self.frames,
            self.tag.unwrap_or("a")
        );
        let heard = Heard {
            frame: frame(self.frames),
            time: at(self.frames as i64 + self.waited),
            from: socket(from),
            to: socket(to),
            protocol: Protocol::Udp,
            dscp: 0,
            datagram: None,
            message: sip::read(text.as_bytes(), false).unwrap(),
        };
        self.dialogs.push(&heard, None)
    }

    /// A request of the telephone.
    fn ask(&mut self, method: &str) -> Option<usize> {
        self.hear(PHONE, PBX, &format!("{method} sip:10@anlage.example SIP/2.0"), &format!("1 {method}"), &[])
    }

    /// An answer of the PBX.
    fn answer(&mut self, status: u16, method: &str) -> Option<usize> {
        self.hear(PBX, PHONE, &format!("SIP/2.0 {status} Whatever"), &format!("1 {method}"), &[])
    }

    fn end(self) -> Conversations {
        self.dialogs.finish()
    }
}

/// The call that these steps make: a method of the caller, or an answer to an INVITE.
fn call_of(steps: &[&str]) -> Call {
    let mut ear = Ear::default();
    for step in steps {
        match step.parse() {
            Ok(status) => ear.answer(status, "INVITE"),
            Err(_) => ear.ask(step),
        };
    }
    let mut calls = ear.end().calls;
    assert_eq!(calls.len(), 1, "{steps:?}");
    calls.remove(0)
}

/// Messages, how the call went, and the frames of its answer and its end.
type Course<'a> = (&'a [&'a str], Answer, Option<u64>, Option<u64>);

#[test]
fn an_invite_that_was_captured_just_behind_its_100_begins_the_call() {
    let beginning = |waited| {
        let mut ear = Ear::default();
        ear.answer(100, "INVITE");
        ear.waited = waited;
        ear.ask("INVITE");
        ear.answer(200, "INVITE");
        ear.end().calls.remove(0).beginning
    };
    assert_eq!(beginning(0), Beginning::Seen);
    assert_eq!(beginning(500), Beginning::Unseen, "sent again");
}

#[test]
fn an_invite_behind_several_of_its_answers_begins_the_call_and_one_with_credentials_does_not() {
    let beginning = |answers: [u16; 2], number: u32| {
        let mut ear = Ear::default();
        for status in answers {
            ear.answer(status, "INVITE");
        }
        ear.hear(PHONE, PBX, "INVITE sip:10@anlage.example SIP/2.0", &format!("{number} INVITE"), &[]);
        ear.end().calls.remove(0).beginning
    };
    assert_eq!(beginning([180, 100], 1), Beginning::Seen, "the computer stalled and stamped all at once");
    assert_eq!(
        beginning([100, 401], 2),
        Beginning::Unseen,
        "another INVITE than the one that was challenged"
    );
}

#[test]
fn a_call_is_answered_rejected_cancelled_or_open() {
    use Answer::{Answered, Cancelled, Open, Rejected};
    let cases: [Course<'_>; 10] = [
        (&["INVITE", "100", "180", "200", "ACK", "BYE"], Answered, Some(4), Some(6)),
        (&["INVITE", "401", "ACK", "INVITE", "200", "ACK"], Answered, Some(5), None),
        (&["INVITE", "407", "ACK"], Open, None, None),
        (&["INVITE", "180"], Open, None, None),
        (&["INVITE", "180", "CANCEL", "487"], Cancelled, None, Some(3)),
        (&["INVITE", "180", "487"], Rejected(487), None, Some(3)),
        (&["INVITE", "486", "486", "ACK"], Rejected(486), None, Some(2)),
        (&["INVITE", "INVITE", "200", "200"], Answered, Some(3), None),
        // A refused re-INVITE ends nothing, RFC 3261 section 14.1.
        (&["INVITE", "200", "INVITE", "488", "BYE"], Answered, Some(2), Some(5)),
        // The answer crossed the CANCEL: the call stands until the BYE, RFC 3261 section 9.1.
        (&["INVITE", "CANCEL", "200", "ACK", "BYE"], Answered, Some(3), Some(5)),
    ];
    for (steps, answer, answered, end) in cases {
        let call = call_of(steps);
        let number = |moment: Option<(Frame, Timestamp)>| moment.map(|(frame, _)| frame.number());
        let found = (call.answer, number(call.answered), number(call.end));
        assert_eq!(found, (answer, answered, end), "{steps:?}");
        assert_eq!((call.start, call.caller, call.callee), ((frame(1), at(1)), socket(PHONE), socket(PBX)));
        assert_eq!((&*call.from, &*call.to), ("sip:21@anlage.example", "sip:10@anlage.example"));
    }
}

#[test]
fn who_is_asked_for_credentials_and_sends_none_has_no_call() {
    let told = |acknowledges: bool, waited, tries_again: bool| {
        let mut ear = Ear::default();
        ear.ask("INVITE");
        ear.answer(401, "INVITE");
        if acknowledges {
            ear.ask("ACK");
        }
        if tries_again {
            ear.hear(PHONE, PBX, "INVITE sip:10@anlage.example SIP/2.0", "2 INVITE", &[]);
        }
        ear.waited = waited;
        ear.answer(200, "REGISTER");
        let call = ear.end().calls.remove(0);
        (call.answer, call.status, call.end.map(|(frame, _)| frame.number()))
    };
    assert_eq!(told(true, 5_000, false), (Answer::Rejected(401), Some(401), Some(2)));
    assert_eq!(told(true, 1_000, false), (Answer::Open, None, None), "it may still come");
    assert_eq!(told(true, 5_000, true).0, Answer::Open, "it came");
    assert_eq!(told(false, 5_000, false).0, Answer::Open, "the caller may not have heard of it");
}

#[test]
fn what_tells_of_no_call_begins_none() {
    let mut ear = Ear::default();
    assert_eq!((ear.ask("ACK"), ear.answer(401, "INVITE"), ear.ask("OPTIONS")), (None, None, None));
    assert!(ear.end().calls.is_empty());
    let mut ear = Ear::default();
    assert_eq!(
        (ear.ask("BYE"), ear.answer(200, "INVITE")),
        (Some(0), Some(0)),
        "it began before the capture"
    );
}

#[test]
fn a_call_says_when_it_rang_and_who_hung_up() {
    let call = call_of(&["INVITE", "100", "180", "183", "200", "ACK", "BYE"]);
    assert_eq!(call.ringing.map(|(at, _)| at.number()), Some(3));
    assert_eq!((call.hung_up, call.status), (Some(CallSide::Caller), Some(200)));
    let mut ear = Ear::default();
    ear.ask("INVITE");
    ear.answer(200, "INVITE");
    // The callee's request names itself in From, and that tag is not the caller's.
    ear.tag = Some("b");
    ear.hear(PBX, PHONE, "BYE sip:21@192.168.10.21 SIP/2.0", "9 BYE", &[]);
    assert_eq!(ear.end().calls[0].hung_up, Some(CallSide::Callee));
    let refused = call_of(&["INVITE", "486"]);
    assert_eq!((refused.status, refused.hung_up), (Some(486), None));
    assert_eq!(call_of(&["INVITE", "CANCEL", "487"]).status, Some(487));
}

#[test]
fn an_invite_sent_again_in_vain_is_unanswered() {
    let answer = |replies: bool, waited| {
        let mut ear = Ear::default();
        ear.ask("INVITE");
        if replies {
            ear.answer(100, "INVITE");
        }
        ear.waited = waited;
        ear.ask("INVITE");
        ear.end().calls[0].answer
    };
    assert_eq!(answer(false, 500), Answer::Unanswered);
    assert_eq!(answer(false, 10), Answer::Open, "a copy, or the capture ends there");
    assert_eq!(answer(true, 500), Answer::Open, "somebody is there");
}

#[test]
fn an_answer_to_another_method_does_not_answer_the_call() {
    let mut ear = Ear::default();
    ear.ask("INVITE");
    assert_eq!(ear.answer(200, "CANCEL"), Some(0));
    assert_eq!(ear.end().calls[0].answer, Answer::Open);
}

#[test]
fn a_registration_is_challenged_repeated_and_granted() {
    let mut ear = Ear::default();
    for cseq in ["1 REGISTER", "2 REGISTER"] {
        let contact = "Contact: <sip:21@192.168.10.21>;expires=600";
        ear.hear(PHONE, PBX, "REGISTER sip:anlage.example SIP/2.0", cseq, &[contact]);
        ear.answer(401, "REGISTER");
    }
    ear.hear(PBX, PHONE, "SIP/2.0 200 OK", "2 REGISTER", &["Expires: 300"]);
    let registrations = ear.end().registrations;
    let [only] = registrations.as_slice() else { panic!("{registrations:?}") };
    assert_eq!((only.attempts, only.status, only.accepted, only.expires), (2, Some(200), true, Some(300)));
    assert_eq!(
        (only.client, only.registrar, &*only.aor),
        (socket(PHONE), socket(PBX), "sip:10@anlage.example")
    );
    assert_eq!(
        (only.contact.as_deref(), &only.frames),
        (Some("sip:21@192.168.10.21"), &vec![frame(1), frame(3)])
    );
}

#[test]
fn a_refused_registration_keeps_its_last_status() {
    let mut ear = Ear::default();
    ear.ask("REGISTER");
    ear.answer(100, "REGISTER");
    ear.answer(403, "REGISTER");
    let registration = &ear.end().registrations[0];
    assert_eq!((registration.status, registration.accepted), (Some(403), false));
}

#[test]
fn only_the_registrar_grants() {
    let mut ear = Ear::default();
    ear.ask("REGISTER");
    ear.hear("192.168.10.66:5060", PHONE, "SIP/2.0 200 OK", "1 REGISTER", &[]);
    let registration = &ear.end().registrations[0];
    assert_eq!((registration.status, registration.accepted), (None, false));
}

#[test]
fn a_grant_or_a_challenge_makes_a_registrar() {
    for (status, is_registrar) in
        [(200, true), (401, true), (407, true), (403, false), (404, false), (500, false)]
    {
        let mut ear = Ear::default();
        ear.ask("REGISTER");
        ear.answer(status, "REGISTER");
        let endpoints = ear.end().endpoints;
        let pbx = endpoints.iter().find(|endpoint| endpoint.address == ip("192.168.10.2")).unwrap();
        assert_eq!(pbx.registrar.is_some(), is_registrar, "{status}");
        assert_eq!(pbx.grants, status == 200, "{status}");
    }
}

#[test]
fn a_proxy_is_not_known_by_the_agents_it_passes_on() {
    let agent = |name| format!("User-Agent: {name}");
    let mut ear = Ear::default();
    let head = "OPTIONS sip:10@anlage.example SIP/2.0";
    ear.hear(PHONE, PBX, head, "1 OPTIONS", &[&agent("own")]);
    let second = "Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKx";
    ear.hear(PHONE, PBX, head, "2 OPTIONS", &[second, &agent("passed on")]);
    let endpoint = &ear.end().endpoints[0];
    assert!(endpoint.is_proxy);
    assert_eq!(endpoint.user_agents.keys().map(|agent| &**agent).collect::<Vec<_>>(), ["own"]);
}

#[test]
fn who_spoke_is_told_with_what_it_asked_answered_and_got() {
    let mut ear = Ear::default();
    ear.ask("OPTIONS");
    ear.ask("OPTIONS");
    ear.hear(PBX, PHONE, "SIP/2.0 404 Not Found", "1 OPTIONS", &["Server: kamailio"]);
    let endpoints = ear.end().endpoints;
    let [pbx, phone] = endpoints.as_slice() else { panic!("{endpoints:?}") };
    assert_eq!((&phone.requests, &phone.answers), (&[("OPTIONS".into(), 2)].into(), &[(404, 1)].into()));
    assert_eq!((phone.users, phone.span), (1, Some((at(1), at(2)))));
    assert_eq!((&pbx.responses, &pbx.servers), (&[(404, 1)].into(), &[("kamailio".into(), frame(3))].into()));
    assert_eq!(pbx.ports, [((Protocol::Udp, 5060), 1)].into());
}

#[test]
fn what_one_address_says_is_bounded() {
    let mut ear = Ear::default();
    for number in 0..100 {
        let (from, head) =
            (format!("192.168.10.21:{}", 6000 + number), format!("M{number} sip:10@a SIP/2.0"));
        let agent = format!("User-Agent: agent-{number}");
        ear.hear(&from, PBX, &head, &format!("1 M{number}"), &[&agent]);
    }
    let endpoint = &ear.end().endpoints[0];
    let kept = (endpoint.ports.len(), endpoint.requests.len(), endpoint.user_agents.len());
    assert_eq!(kept, (KEYS_KEPT, KEYS_KEPT, STRINGS_KEPT));
}

#[test]
fn a_transfer_counts_once_it_is_accepted() {
    let transfer = |status| {
        let mut ear = Ear::default();
        for step in ["INVITE", "200", "ACK"] {
            match step.parse() {
                Ok(status) => ear.answer(status, "INVITE"),
                Err(_) => ear.ask(step),
            };
        }
        // An attended transfer names the call to replace; that is no part of who is called.
        let target = "Refer-To: <sip:30@anlage.example?Replaces=c2%3Bto-tag%3Dx>";
        ear.tag = Some("b");
        ear.hear(PBX, PHONE, "REFER sip:21@192.168.10.21 SIP/2.0", "7 REFER", &[target]);
        ear.hear(PHONE, PBX, &format!("SIP/2.0 {status} Whatever"), "7 REFER", &[]);
        ear
    };
    let told = |ear: Ear| {
        let call = ear.end().calls.remove(0);
        (call.transferred.is_some(), call.transfer_failed)
    };
    assert_eq!(
        transfer(202).end().calls.remove(0).transferred,
        Some((CallSide::Callee, "sip:30@anlage.example".into()))
    );
    assert_eq!(told(transfer(202)), (true, None));
    assert_eq!(told(transfer(603)), (true, Some(603)));
    assert_eq!(told(transfer(401)), (false, None), "asks for credentials");
    // The other side tells how the call fares that it was asked for.
    let notified = |statuses: &[u16]| {
        let mut ear = transfer(202);
        ear.tag = Some("a");
        for status in statuses {
            let fragment = format!("Content-Type: message/sipfrag;version=2.0\r\n\r\nSIP/2.0 {status} So");
            ear.hear(PHONE, PBX, "NOTIFY sip:10@192.168.10.2 SIP/2.0", "8 NOTIFY", &[&fragment]);
        }
        told(ear)
    };
    assert_eq!(notified(&[100]), (true, None));
    assert_eq!(notified(&[100, 486]), (true, Some(486)));
    assert_eq!(notified(&[100, 200]), (true, None));
}

#[test]
fn calls_not_heard_of_the_longest_make_room_in_a_capture_of_days() {
    let mut dialogs = Dialogs::default();
    let mut frames = 0;
    let mut hear = |dialogs: &mut Dialogs, call: usize, method: &str| {
        frames += 1;
        let text = format!(
            "{method} sip:10@anlage.example SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK{frames}\r\n\
             From: <sip:21@anlage.example>;tag=a\r\nTo: <sip:10@anlage.example>\r\nCall-ID: c{call}\r\n\
             CSeq: {frames} {method}\r\n\r\n",
        );
        let heard = Heard {
            frame: frame(frames),
            time: at(frames as i64),
            from: socket(PHONE),
            to: socket(PBX),
            protocol: Protocol::Udp,
            dscp: 0,
            datagram: None,
            message: sip::read(text.as_bytes(), false).unwrap(),
        };
        dialogs.push(&heard, None)
    };
    for call in 0..CALLS_REMEMBERED {
        hear(&mut dialogs, call, "INVITE");
    }
    dialogs.forget_oldest();
    assert_eq!((dialogs.talks.len(), dialogs.over_cap), (CALLS_REMEMBERED, 0), "all have room");

    hear(&mut dialogs, 0, "UPDATE");
    hear(&mut dialogs, CALLS_REMEMBERED, "INVITE");
    dialogs.forget_oldest();
    assert_eq!(dialogs.talks.len(), CALLS_REMEMBERED - CALLS_FORGOTTEN);
    assert_eq!((dialogs.over_cap, dialogs.steps), (CALLS_FORGOTTEN as u64 + 1, dialogs.talks.len() + 1));
    let first: Vec<&str> = dialogs.talks.iter().take(2).map(Talk::call_id).collect();
    assert_eq!(
        first,
        ["c0".to_owned(), format!("c{}", CALLS_FORGOTTEN + 2)],
        "the first one was heard of again"
    );
    assert_eq!(hear(&mut dialogs, 0, "BYE"), Some(0));
    let latest = dialogs.talks.len() - 1;
    assert_eq!(hear(&mut dialogs, CALLS_REMEMBERED, "BYE"), Some(latest));
}

#[test]
fn the_answer_to_a_bye_that_the_capture_lacks_ends_the_call() {
    let ended = |status: u16| {
        let mut ear = Ear::default();
        ear.answer(180, "INVITE");
        ear.answer(200, "INVITE");
        ear.answer(status, "BYE");
        let call = ear.end().calls.remove(0);
        (call.answer, call.end.map(|(frame, _)| frame.number()), call.hung_up)
    };
    assert_eq!(ended(200), (Answer::Answered, Some(3), Some(CallSide::Caller)));
    assert_eq!(ended(481), (Answer::Answered, Some(3), Some(CallSide::Caller)));
    assert_eq!(ended(401), (Answer::Answered, None, None), "credentials are asked for first");
    let mut ear = Ear::default();
    for step in ["INVITE", "200", "ACK", "BYE"] {
        match step.parse() {
            Ok(status) => ear.answer(status, "INVITE"),
            Err(_) => ear.ask(step),
        };
    }
    ear.answer(200, "BYE");
    assert_eq!(ear.end().calls[0].end.map(|(frame, _)| frame.number()), Some(4), "the request is there");
}

#[test]
fn a_call_id_that_is_used_again_is_another_call() {
    let mut ear = Ear::default();
    ear.ask("INVITE");
    ear.answer(200, "INVITE");
    ear.ask("BYE");
    ear.tag = Some("second");
    assert_eq!(ear.ask("INVITE"), Some(1));
    ear.answer(500, "INVITE");
    let calls = ear.end().calls;
    let told: Vec<_> = calls.iter().map(|call| (call.name(), call.answer)).collect();
    let expected = [("c1".to_owned(), Answer::Answered), ("c1 (2)".to_owned(), Answer::Rejected(500))];
    assert_eq!(told, expected);
}

#[test]
fn what_a_b2bua_passes_on_with_the_same_call_id_is_a_leg() {
    const OTHER: &str = "192.168.10.22:5060";
    let mut ear = Ear::default();
    let invite = "INVITE sip:10@anlage.example SIP/2.0";
    assert_eq!(ear.ask("INVITE"), Some(0));
    ear.tag = Some("leg");
    assert_eq!(ear.hear(PBX, OTHER, invite, "1 INVITE", &[]), Some(1));
    assert_eq!(ear.hear(OTHER, PBX, "SIP/2.0 200 OK", "1 INVITE", &[]), Some(1));
    ear.tag = None;
    assert_eq!(ear.answer(200, "INVITE"), Some(0));
    let calls = ear.end().calls;
    assert_eq!((calls[0].answer, calls[1].answer), (Answer::Answered, Answer::Answered));
    assert_eq!(calls[1].leg_of, Some(0));
}

#[test]
fn an_invite_that_is_tried_again_is_the_same_call() {
    let mut ear = Ear::default();
    ear.ask("INVITE");
    ear.answer(401, "INVITE");
    ear.tag = Some("anew");
    assert_eq!(ear.ask("INVITE"), Some(0), "with credentials, and a tag of its own");
    let mut forked = Ear::default();
    forked.ask("INVITE");
    let invite = "INVITE sip:10@anlage.example SIP/2.0";
    assert_eq!(forked.hear(PBX, "192.168.10.22:5060", invite, "1 INVITE", &[]), Some(0), "a proxy");
    let mut many = Ear::default();
    for tag in ["b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r", "s", "t"]
    {
        many.ask("INVITE");
        many.answer(486, "INVITE");
        many.tag = Some(tag);
    }
    assert_eq!(many.end().calls.len(), TALKS_OF_A_CALL_ID);
}
