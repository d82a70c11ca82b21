//! Samples of the findings about media, each with a near miss.

use std::net::IpAddr;

use super::agfeo::{self, PBX, Site, T14, TALK};
use super::{Scenario, pascom};
use crate::net::{Call, Lost, MS, Net, SECOND, Stream};
use crate::talk::rtp::Codec;

pub(super) fn all() -> Vec<Scenario> {
    vec![
        rtp_001(),
        rtp_001_near(),
        rtp_001_cloud(),
        rtp_002(),
        rtp_002_near(),
        rtp_003(),
        rtp_003_near(),
        rtp_003_mirror(),
        rtp_004(),
        rtp_004_near(),
        rtp_005(),
        rtp_006(),
        rtp_006_near(),
        rtp_007(),
        rtp_008(),
        rtp_008_near(),
        rtp_009(),
        rtp_009_near(),
        rtp_013(),
        rtp_013_near(),
        rtp_014(),
    ]
}

fn site(name: &str, about: &str, net: Net) -> Scenario {
    Scenario::new(name, about, net.capture()).pbx(PBX, "es-pure-ip")
}

/// The registrations of the base site and a call that `change` has spoiled.
fn call(lasts: u64, change: impl FnOnce(&mut Call)) -> Net {
    let mut net = Site { lasts: 0, ..Site::default() }.net();
    let mut call = Call::new(2 * SECOND, lasts, agfeo::t14_line(T14), agfeo::pbx_line(PBX, 5204));
    change(&mut call);
    net.call(&call);
    net
}

fn silence(call: &mut Call) {
    call.callee.media.silent = true;
}

fn rtp_001() -> Scenario {
    site("rtp-001", "An answered call of 4 s in which the PBX sends nothing.", call(4 * SECOND, silence))
        .expect("RTP-001", PBX)
        .may(&["QOS-008"])
}

fn rtp_001_near() -> Scenario {
    let held = |call: &mut Call| {
        silence(call);
        call.held = true;
    };
    site("rtp-001-near", "The T14 holds the call (sendonly): only it may send.", call(4 * SECOND, held))
        .never(&["RTP-001"])
}

/// Two telephones of pascom.cloud, of which one hears nothing.
fn rtp_001_cloud() -> Scenario {
    use pascom::{CLOUD, CLOUD_NAME, ROUTER, SNOM, YEALINK};
    let [cloud, ..] = CLOUD;
    let mut net = Net::new(5);
    for (nth, host) in [YEALINK, SNOM].into_iter().enumerate() {
        let at = nth as u64 * 300 * MS;
        net.arp(at, host, ROUTER);
        net.resolve(at + 10 * MS, host, ROUTER, CLOUD_NAME, &[cloud]);
        pascom::signalling(&mut net, at + SECOND, (host, 40_003), cloud, CLOUD_NAME, 10 * SECOND);
    }
    let heard = pascom::srtp(SNOM, 57_000, cloud, 34_998, 3 * SECOND, 3 * SECOND);
    let mut unheard = pascom::srtp(YEALINK, 11_780, cloud, 30_100, 3 * SECOND, 7 * SECOND);
    unheard.streams[1].silent = true;
    unheard.rtcp = false;
    net.media(&heard);
    net.media(&unheard);
    let about = "Two telephones of pascom.cloud: what the Yealink sends for 7 s gets no answer, as where a firewall lets nothing back in.";
    Scenario::new("rtp-001-cloud", about, net.capture())
        .expect("RTP-001", cloud)
        .expect_plain("CAP-008")
        .may(&["QOS-008"])
}

/// A call without any media, and another one of the same two with media.
fn mute(lasts: u64) -> Net {
    let mut net = call(lasts, |call| {
        silence(call);
        call.caller.media.silent = true;
    });
    let (t17, pbx) = (agfeo::t17_line(agfeo::T17), agfeo::pbx_line(PBX, 5206));
    net.call(&Call::new(agfeo::AFTER, agfeo::SHORT, t17, pbx));
    net
}

fn rtp_002() -> Scenario {
    site("rtp-002", "An answered call of 4 s without any voice.", mute(4 * SECOND)).expect("RTP-002", T14)
}

fn rtp_002_near() -> Scenario {
    site("rtp-002-near", "An answered call without voice, but hung up after 1 s.", mute(SECOND))
        .never(&["RTP-001", "RTP-002"])
}

fn rtp_003() -> Scenario {
    let lossy = call(3 * SECOND, |call| call.caller.media.lose_every = 20);
    site("rtp-003", "5 % of the T14's packets never arrive.", lossy)
        .expect("RTP-003", T14)
        .never(&["RTP-005", "RTP-014"])
}

fn rtp_003_near() -> Scenario {
    let lossy = call(3 * SECOND, |call| call.caller.media.lose_every = 140);
    site("rtp-003-near", "One packet of 150 never arrives.", lossy).never(&["RTP-003"])
}

fn rtp_003_mirror() -> Scenario {
    let lossy = call(3 * SECOND, |call| {
        call.caller.media.lose_every = 20;
        call.caller.media.lost = Lost::AtMirror;
    });
    let about = "5 % of the T14's packets are missing in the capture, and the PBX reports by RTCP that it has them all.";
    site("rtp-003-mirror", about, lossy).expect("RTP-003", T14)
}

fn rtp_004() -> Scenario {
    let shaky = call(3 * SECOND, |call| call.caller.media.jitter = 110 * MS);
    site("rtp-004", "The T14's packets come up to 110 ms late and overtake each other.", shaky)
        .expect("RTP-004", T14)
        .never(&["RTP-003"])
}

fn rtp_004_near() -> Scenario {
    let shaky = call(TALK, |call| call.caller.media.jitter = 12 * MS);
    site("rtp-004-near", "The T14's packets come up to 12 ms late.", shaky).never(&["RTP-004"])
}

fn rtp_005() -> Scenario {
    let lossy = call(3 * SECOND, |call| call.caller.media.lose_every = 7);
    site("rtp-005", "Every seventh packet of the T14 never arrives.", lossy)
        .expect("RTP-005", T14)
        .expect("RTP-003", T14)
}

fn rtp_006() -> Scenario {
    let long = call(3 * SECOND, |call| call.codec = Codec::PcmaAt30);
    site("rtp-006", "20 ms a packet are agreed, both sides send 30 ms.", long)
        .expect("RTP-006", T14)
        .expect("RTP-006", PBX)
}

fn rtp_006_near() -> Scenario {
    let keyed = call(TALK, |call| {
        let media = &mut call.caller.media;
        *media = Stream { key_at: Some(40), ..*media };
    });
    site("rtp-006-near", "A key is pressed: events have their own length and time.", keyed)
        .never(&["RTP-003", "RTP-004", "RTP-006", "RTP-007"])
}

fn rtp_007() -> Scenario {
    let other = call(3 * SECOND, |call| call.caller.media.payload_type = Some(9));
    site("rtp-007", "PCMA is agreed, and the T14 sends G.722.", other).expect("RTP-007", T14)
}

fn rtp_008() -> Scenario {
    let breaks = call(9 * SECOND, |call| call.caller.media.stops = Some(3 * SECOND));
    let about = "After 3 s of a call of 9 s nothing more comes from the T14.";
    site("rtp-008", about, breaks).expect("RTP-008", T14)
}

fn rtp_008_near() -> Scenario {
    let breaks = call(7 * SECOND, |call| call.caller.media.stops = Some(3 * SECOND));
    let about = "The T14 falls silent 4 s before it hangs up.";
    site("rtp-008-near", about, breaks).never(&["RTP-001", "RTP-008"])
}

fn rtp_009() -> Scenario {
    let other = call(6 * SECOND, |call| call.callee.media.other_source_at = Some(150));
    site("rtp-009", "After 3 s another source of the PBX goes on with the voice.", other)
        .expect("RTP-009", PBX)
}

fn rtp_009_near() -> Scenario {
    let mut net = call(3 * SECOND, |_| ());
    let (t14, pbx) = (agfeo::t14_line(T14), agfeo::pbx_line(PBX, 5204));
    net.call(&Call::new(agfeo::AFTER, 3 * SECOND, t14, pbx));
    let about = "Two calls one after the other between the same ports, each with sources of its own.";
    site("rtp-009-near", about, net).never(&["RTP-003", "RTP-009"])
}

fn rtp_013() -> Scenario {
    let other = call(3 * SECOND, |call| call.caller.media.sends_from = Some(T14.port(10_008)));
    site("rtp-013", "The T14 announces port 10000 and sends from 10008.", other).expect("RTP-013", T14)
}

fn rtp_013_near() -> Scenario {
    let behind_nat = call(3 * SECOND, |call| {
        let media = &mut call.caller.media;
        media.from = T14.at(IpAddr::from([192, 168, 178, 20])).port(10_000);
        media.sends_from = Some(T14.port(10_000));
        media.answered_there = true;
    });
    let about =
        "The T14 announces an address behind NAT, and the PBX answers to where the packets come from.";
    site("rtp-013-near", about, behind_nat).never(&["RTP-001", "RTP-013"])
}

fn rtp_014() -> Scenario {
    let lossy = call(3 * SECOND, |call| {
        call.caller.media.lose_every = 20;
        call.caller.media.lost = Lost::Behind;
    });
    let about = "All packets of the T14 pass the mirror port, and the PBX reports that 5 % did not reach it.";
    site("rtp-014", about, lossy).expect("RTP-014", T14).never(&["RTP-003"])
}
