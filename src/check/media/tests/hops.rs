//! Calls that a proxy passes on with their Call-ID and whose voice it relays: two hops in one call.

use super::*;

const PHONE_MEDIA: &str = "192.168.10.21:10000";
const RELAY_TO_PHONE: &str = "192.168.10.2:30000";
const RELAY_TO_OTHER: &str = "192.168.10.2:30002";
const OTHER_MEDIA: &str = "192.168.10.22:10000";

const WAYS: [[&str; 2]; 4] = [
    [PHONE_MEDIA, RELAY_TO_PHONE],
    [RELAY_TO_OTHER, OTHER_MEDIA],
    [OTHER_MEDIA, RELAY_TO_OTHER],
    [RELAY_TO_PHONE, PHONE_MEDIA],
];

/// The silent and the speaking side that are told, and how many packets the latter sent, where voice goes these ways.
fn told(ways: &[[&str; 2]]) -> Vec<(IpAddr, Vec<IpAddr>, u64)> {
    let relayed = Call {
        caller_media: vec![socket(PHONE_MEDIA), socket(RELAY_TO_OTHER)],
        callee_media: vec![socket(OTHER_MEDIA), socket(RELAY_TO_PHONE)],
        ..call()
    };
    let mut flows =
        vec![udp("192.168.10.21:5060", "192.168.10.2:5060"), udp("192.168.10.2:5060", "192.168.10.22:5060")];
    let streams = ways.iter().map(|[from, to]| {
        let back = if ways.contains(&[*to, *from]) { 200 } else { 0 };
        flows.push(Flow { from_a: sent(200), from_b: sent(back), ..udp(from, to) });
        let mut voice = voice(4_000);
        (voice.source, voice.destination) = (socket(from), socket(to));
        voice.flow = flows.len() - 1;
        voice
    });
    let streams = streams.collect();
    let world = world(relayed, streams, flows);
    let findings = check(&world.case(), &[]).into_iter();
    let told = findings.map(|finding| match finding.detail {
        Detail::Rtp001 { peers, packets, .. } => (finding.subject.unwrap().address, peers, packets),
        _ => panic!("{finding:?}"),
    });
    told.collect()
}

#[test]
fn of_two_hops_the_one_without_a_way_back_is_told() {
    let [up, on, back, down] = WAYS;
    let expected = |silent: &str, speaking: &str| vec![(ip(silent), vec![ip(speaking)], 200)];
    assert!(told(&WAYS).is_empty());
    assert_eq!(told(&[up, on]), expected("192.168.10.22", PBX), "the called telephone says nothing");
    assert_eq!(told(&[back, down]), expected(PHONE, PBX), "the caller says nothing");
    assert_eq!(told(&[up, on, back]), expected(PBX, PHONE), "the server does not relay back");
    assert_eq!(told(&[up, on, down]), expected("192.168.10.22", PBX), "the other hop is whole");
}

#[test]
fn a_way_back_that_passes_by_the_relay_is_one() {
    let [up, on, ..] = WAYS;
    assert!(told(&[up, on, [OTHER_MEDIA, PHONE_MEDIA]]).is_empty());
}
