//! Keys under a payload type that the receiver did not ask for.

use super::*;
use crate::check::finding::Framed;

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

/// How an interruption of a PBX's voice is told, which is captured at its own port or at that of the telephone, where keys go
/// from the telephone to it and from it to another one since then (ms).
fn interruption(at_the_sender: bool, since: i64) -> (Framed, Severity, Party) {
    let said = arrival::interrupted(&[(3_000, 30)], 0);
    let (own, peer) = (said.source.to_string(), said.destination.to_string());
    let host = said.source.ip().to_string();
    let (third, port) = ("192.168.10.29:10000", format!("{}:5206", said.source.ip()));
    let keyed = |from: &str, to: &str| {
        let mut keyed = voice(10_000);
        (keyed.source, keyed.destination) = (socket(from), socket(to));
        let seen =
            Seen { value: 101, packets: 30, frames: [frame(2)].into_iter().collect(), last: frame(9_999) };
        keyed.report.payloads = vec![PayloadReport {
            seen,
            since: at(since),
            name: None,
            role: PayloadRole::Event,
            rate: None,
            length: None,
            step: None,
        }];
        keyed
    };
    let flows = vec![
        udp(&own, &peer),
        udp(&port, third),
        udp(if at_the_sender { &own } else { &peer }, "192.168.10.28:5060"),
    ];
    let streams = vec![keyed(&peer, &own), keyed(&port, third), said];
    let world = World::new("").device(&host, "acme.pbx").streams(streams).flows(flows);
    let mut found = check(&world.case(), &[]).into_iter().filter_map(|finding| match finding.detail {
        Detail::Rtp003 { interrupted: Some(told), .. } => {
            Some((told.framed, finding.severity, finding.responsible))
        }
        _ => None,
    });
    found.next().unwrap()
}

#[test]
fn what_is_missing_at_the_port_of_a_pbx_while_it_intercepts_keys_was_never_sent() {
    assert_eq!(interruption(true, 1_000), (Framed::Keys, Severity::Notice, Party::Telephony));
    assert_eq!(interruption(false, 1_000).0, Framed::Untold, "captured elsewhere: it may have got lost");
    assert_eq!(interruption(true, 8_000).0, Framed::Untold, "no keys then");
}
