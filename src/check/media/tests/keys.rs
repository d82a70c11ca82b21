//! Keys under a payload type that the receiver did not ask for.

use super::*;

/// What RTP-007 says of keys: the type they have, and the one that is wanted.
fn told(role: PayloadRole, packets: u64, wanted: Option<u8>) -> Option<(u8, Option<Option<u8>>)> {
    let mut odd = voice(4_000);
    odd.report.announced_at = Some(Endpoint { address: ip(PBX), port: 5204 });
    odd.report.announced_event = wanted;
    let seen = Seen { value: 96, packets, frames: [frame(3)].into_iter().collect(), last: frame(3) };
    odd.report.unlisted = vec![seen.clone()];
    odd.report.payloads = vec![PayloadReport {
        seen,
        since: at(2_000),
        name: None,
        role,
        rate: None,
        length: None,
        step: None,
    }];
    let world = world(call(), vec![odd], flows(1000));
    check(&world.case(), &[]).into_iter().find_map(|finding| match finding.detail {
        Detail::Rtp007 { payload_type, keys, .. } => Some((payload_type, keys)),
        _ => None,
    })
}

#[test]
fn keys_of_a_type_that_the_receiver_did_not_ask_for_are_told_as_such() {
    assert_eq!(told(PayloadRole::Event, 24, Some(101)), Some((96, Some(Some(101)))));
    assert_eq!(told(PayloadRole::Event, 24, None), Some((96, Some(None))), "the receiver wants no keys");
    assert_eq!(told(PayloadRole::Event, 4, Some(101)), None, "not one whole key");
    assert_eq!(told(PayloadRole::Media, 24, Some(101)), None, "voice, on the way when the types changed");
    assert_eq!(told(PayloadRole::Media, 50, Some(101)), Some((96, None)));
}
