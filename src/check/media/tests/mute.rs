//! Calls without voice of which the signalling, or DTLS on their ports, says why.

use super::*;
use crate::check::finding::Mute;
use crate::observe::message::App;

/// Of one call that lasts for so many ms: which, and what RTP-002 says of it.
fn told(call: Call, ms: i64, flows: Vec<Flow>) -> Vec<(usize, Mute)> {
    let world = world(Call { end: Some((frame(9), at(ms))), ..call }, Vec::new(), flows);
    let found: Vec<Mute> = check(&world.case(), &[])
        .into_iter()
        .filter_map(|finding| match finding.detail {
            Detail::Rtp002 { why, .. } => Some(why),
            _ => None,
        })
        .collect();
    let calls = super::super::mute::calls(&world.case());
    assert_eq!(found, calls.iter().map(|(_, why)| *why).collect::<Vec<_>>());
    calls
}

#[test]
fn an_answer_that_refuses_audio_is_the_reason() {
    let declined = || Call { declines_audio: true, callee_media: Vec::new(), may_be_silent: true, ..call() };
    assert_eq!(told(declined(), 8_000, Vec::new()), [(0, Mute::Declined)]);
    assert!(told(declined(), 2_000, Vec::new()).is_empty(), "hardly a call");
    assert!(told(Call { fax: Some(at(1)), ..declined() }, 8_000, Vec::new()).is_empty());
    assert!(
        told(Call { offers_nothing: true, ..declined() }, 8_000, Vec::new()).is_empty(),
        "nor was any offered"
    );
}

#[test]
fn it_is_about_who_refuses_and_otherwise_about_the_caller() {
    let about = |call: Call| {
        let world = world(Call { end: Some((frame(9), at(8_000))), ..call }, Vec::new(), Vec::new());
        let found = check(&world.case(), &[]).into_iter().find_map(|finding| match finding.detail {
            Detail::Rtp002 { peers, .. } => Some((finding.subject?.address, peers)),
            _ => None,
        });
        found.map(|(subject, peers)| (subject.to_string(), peers[0].to_string()))
    };
    let declined = Call { declines_audio: true, callee_media: Vec::new(), may_be_silent: true, ..call() };
    assert_eq!(about(declined), Some(("192.168.10.2".to_owned(), "192.168.10.21".to_owned())));
    let (caller, callee) = ("192.168.10.21".parse().unwrap(), "192.168.10.2".parse().unwrap());
    assert_eq!(Mute::Declined.sides(callee, caller), (caller, callee));
    assert_eq!(Mute::Unexplained.sides(caller, callee), (caller, callee));
}

#[test]
fn keys_alone_on_the_ports_of_the_voice_are_the_reason() {
    let on_its_ports = |app| {
        let media = udp("192.168.10.21:10000", "192.168.10.2:5204");
        let mut media = Flow { app, from_a: sent(8), from_b: sent(8), ..media };
        media.from_a.last = Some((frame(8), at(7_000)));
        vec![udp("192.168.10.21:5060", "192.168.10.2:5060"), media]
    };
    assert_eq!(told(call(), 8_000, on_its_ports(App::Dtls)), [(0, Mute::Keys)]);
    assert!(told(call(), 8_000, on_its_ports(App::Unknown)).is_empty(), "it may be voice");
    assert!(told(call(), 8_000, on_its_ports(App::Stun)).is_empty());
    assert!(told(call(), 8_000, Vec::new()).is_empty());
}
