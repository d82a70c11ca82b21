//! Calls that came down although they stood.

use super::*;
use crate::check::finding::Unjudged;
use crate::observe::{Break, BreakKind};

#[test]
fn calls_that_come_down_although_they_stood_are_told_by_what_brought_them_down() {
    let broken = |kind, to: &str| Break {
        kind,
        times: 7,
        status: None,
        from: socket("192.168.10.2:5060"),
        to: socket(to),
        at: (frame(7), at(40_000)),
    };
    let phone = "192.168.10.21:5060";
    let call = |kind, to| Call {
        answer: Answer::Answered,
        answered: Some((frame(2), at(100))),
        broken: Some(Box::new(broken(kind, to))),
        ..refused_call(200)
    };
    let told = |kind, to, unjudged: &[Unjudged]| {
        let world = calls(vec![call(kind, to)]);
        let findings = check(&world.case(), unjudged);
        findings.into_iter().find(|finding| finding.code() == Code::Sig005).map(|finding| {
            assert!(finding.evidence.frames.contains(&frame(7)));
            (finding.subject.map(|subject| subject.address), finding.responsible)
        })
    };
    let pbx = Some(ip("192.168.10.2"));
    let unheeded = BreakKind::Unheeded;
    assert_eq!(told(unheeded, "192.168.99.2:5060", &[]), Some((pbx, Party::Telephony)), "a wrong Contact");
    assert_eq!(told(unheeded, "192.168.10.2:5060", &[]), Some((pbx, Party::Network)), "lost behind the tap");
    let unanswered = BreakKind::Unanswered;
    assert_eq!(told(unanswered, phone, &[]), Some((pbx, Party::Network)));
    assert_eq!(told(unanswered, phone, &[Unjudged::Incomplete]), None, "the answer may be missing");
    assert_eq!(told(BreakKind::Expired, phone, &[Unjudged::Incomplete]), Some((pbx, Party::Telephony)));
}
