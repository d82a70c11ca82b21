//! One-way audio and calls without any (F1 and F2 of the table).

use pbxray::check::{Severity, Unjudged};
use samplegen::capture::Capture;
use samplegen::net::{Call, MS, Media, Net, SECOND};
use samplegen::scenario::agfeo::{self, PBX, PROVIDER_DOMAIN, PROVIDER_MEDIA, T14, T17};
use samplegen::talk::sip;

use super::{
    AT, COMFORT_NOISE, Talk, Voice, agreed, audit, back, described, excluded, excluded_in, forth, is_raised,
    pbx, phone, sdp, site,
};

/// When the call of [`agreed`] stands.
const STANDS: u64 = AT + 200 * MS;

/// 4 s in which only the T14 speaks, agreed so.
fn one_way(offer: &str, reply: &str) -> Net {
    let mut net = site();
    described(&mut net, 4 * SECOND, offer, reply);
    forth().speak(&mut net, STANDS, 1, 190);
    net
}

fn plain_one_way() -> Net {
    one_way(&sdp(phone(), "sendrecv"), &sdp(pbx(), "sendrecv"))
}

#[test]
fn hold_sendonly() {
    excluded("RTP-001", one_way(&sdp(phone(), "sendonly"), &sdp(pbx(), "recvonly")), plain_one_way());
}

#[test]
fn hold_inactive() {
    excluded("RTP-001", one_way(&sdp(phone(), "inactive"), &sdp(pbx(), "inactive")), plain_one_way());
}

#[test]
fn hold_by_an_address_of_zeros() {
    let offer = sdp(phone(), "sendrecv").replace("c=IN IP4 192.168.10.21", "c=IN IP4 0.0.0.0");
    excluded("RTP-001", one_way(&offer, &sdp(pbx(), "sendrecv")), plain_one_way());
}

#[test]
fn hold_by_re_invite_or_update() {
    let held = |method: Option<&str>| {
        let mut net = site();
        let talk = agreed(&mut net, 9 * SECOND);
        forth().speak(&mut net, STANDS, 1, 440);
        back().speak(&mut net, STANDS, 1, 140);
        if let Some(method) = method {
            talk.ask(
                &mut net,
                STANDS + 2900 * MS,
                (method, 2),
                &sdp(phone(), "sendonly"),
                &sdp(pbx(), "recvonly"),
            );
        }
        net
    };
    for method in ["INVITE", "UPDATE"] {
        excluded("RTP-008", held(Some(method)), held(None));
    }
}

#[test]
fn early_media() {
    // The PBX plays a tone for 4 s; the T14 has nothing to send before the answer, and then hangs up.
    let ringing = |status: &str| {
        let mut net = site();
        let talk = Talk::new(&mut net, phone(), pbx());
        talk.invite(&mut net, AT, &sdp(phone(), "sendrecv"));
        let reply = talk.dialog.answer(status, "INVITE", 1, &[], &sdp(pbx(), "sendrecv"));
        net.signal(AT + 100 * MS, phone().sip, pbx().sip, &[(false, reply)]);
        back().speak(&mut net, AT + 200 * MS, 1, 200);
        talk.answer(&mut net, AT + 4300 * MS, "200 OK", &sdp(pbx(), "sendrecv"));
        talk.hang_up(&mut net, AT + 4800 * MS);
        net
    };
    excluded("RTP-001", ringing("183 Session Progress"), ringing("200 OK"));
}

#[test]
fn announcement() {
    // Whoever only plays an announcement wants to hear nothing.
    let announced = |direction: &str| {
        let mut net = site();
        described(&mut net, 4 * SECOND, &sdp(phone(), "sendrecv"), &sdp(pbx(), direction));
        back().speak(&mut net, STANDS, 1, 190);
        net
    };
    excluded("RTP-001", announced("sendonly"), announced("sendrecv"));
}

#[test]
fn comfort_noise() {
    let mut noise = plain_one_way();
    for nth in 0..8 {
        let packet = Voice { payload_type: COMFORT_NOISE, ..back() };
        packet.speak(&mut noise, STANDS + u64::from(nth) * 400 * MS, nth, 1);
    }
    excluded("RTP-001", noise, plain_one_way());
}

/// Both speak, of which the mirror port shows what it shows.
fn seen(shows: impl Fn(&[u8]) -> bool) -> Capture {
    let mut net = site();
    net.call(&Call::new(AT, 4 * SECOND, phone(), pbx()));
    let mut capture = net.capture();
    capture.records.retain(|record| shows(&record.data));
    capture
}

#[test]
fn one_sided_mirror() {
    let one_sided = seen(|frame| frame.get(..6) != Some(&T14.mac));
    // Whatever goes to the T14 is hidden: who else is there goes both ways, so only this pair is one-sided.
    assert!(!is_raised(&audit(one_sided), "RTP-001", Severity::Info));
    // Only what the switch receives from the telephones: nothing goes both ways at all.
    let received = audit(seen(|frame| frame.get(6..10) == Some(&T14.mac[..4])));
    assert!(!is_raised(&received, "RTP-001", Severity::Info));
    assert!(received.unjudged.contains(&Unjudged::OneDirection), "{:?}", received.unjudged);
    assert!(is_raised(&audit(plain_one_way().capture()), "RTP-001", Severity::Info));
}

#[test]
fn asymmetric_route() {
    // The provider's media server answers on another line: the mirror port shows nothing of what it sends.
    let trunk_call = |shows_server: bool| {
        let mut net = site();
        let (mut provider, trunk) = (agfeo::provider_line(), agfeo::trunk_line(5064, 5206));
        provider.media.silent = true;
        let call = Call::new(AT, 4 * SECOND, trunk, provider);
        net.call(&Call { domain: PROVIDER_DOMAIN, rtcp: false, ..call });
        if shows_server {
            let other = Media::between(PROVIDER_MEDIA.port(23_500), PBX.port(5210), AT, 2 * SECOND);
            net.media(&Media { rtcp: false, ..other });
        }
        net
    };
    excluded("RTP-001", trunk_call(false), trunk_call(true));
}

#[test]
fn late_start() {
    let whole = plain_one_way().capture();
    let mut late = whole.clone();
    let start = late.records.first().map_or(0, |record| record.time);
    late.records.retain(|record| record.time > start + STANDS - 20 * MS);
    excluded_in("RTP-001", late, whole);
}

#[test]
fn short_call() {
    let lasting = |lasts: u64, packets| {
        let mut net = site();
        agreed(&mut net, lasts);
        forth().speak(&mut net, STANDS, 1, packets);
        net
    };
    excluded("RTP-001", lasting(2900 * MS, 135), lasting(4 * SECOND, 190));
}

#[test]
fn direct_media() {
    // The telephones talk past the mirror port at the PBX; the T14's packets alone pass it.
    let told = |far: samplegen::net::End| {
        let mut net = site();
        let reply = sip::sdp(far.address(), samplegen::talk::rtp::Codec::Pcma, "sendrecv");
        described(&mut net, 4 * SECOND, &sdp(phone(), "sendrecv"), &reply);
        Voice::new(phone().media.from, far).speak(&mut net, STANDS, 1, 190);
        net
    };
    excluded("RTP-001", told(T17.port(10_002)), told(PBX.port(5204)));
}

#[test]
fn direct_media_is_no_call_without_voice() {
    let told = |far: samplegen::net::End| {
        let mut net = site();
        let reply = sip::sdp(far.address(), samplegen::talk::rtp::Codec::Pcma, "sendrecv");
        described(&mut net, 5 * SECOND, &sdp(phone(), "sendrecv"), &reply);
        // What the mirror port shows of others proves that it shows voice.
        net.call(&elsewhere());
        net
    };
    excluded("RTP-002", told(T17.port(10_002)), told(PBX.port(5204)));
}

#[test]
fn another_address_by_ice() {
    let candidate = "a=candidate:1 1 UDP 2130706431 192.168.10.21 10000 typ host\r\n";
    let with = |end| format!("{}{candidate}", sdp(end, "sendrecv"));
    let ice = one_way(&with(phone()), &with(pbx()));
    // It takes both sides.
    excluded("RTP-001", ice, one_way(&with(phone()), &sdp(pbx(), "sendrecv")));
}

#[test]
fn another_address_by_re_invite() {
    // From 1 s on the T17 is to be the other side, and what it sends does not pass the mirror port.
    let renewed = |is_told: bool| {
        let mut net = site();
        let talk = agreed(&mut net, 6 * SECOND);
        forth().speak(&mut net, STANDS, 1, 50);
        if is_told {
            let there = sip::sdp(T17.port(10_002).address(), samplegen::talk::rtp::Codec::Pcma, "sendrecv");
            talk.ask(&mut net, STANDS + SECOND, ("INVITE", 2), &sdp(phone(), "sendrecv"), &there);
            Voice::new(phone().media.from, T17.port(10_002)).speak(&mut net, STANDS + SECOND, 51, 200);
        } else {
            forth().speak(&mut net, STANDS + SECOND, 51, 200);
        }
        net
    };
    excluded("RTP-001", renewed(true), renewed(false));
}

/// Another call, at other ports.
fn elsewhere() -> Call {
    Call::new(AT + 8 * SECOND, 2 * SECOND, agfeo::t17_line(T17), agfeo::pbx_line(PBX, 5210))
}

/// A call without media, offered so, and another one that proves that voice is shown.
fn without_voice(offer: &str, reply: &str) -> Net {
    let mut net = site();
    described(&mut net, 5 * SECOND, offer, reply);
    net.call(&elsewhere());
    net
}

fn plainly_without_voice() -> Net {
    without_voice(&sdp(phone(), "sendrecv"), &sdp(pbx(), "sendrecv"))
}

#[test]
fn fax_by_t38() {
    let image =
        |line| sdp(line, "sendrecv").replace("m=audio", "m=image").replace("RTP/AVP 8 101", "udptl t38");
    excluded("RTP-002", without_voice(&image(phone()), &image(pbx())), plainly_without_voice());
}

#[test]
fn hold_from_the_beginning_has_no_voice() {
    let held = without_voice(&sdp(phone(), "inactive"), &sdp(pbx(), "inactive"));
    excluded("RTP-002", held, plainly_without_voice());
}

#[test]
fn a_capture_of_signalling_shows_no_voice() {
    let mut net = site();
    agreed(&mut net, 5 * SECOND);
    excluded("RTP-002", net, plainly_without_voice());
}

#[test]
fn a_call_that_the_pbx_answers_itself() {
    // A code that switches something in the PBX: it answers, does it, and hangs up; or it says that it sends nothing.
    let lasting = |lasts| {
        let mut net = site();
        agreed(&mut net, lasts);
        net.call(&elsewhere());
        net
    };
    excluded("RTP-002", lasting(1500 * MS), lasting(5 * SECOND));
    let silent = without_voice(&sdp(phone(), "sendrecv"), &sdp(pbx(), "inactive"));
    excluded("RTP-002", silent, plainly_without_voice());
}

#[test]
fn voice_in_another_vlan() {
    // Media of an address that the capture never shows.
    let far = "192.168.99.21:10000".parse().unwrap();
    let offer = sip::sdp(far, samplegen::talk::rtp::Codec::Pcma, "sendrecv");
    excluded("RTP-002", without_voice(&offer, &sdp(pbx(), "sendrecv")), plainly_without_voice());
}
