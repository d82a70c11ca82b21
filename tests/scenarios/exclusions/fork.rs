//! Calls that ring at several telephones, reliable provisional answers and offers in other places than usual (RFC 3261
//! sections 13 and 16.7, RFC 3262, RFC 3264, RFC 3311): none of it is a fault, and there is one call with the right times.

use pbxray::check::{Audit, Severity};
use pbxray::observe::{Answer, Call, CallSide};
use samplegen::net::{Class, End, Line, MS, Net, SECOND};
use samplegen::scenario::agfeo::{self, DECT, DOMAIN, PBX, T14, T17};
use samplegen::talk::sip::Dialog;

use super::{AT, Talk, Voice, audit, excluded, is_raised, pbx, phone, sdp, site};

fn t17() -> Line {
    agfeo::t17_line(T17)
}

fn dect() -> Line {
    Line { user: "10", ..agfeo::dect_line("31", 50_004) }
}

/// What the audit says about voice and signalling.
fn told(audit: &Audit) -> Vec<&'static str> {
    let codes = audit.findings.iter().map(|finding| finding.code().as_str());
    codes.filter(|code| code.starts_with("RTP-") || code.starts_with("SIG-")).collect()
}

#[track_caller]
fn only_call(audit: &Audit) -> &Call {
    let [call] = audit.traffic.calls.as_slice() else { panic!("{:?}", audit.traffic.calls) };
    call
}

/// Seconds since the INVITE, to a tenth.
fn since(call: &Call, moment: Option<(pbxray::capture::Frame, pbxray::capture::Timestamp)>) -> Option<i64> {
    moment.map(|(_, time)| time.since(call.start.1) / 100_000_000)
}

/// A call of the T14 that the PBX, as a proxy, passes on to telephones: one Call-ID, a Via more on the second hop.
struct Group {
    dialog: Dialog,
}

impl Group {
    fn new(net: &mut Net) -> Self {
        Self { dialog: net.dialog(phone(), pbx(), DOMAIN) }
    }

    /// As the telephone `line` has it.
    fn branch(&self, line: Line) -> Dialog {
        let mut dialog = self.dialog.clone();
        dialog.to.address = line.sip.address();
        dialog.to.agent = line.agent.to_owned();
        dialog.to.tag = format!("tag-{}", line.sip.address().ip());
        dialog
    }

    fn through(message: &[u8], line: Line) -> Vec<u8> {
        let via =
            format!("\r\nVia: SIP/2.0/UDP 192.168.10.2:5060;branch=z9hG4bKp{}\r\n", line.sip.address().ip());
        String::from_utf8_lossy(message).replacen("\r\n", &via, 1).into_bytes()
    }

    fn invite(&self, net: &mut Net, at: u64, lines: &[Line]) {
        let invite =
            self.dialog.request("INVITE", 1, &["Supported: 100rel".to_owned()], &sdp(phone(), "sendrecv"));
        net.udp(at, phone().sip, pbx().sip, Class::Signalling, &invite);
        let trying = self.dialog.answer("100 Trying", "INVITE", 1, &[], "");
        net.udp(at + 5 * MS, pbx().sip, phone().sip, Class::Signalling, &trying);
        for line in lines {
            self.to_phone(net, at + 10 * MS, *line, &invite);
        }
    }

    fn to_phone(&self, net: &mut Net, at: u64, line: Line, message: &[u8]) {
        net.udp(at, pbx().sip, line.sip, Class::Signalling, &Self::through(message, line));
    }

    /// An answer of a telephone to a request of the caller, on both hops.
    fn answer(
        &self,
        net: &mut Net,
        at: u64,
        line: Line,
        (status, method, number): (&str, &str, u32),
        reply: &str,
    ) {
        let headers: &[String] = if status.starts_with("183") {
            &["Require: 100rel".to_owned(), "RSeq: 1".to_owned()]
        } else {
            &[]
        };
        let answer = self.branch(line).answer(status, method, number, headers, reply);
        net.udp(at, line.sip, pbx().sip, Class::Signalling, &Self::through(&answer, line));
        net.udp(at + 5 * MS, pbx().sip, phone().sip, Class::Signalling, &answer);
    }

    /// A request of the caller in the dialog with a telephone, on both hops.
    fn ask(&self, net: &mut Net, at: u64, line: Line, (method, number): (&str, u32), offer: &str) {
        let headers: &[String] = if method == "PRACK" { &["RAck: 1 1 INVITE".to_owned()] } else { &[] };
        let request = self.branch(line).request(method, number, headers, offer);
        net.udp(at, phone().sip, pbx().sip, Class::Signalling, &request);
        self.to_phone(net, at + 5 * MS, line, &request);
    }

    /// The proxy gives a telephone up.
    fn cancel(&self, net: &mut Net, at: u64, line: Line) {
        let branch = self.branch(line);
        self.to_phone(net, at, line, &branch.request("CANCEL", 1, &[], ""));
        let done = branch.answer("200 OK", "CANCEL", 1, &[], "");
        net.udp(at + 5 * MS, line.sip, pbx().sip, Class::Signalling, &Self::through(&done, line));
        let ended = branch.answer("487 Request Terminated", "INVITE", 1, &[], "");
        net.udp(at + 10 * MS, line.sip, pbx().sip, Class::Signalling, &Self::through(&ended, line));
    }

    /// 183 with a description, PRACK, and its 200.
    fn progress(&self, net: &mut Net, at: u64, line: Line, number: u32) {
        self.answer(net, at, line, ("183 Session Progress", "INVITE", 1), &sdp(line, "sendrecv"));
        self.ask(net, at + 20 * MS, line, ("PRACK", number), "");
        self.answer(net, at + 40 * MS, line, ("200 OK", "PRACK", number), "");
    }

    fn picks_up(&self, net: &mut Net, at: u64, line: Line) {
        self.answer(net, at, line, ("200 OK", "INVITE", 1), &sdp(line, "sendrecv"));
        self.ask(net, at + 20 * MS, line, ("ACK", 1), "");
    }

    fn hang_up(&self, net: &mut Net, at: u64, line: Line) {
        self.ask(net, at, line, ("BYE", 9), "");
        self.answer(net, at + 20 * MS, line, ("200 OK", "BYE", 9), "");
    }
}

fn voice(from: Line, to: Line, ssrc: u32) -> Voice {
    Voice { ssrc, ..Voice::new(from.media.from, to.media.from) }
}

/// A word of `from` beside its voice, so that the capture shows what goes this way.
fn report(net: &mut Net, at: u64, from: End, to: End) {
    let sent = [0x80, 201, 0, 1, 0, 0, 0, 9];
    net.udp(at, from.next(), to.next(), Class::Voice, &sent);
}

/// The DECT base and the T17 ring with early media, the base answers. `is_heard`: it speaks as well.
fn ringing_together(is_heard: bool) -> Net {
    let mut net = site();
    let group = Group::new(&mut net);
    group.invite(&mut net, AT, &[dect(), t17()]);
    group.progress(&mut net, AT + 200 * MS, dect(), 2);
    group.progress(&mut net, AT + 400 * MS, t17(), 3);
    voice(t17(), phone(), 3).speak(&mut net, AT + 500 * MS, 1, 125);
    voice(phone(), t17(), 4).speak(&mut net, AT + 500 * MS, 1, 125);
    group.picks_up(&mut net, AT + 3 * SECOND, dect());
    group.cancel(&mut net, AT + 3 * SECOND + 30 * MS, t17());
    voice(phone(), dect(), 4).speak(&mut net, AT + 3 * SECOND + 60 * MS, 126, 350);
    report(&mut net, AT + 4 * SECOND, dect().media.from, phone().media.from);
    if is_heard {
        voice(dect(), phone(), 5).speak(&mut net, AT + 3 * SECOND + 60 * MS, 1, 350);
    }
    group.hang_up(&mut net, AT + 10 * SECOND + 100 * MS, dect());
    net
}

#[test]
fn a_telephone_that_rang_as_well_is_not_silent() {
    excluded("RTP-001", ringing_together(true), ringing_together(false));
    let clean = audit(ringing_together(true).capture());
    assert_eq!(told(&clean), [""; 0]);
    let call = only_call(&clean);
    assert_eq!(
        (call.answer, call.hung_up, call.status),
        (Answer::Answered, Some(CallSide::Caller), Some(200))
    );
    let times = [call.early_media, call.answered, call.end].map(|moment| since(call, moment));
    assert_eq!(times, [Some(2), Some(30), Some(101)]);
    let voices: Vec<_> = clean
        .traffic
        .voice_of(0)
        .map(|at| &clean.traffic.streams[at])
        .map(|it| (it.source, it.destination))
        .collect();
    let ends = [dect(), phone()].map(|line| line.media.from.address());
    assert!(
        !voices.is_empty() && voices.iter().all(|(from, to)| ends.contains(from) && ends.contains(to)),
        "{voices:?}"
    );
    let silent = audit(ringing_together(false).capture());
    let blamed = silent.findings.iter().find(|finding| finding.code().as_str() == "RTP-001").unwrap();
    assert_eq!(
        blamed.subject.as_ref().unwrap().address,
        DECT.ip,
        "and not the telephone that described itself last"
    );
}

/// The T17 rings for 9 s, then the DECT base does, which ends it with this status.
fn one_after_the_other(status: &str) -> Net {
    let mut net = site();
    for nth in 0..3 {
        let at = AT + nth * 15 * SECOND;
        let group = Group::new(&mut net);
        group.invite(&mut net, at, &[t17()]);
        group.answer(&mut net, at + 200 * MS, t17(), ("180 Ringing", "INVITE", 1), "");
        group.cancel(&mut net, at + 9 * SECOND, t17());
        let invite = group.dialog.request("INVITE", 1, &[], &sdp(phone(), "sendrecv"));
        group.to_phone(&mut net, at + 9 * SECOND + 50 * MS, dect(), &invite);
        group.answer(&mut net, at + 10 * SECOND, dect(), (status, "INVITE", 1), "");
    }
    net
}

#[test]
fn telephones_that_ring_one_after_the_other() {
    excluded("SIG-005", one_after_the_other("486 Busy Here"), one_after_the_other("488 Not Acceptable Here"));
    let audit = audit(one_after_the_other("486 Busy Here").capture());
    assert_eq!(audit.traffic.calls.len(), 3);
    for call in &audit.traffic.calls {
        assert_eq!((call.answer, call.hung_up), (Answer::Rejected(486), None), "nobody cancelled it");
        assert_eq!([call.ringing, call.end].map(|moment| since(call, moment)), [Some(2), Some(100)]);
    }
}

#[test]
fn two_telephones_that_answer_are_one_call() {
    let mut net = site();
    let group = Group::new(&mut net);
    group.invite(&mut net, AT, &[t17(), dect()]);
    group.picks_up(&mut net, AT + 2 * SECOND, t17());
    group.picks_up(&mut net, AT + 2 * SECOND + 10 * MS, dect());
    voice(t17(), phone(), 3).speak(&mut net, AT + 2 * SECOND + 20 * MS, 1, 6);
    group.hang_up(&mut net, AT + 2 * SECOND + 100 * MS, t17());
    voice(phone(), dect(), 4).speak(&mut net, AT + 2 * SECOND + 60 * MS, 1, 400);
    voice(dect(), phone(), 5).speak(&mut net, AT + 2 * SECOND + 60 * MS, 1, 400);
    group.hang_up(&mut net, AT + 10 * SECOND + 100 * MS, dect());
    let audit = audit(net.capture());
    assert_eq!(told(&audit), [""; 0]);
    let call = only_call(&audit);
    assert_eq!([call.answered, call.end].map(|moment| since(call, moment)), [Some(20), Some(101)]);
    assert_eq!(call.callee_media, [dect().media.from.address()]);
}

/// A call that is described nowhere before the answer: the offer stands in 200, the answer in ACK (RFC 3261 section 13.2.1).
fn offered_late(is_heard: bool) -> Net {
    let mut net = site();
    let talk = Talk::new(&mut net, phone(), pbx());
    talk.invite(&mut net, AT, "");
    let steps = [
        (false, talk.dialog.answer("200 OK", "INVITE", 1, &[], &sdp(pbx(), "sendrecv"))),
        (true, talk.dialog.request("ACK", 1, &[], &sdp(phone(), "sendrecv"))),
    ];
    net.signal(AT + SECOND, phone().sip, pbx().sip, &steps);
    super::forth().speak(&mut net, AT + SECOND + 60 * MS, 1, 350);
    report(&mut net, AT + 3 * SECOND, pbx().media.from, phone().media.from);
    if is_heard {
        super::back().speak(&mut net, AT + SECOND + 60 * MS, 1, 350);
    }
    talk.hang_up(&mut net, AT + 8 * SECOND + 100 * MS);
    net
}

#[test]
fn an_offer_in_the_answer() {
    excluded("RTP-001", offered_late(true), offered_late(false));
    let audit = audit(offered_late(true).capture());
    assert_eq!(told(&audit), [""; 0]);
    let call = only_call(&audit);
    assert_eq!(call.caller_media, [phone().media.from.address()]);
    assert!(call.renegotiated.is_empty());
}

#[test]
fn an_announcement_from_elsewhere_and_then_the_answer() {
    // The PBX plays an announcement from one port, and the conversation comes from another.
    let mut net = site();
    let talk = Talk::new(&mut net, phone(), pbx());
    let announcer = agfeo::pbx_line(PBX, 5220);
    talk.invite(&mut net, AT, &sdp(phone(), "sendrecv"));
    let early =
        [(false, talk.dialog.answer("183 Session Progress", "INVITE", 1, &[], &sdp(announcer, "sendrecv")))];
    net.signal(AT + 100 * MS, phone().sip, pbx().sip, &early);
    voice(announcer, phone(), 3).speak(&mut net, AT + 200 * MS, 1, 190);
    talk.answer(&mut net, AT + 4 * SECOND, "200 OK", &sdp(pbx(), "sendrecv"));
    super::forth().speak(&mut net, AT + 4 * SECOND + 60 * MS, 1, 350);
    super::back().speak(&mut net, AT + 4 * SECOND + 60 * MS, 1, 350);
    talk.hang_up(&mut net, AT + 11 * SECOND + 100 * MS);
    let audit = audit(net.capture());
    assert_eq!(told(&audit), [""; 0]);
    assert_eq!(since(only_call(&audit), only_call(&audit).answered), Some(40));
}

#[test]
fn reliable_answers_on_one_side_of_the_pbx() {
    // Towards the T17 with PRACK, an UPDATE before it answers, and nothing of that towards the T14.
    let mut net = site();
    let to_pbx = Talk::new(&mut net, phone(), pbx());
    let inner = Line { user: "21", ..agfeo::pbx_line(PBX, 5220) };
    let to_t17 = Talk::new(&mut net, inner, Line { user: "10", ..t17() });
    let own = sdp(inner, "sendrecv");
    to_pbx.invite(&mut net, AT, &sdp(phone(), "sendrecv"));
    to_t17.invite(&mut net, AT + 5 * MS, &own);
    let dialog = &to_t17.dialog;
    let reliable = ["Require: 100rel".to_owned(), "RSeq: 7".to_owned()];
    let steps = [
        (false, dialog.answer("183 Session Progress", "INVITE", 1, &reliable, &sdp(t17(), "sendrecv"))),
        (true, dialog.request("PRACK", 2, &["RAck: 7 1 INVITE".to_owned()], &own)),
        (false, dialog.answer("200 OK", "PRACK", 2, &[], &sdp(t17(), "sendrecv"))),
        (true, dialog.request("UPDATE", 3, &[], &own)),
        (false, dialog.answer("200 OK", "UPDATE", 3, &[], &sdp(t17(), "sendrecv"))),
    ];
    net.signal(AT + 200 * MS, pbx().sip, t17().sip, &steps);
    to_t17.answer(&mut net, AT + SECOND, "200 OK", "");
    to_pbx.answer(&mut net, AT + SECOND + 5 * MS, "200 OK", &sdp(pbx(), "sendrecv"));
    for (nth, (from, to)) in (3..).zip([(phone(), pbx()), (pbx(), phone()), (inner, t17()), (t17(), inner)]) {
        voice(from, to, nth).speak(&mut net, AT + SECOND + 60 * MS, 1, 350);
    }
    to_pbx.hang_up(&mut net, AT + 9 * SECOND);
    to_t17.hang_up(&mut net, AT + 9 * SECOND + 5 * MS);
    let audit = audit(net.capture());
    assert_eq!(told(&audit), [""; 0]);
    let [outer, inner] = audit.traffic.calls.as_slice() else { panic!("{:?}", audit.traffic.calls) };
    assert_eq!((outer.answer, inner.answer, inner.leg_of), (Answer::Answered, Answer::Answered, Some(0)));
    assert_eq!([inner.answered, inner.end].map(|moment| since(inner, moment)), [Some(9), Some(90)]);
    assert_eq!(inner.callee_media, [t17().media.from.address()]);
    assert!(inner.renegotiated.is_empty() && !is_raised(&audit, "SIG-009", Severity::Info));
    assert_eq!(T14.ip, outer.caller.ip());
}
