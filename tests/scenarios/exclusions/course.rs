//! How voice goes on and how it arrives (F3, F11, F16, F17 and F26 of the table).

use samplegen::capture::{Capture, Record};
use samplegen::net::{Call, End, Lost, MS, Net, SECOND};
use samplegen::scenario::agfeo::{self, PBX, T14, T17};
use samplegen::talk::rtp::{self, Codec, Header};

use super::{
    AT, COMFORT_NOISE, Voice, agreed, audit, back, excluded, excluded_in, forth, is_raised, pbx, phone, sdp,
    site,
};

const STANDS: u64 = AT + 200 * MS;

/// 9 s of which the T14 speaks 3, while the PBX goes on; with what `also` says.
fn breaks_off(also: impl FnOnce(&mut Net, &super::Talk)) -> Net {
    let mut net = site();
    let talk = agreed(&mut net, 9 * SECOND);
    forth().speak(&mut net, STANDS, 1, 150);
    back().speak(&mut net, STANDS, 1, 440);
    also(&mut net, &talk);
    net
}

#[test]
fn mute_with_comfort_noise() {
    let noise = breaks_off(|net, _| {
        Voice { payload_type: COMFORT_NOISE, ..forth() }.speak(net, STANDS + 3 * SECOND, 151, 1);
    });
    excluded("RTP-008", noise, breaks_off(|_, _| ()));
}

#[test]
fn mute_with_silence_left_out() {
    let mut net = site();
    agreed(&mut net, 12 * SECOND);
    back().speak(&mut net, STANDS, 1, 590);
    // Who left silence out before may just be listening.
    for (nth, at) in [0, 2, 4].into_iter().enumerate() {
        forth().speak(&mut net, STANDS + at * SECOND, 1 + 40 * nth as u16, 40);
    }
    let mut steady = site();
    agreed(&mut steady, 12 * SECOND);
    back().speak(&mut steady, STANDS, 1, 590);
    forth().speak(&mut steady, STANDS, 1, 240);
    excluded("RTP-008", net, steady);
}

#[test]
fn re_invite_before_the_end() {
    let renewed = breaks_off(|net, talk| {
        renew(net, talk, STANDS + 3 * SECOND);
    });
    excluded("RTP-008", renewed, breaks_off(|_, _| ()));
    let repeated = audit(breaks_off(|net, talk| repeat(net, talk, STANDS + 3 * SECOND)).capture());
    assert!(
        is_raised(&repeated, "RTP-008", pbxray::check::Severity::Warning),
        "a session timer ends no voice"
    );
}

#[test]
fn transfer_by_refer() {
    // The T14 hands the call over and is done with it; the PBX goes on until the other one is reached.
    let referred = breaks_off(|net, talk| {
        let to = ["Refer-To: <sip:22@anlage.example>".to_owned()];
        let steps = [
            (true, talk.dialog.request("REFER", 2, &to, "")),
            (false, talk.dialog.answer("202 Accepted", "REFER", 2, &[], "")),
        ];
        net.signal(STANDS + 3 * SECOND, phone().sip, pbx().sip, &steps);
    });
    excluded("RTP-008", referred, breaks_off(|_, _| ()));
}

#[test]
fn end_of_the_capture() {
    let whole = breaks_off(|_, _| ()).capture();
    let mut cut = whole.clone();
    let start = cut.records.first().map_or(0, |record| record.time);
    cut.records.retain(|record| record.time < start + STANDS + 8 * SECOND);
    excluded_in("RTP-008", cut, whole);
}

/// After 3 s another source of the PBX goes on with the voice.
fn handed_over(also: impl FnOnce(&mut Net, &super::Talk)) -> Net {
    let mut net = site();
    let talk = agreed(&mut net, 7 * SECOND);
    forth().speak(&mut net, STANDS, 1, 340);
    back().speak(&mut net, STANDS, 1, 150);
    Voice { ssrc: 99, ..back() }.speak(&mut net, STANDS + 3 * SECOND, 9_000, 190);
    also(&mut net, &talk);
    net
}

#[test]
fn transfer_by_re_invite_brings_another_source() {
    let renewed = handed_over(|net, talk| {
        repeat(net, talk, STANDS + 2950 * MS);
    });
    excluded("RTP-009", renewed, handed_over(|_, _| ()));
}

#[test]
fn tones_of_the_pbx_before_the_answer() {
    let mut net = site();
    let talk = super::Talk::new(&mut net, phone(), pbx());
    talk.invite(&mut net, AT, &sdp(phone(), "sendrecv"));
    back().speak(&mut net, AT + 200 * MS, 1, 150);
    talk.answer(&mut net, AT + 3100 * MS, "200 OK", &sdp(pbx(), "sendrecv"));
    Voice { ssrc: 99, ..back() }.speak(&mut net, AT + 3200 * MS, 9_000, 190);
    forth().speak(&mut net, AT + 3200 * MS, 1, 190);
    talk.hang_up(&mut net, AT + 7 * SECOND);
    excluded("RTP-009", net, handed_over(|_, _| ()));
}

/// A call with the T14's stream spoiled.
fn spoiled(change: impl FnOnce(&mut Call)) -> Net {
    let mut net = site();
    let mut call = Call::new(AT, 3 * SECOND, phone(), pbx());
    change(&mut call);
    net.call(&call);
    net
}

#[test]
fn nat_in_between() {
    // Behind NAT the PBX answers to where the packets come from.
    let behind_nat = spoiled(|call| {
        let media = &mut call.caller.media;
        media.from = T14.at([192, 168, 178, 20].into()).port(10_000);
        media.sends_from = Some(T14.port(10_008));
        media.answered_there = true;
    });
    excluded("RTP-013", behind_nat, spoiled(|call| call.caller.media.sends_from = Some(T14.port(10_008))));
}

#[test]
fn copies_of_the_mirror_port() {
    let twice = |capture: Capture| {
        let copies = capture
            .records
            .iter()
            .flat_map(|record| [record.clone(), Record { time: record.time + 12_000, ..record.clone() }]);
        let mut records: Vec<Record> = copies.collect();
        records.sort_by_key(|record| record.time);
        Capture { records, ..capture }
    };
    let site = twice(spoiled(|_| ()).capture());
    for code in ["RTP-003", "RTP-004", "SIG-009"] {
        assert!(!is_raised(&audit(site.clone()), code, pbxray::check::Severity::Info), "{code}");
    }
    excluded_in("RTP-003", site, spoiled(|call| call.caller.media.lose_every = 20).capture());
}

#[test]
fn loss_at_the_mirror_port() {
    // Where the receiver has all packets, it is worth a notice and no alarm.
    let lossy = |lost| {
        spoiled(|call| {
            call.caller.media.lose_every = 20;
            call.caller.media.lost = lost;
        })
    };
    let heavy = |net: Net| is_raised(&audit(net.capture()), "RTP-003", pbxray::check::Severity::Warning);
    assert!(heavy(lossy(Lost::Before)) && !heavy(lossy(Lost::AtMirror)));
}

/// The T14's voice in two parts of one source, the second beginning at this number, so long after the first's end.
fn parts(second: u16, pause: u64) -> Net {
    let mut net = site();
    agreed(&mut net, 7 * SECOND);
    back().speak(&mut net, STANDS, 1, 340);
    forth().speak(&mut net, STANDS, 1, 150);
    forth().speak(&mut net, STANDS + 3 * SECOND + pause, second, 150);
    net
}

#[test]
fn restart_of_the_numbers() {
    excluded("RTP-003", parts(40_000, 0), parts(170, 20 * 19 * MS));
}

#[test]
fn ports_used_again() {
    let mut again = spoiled(|_| ());
    again.call(&Call::new(AT + 6 * SECOND, 3 * SECOND, phone(), pbx()));
    excluded("RTP-003", again, spoiled(|call| call.caller.media.lose_every = 20));
}

#[test]
fn keys_are_no_jitter() {
    let keys = |payload_type: u8| {
        let mut net = spoiled(|call| call.rtcp = false);
        // Over 4 s a key is held again and again: the packets of one press keep its timestamp.
        let (from, to) = (phone().media.from, pbx().media.from);
        for nth in 0..200_u16 {
            let at = AT + 4 * SECOND + u64::from(nth) * 20 * MS;
            let press = nth / 40;
            let header = Header {
                payload_type,
                marker: nth % 40 == 0,
                sequence: 2_000 + nth,
                timestamp: 90_000 + u32::from(press) * 6_400,
                ssrc: 77,
            };
            let end = nth % 40 >= 37;
            let event = rtp::telephone_event(5, end, 160 * (nth % 40 + 1));
            net.udp(at, from, to, samplegen::net::Class::Voice, &rtp::rtp(&header, &event));
        }
        net
    };
    let agreed_event = audit(keys(101).capture());
    for code in ["RTP-003", "RTP-004", "RTP-006", "RTP-007"] {
        assert!(!is_raised(&agreed_event, code, pbxray::check::Severity::Info), "{code}");
    }
    excluded("RTP-004", keys(101), spoiled(|call| call.caller.media.jitter = 110 * MS));
}

#[test]
fn comfort_noise_is_no_jitter() {
    // It comes now and then, whenever the noise changes, with timestamps that tell nothing of a pace.
    let mut net = spoiled(|call| call.rtcp = false);
    for nth in 0..130_u16 {
        let header = Header {
            payload_type: COMFORT_NOISE,
            marker: false,
            sequence: 2_000 + nth,
            timestamp: 90_000 + u32::from(nth) * 8_000,
            ssrc: 77,
        };
        let at = AT + 4 * SECOND + u64::from(nth) * 170 * MS + u64::from(nth % 3) * 90 * MS;
        let (from, to) = (phone().media.from, pbx().media.from);
        net.udp(at, from, to, samplegen::net::Class::Voice, &rtp::rtp(&header, &[0x40]));
    }
    excluded("RTP-004", net, spoiled(|call| call.caller.media.jitter = 110 * MS));
}

#[test]
fn jumps_of_the_clock() {
    let shaky = spoiled(|call| call.caller.media.jitter = 110 * MS).capture();
    let mut jumping = shaky.clone();
    let middle = jumping.records.len() / 2;
    for record in jumping.records.iter_mut().skip(middle) {
        record.time -= 30 * SECOND;
    }
    excluded_in("RTP-004", jumping, shaky);
}

#[test]
fn the_clock_of_a_virtual_machine() {
    let shaky = spoiled(|call| call.caller.media.jitter = 110 * MS).capture();
    // It only moves on with the host's ticks.
    const TICK: u64 = 15_625_000;
    let mut ticking = spoiled(|_| ()).capture();
    for record in &mut ticking.records {
        record.time = record.time / TICK * TICK;
    }
    excluded_in("RTP-004", ticking, shaky.clone());
    // It stood still while the machine did, and was set.
    let mut set = spoiled(|call| call.lasts = 8 * SECOND).capture();
    let moment = samplegen::net::START + AT + 4 * SECOND;
    for record in set.records.iter_mut().filter(|record| record.time > moment) {
        record.time += 5 * SECOND;
    }
    excluded_in("RTP-004", set, shaky);
}

#[test]
fn the_clock_of_g722() {
    // 16 kHz are sampled and 8 kHz counted, RFC 3551 section 4.5.2.
    let wide = spoiled(|call| call.codec = Codec::G722);
    excluded("RTP-006", wide, spoiled(|call| call.codec = Codec::PcmaAt30));
}

#[test]
fn the_length_of_opus() {
    excluded(
        "RTP-006",
        spoiled(|call| call.codec = Codec::Opus),
        spoiled(|call| call.codec = Codec::PcmaAt30),
    );
}

#[test]
fn a_maximum_is_only_a_wish() {
    // 20 ms are wished for and up to 40 taken; packets of 30 ms keep to that.
    let limited = |most: Option<&str>| {
        let described = |line| match most {
            Some(most) => format!("{}{most}\r\n", sdp(line, "sendrecv")),
            None => sdp(line, "sendrecv"),
        };
        let mut net = site();
        super::described(&mut net, 4 * SECOND, &described(phone()), &described(pbx()));
        let media = samplegen::net::Media::between(phone().media.from, pbx().media.from, STANDS, 3 * SECOND);
        net.media(&samplegen::net::Media { codec: Codec::PcmaAt30, rtcp: false, ..media });
        net
    };
    excluded("RTP-006", limited(Some("a=maxptime:40")), limited(None));
    excluded("RTP-006", limited(Some("a=maxptime:40")), limited(Some("a=maxptime:20")));
}

#[test]
fn the_tag_of_srtp() {
    excluded(
        "RTP-006",
        spoiled(|call| call.codec = Codec::Srtp),
        spoiled(|call| call.codec = Codec::PcmaAt30),
    );
}

#[test]
fn comfort_noise_need_not_be_listed() {
    let types = |payload_type| {
        let mut net = site();
        agreed(&mut net, 7 * SECOND);
        back().speak(&mut net, STANDS, 1, 340);
        forth().speak(&mut net, STANDS, 1, 150);
        Voice { payload_type, ..forth() }.speak(&mut net, STANDS + 3 * SECOND, 151, 190);
        net
    };
    excluded("RTP-007", types(COMFORT_NOISE), types(9));
}

/// A call of the T14 at another line with the PBX's voice from this end.
fn from_port(end: End) -> Net {
    let mut net = site();
    let mut line = pbx();
    line.media.from = end;
    net.call(&Call { rtcp: false, ..Call::new(AT, 3 * SECOND, phone(), line) });
    net
}

#[test]
fn direct_media_between_telephones_keeps_to_their_ports() {
    // 10002 is no port of the PBX, and the T17's is none of its own.
    excluded("PORT-002", from_port(T17.port(10_002)), from_port(PBX.port(10_002)));
}

#[test]
fn a_port_that_nat_chose() {
    // Beyond the router the provider's media may come from any port.
    let mut net = site();
    let (mut provider, trunk) = (agfeo::provider_line(), agfeo::trunk_line(5064, 5206));
    provider.media.from = agfeo::PROVIDER_MEDIA.port(61_001);
    let call = Call::new(AT, 3 * SECOND, trunk, provider);
    net.call(&Call { domain: agfeo::PROVIDER_DOMAIN, rtcp: false, ..call });
    excluded("PORT-002", net, from_port(PBX.port(10_002)));
}

/// The PBX's voice comes from 40 ports above its range; the site file says what it says.
fn outside(site_file: &str) -> pbxray::check::Audit {
    let scenario = samplegen::scenario::Scenario::new("exclusion", "", from_port(PBX.port(5_700)).capture());
    let model = (PBX.ip, Some("es-pure-ip".to_owned()));
    let hints = crate::support::stages::stated(site_file.to_owned(), &[model]);
    crate::support::stages::audit_bytes(&scenario.file(), &hints)
}

#[test]
fn another_range_that_was_set() {
    let stated = outside("[[ports]]\nrow = \"A23\"\nown = \"5700-5759\"\nreason = \"verlegt\"\n");
    assert!(!is_raised(&stated, "PORT-002", pbxray::check::Severity::Info), "{:?}", stated.findings);
    assert!(is_raised(&outside(""), "PORT-002", pbxray::check::Severity::Warning));
}

#[test]
fn telephones_of_other_makers_have_ports_of_their_own() {
    // No document names their range.
    let other = samplegen::net::Host::lan("t46s", [192, 168, 10, 23], [0x24, 0x9a, 0xd8, 0x20, 0x00, 0x23]);
    let call_of = |line| {
        let mut net = site();
        net.call(&Call { rtcp: false, ..Call::new(AT, 3 * SECOND, line, pbx()) });
        net
    };
    let yealink = samplegen::net::Line::new("23", "Yealink SIP-T46S 66.85.0.5", other.port(5060), 11_780);
    let mut t14 = phone();
    t14.media.from = T14.port(11_780);
    excluded("PORT-002", call_of(yealink), call_of(t14));
}

#[test]
fn licences_are_unknown() {
    // Of the ES PURE IP X alone, as stated, is known how many calls it carries at most; what is licensed nobody sees.
    let busy = |calls: u16| {
        let mut net = site();
        for nth in 0..calls {
            let (own, far) = (PBX.port(5204 + 2 * nth), T17.port(10_002 + 2 * nth));
            let media = samplegen::net::Media::between(own, far, AT + u64::from(nth) * MS, 3 * SECOND);
            net.media(&samplegen::net::Media { rtcp: false, ..media });
        }
        net
    };
    excluded("PORT-007", busy(20), busy(28));
    let unknown =
        samplegen::scenario::Scenario::new("exclusion", "", busy(28).capture()).role(PBX, "agfeo.pbx");
    let audit = crate::support::stages::audit_of(&unknown);
    assert!(!is_raised(&audit, "PORT-007", pbxray::check::Severity::Info), "{:?}", audit.findings);
}

#[test]
fn the_end_of_a_key_is_sent_three_times() {
    let pressed = spoiled(|call| call.caller.media.key_at = Some(20));
    for code in ["RTP-003", "RTP-006", "RTP-007", "CAP-002"] {
        assert!(!is_raised(&audit(pressed.clone().capture()), code, pbxray::check::Severity::Info), "{code}");
    }
    excluded("RTP-004", pressed, spoiled(|call| call.caller.media.jitter = 110 * MS));
}

#[test]
fn rtcp_on_the_ports_of_the_voice() {
    let odd = |port| {
        let mut net = site();
        let mut line = phone();
        line.media.from = T14.port(port);
        net.call(&Call { rtcp: false, ..Call::new(AT, 3 * SECOND, line, pbx()) });
        net
    };
    excluded("PORT-008", odd(10_004), odd(10_005));
}

/// A call in which the T14's packets of 440 ms are held up and come at once, 4 s after the answer; with what `also` says.
fn stalled(also: impl FnOnce(&mut Net, &super::Talk)) -> Net {
    let mut net = site();
    let talk = agreed(&mut net, 8 * SECOND);
    back().speak(&mut net, STANDS, 1, 390);
    let (from, to) = (phone().media.from, pbx().media.from);
    for nth in 0..390_u16 {
        let due = STANDS + u64::from(nth) * 20 * MS;
        let held = (200..222).contains(&nth);
        let time = if held { STANDS + 4440 * MS + u64::from(nth) * 10_000 } else { due };
        let header = Header {
            payload_type: 8,
            marker: nth == 0,
            sequence: 1 + nth,
            timestamp: (due / 125_000) as u32,
            ssrc: 7,
        };
        net.udp(time, from, to, samplegen::net::Class::Voice, &rtp::rtp(&header, &[0xd5; 160]));
    }
    also(&mut net, &talk);
    net
}

/// The call is agreed anew at this time: the T14 wants to receive at another port.
fn renew(net: &mut Net, talk: &super::Talk, at: u64) {
    let (offer, reply) = (sdp(phone(), "sendrecv"), sdp(pbx(), "sendrecv"));
    let elsewhere = offer.replace("m=audio 10000", "m=audio 10002");
    assert_ne!(elsewhere, offer);
    talk.ask(net, at, ("INVITE", 2), &elsewhere, &reply);
}

/// What was agreed is offered again, as a session timer does.
fn repeat(net: &mut Net, talk: &super::Talk, at: u64) {
    talk.ask(net, at, ("INVITE", 2), &sdp(phone(), "sendrecv"), &sdp(pbx(), "sendrecv"));
}

#[test]
fn a_stall_behind_a_new_offer() {
    let renewed = stalled(|net, talk| renew(net, talk, STANDS + 3900 * MS));
    excluded("RTP-004", renewed, stalled(|_, _| ()));
    let stall = audit(stalled(|_, _| ()).capture());
    assert!(!is_raised(&stall, "RTP-004", pbxray::check::Severity::Notice), "one stall is information");
}

/// The T14's packets of 20 ms leave so many ms apart.
fn paced(apart: u64) -> Net {
    let mut net = site();
    agreed(&mut net, 12 * SECOND);
    back().speak(&mut net, STANDS, 1, 500);
    let (from, to) = (phone().media.from, pbx().media.from);
    for nth in 0..250_u16 {
        let header = Header {
            payload_type: 8,
            marker: nth == 0,
            sequence: 1 + nth,
            timestamp: 160 * u32::from(nth),
            ssrc: 7,
        };
        let time = STANDS + u64::from(nth) * apart * MS;
        net.udp(time, from, to, samplegen::net::Class::Voice, &rtp::rtp(&header, &[0xd5; 160]));
    }
    net
}

#[test]
fn the_clock_of_a_slow_sender() {
    let slow = audit(paced(44).capture());
    assert!(!is_raised(&slow, "RTP-004", pbxray::check::Severity::Notice), "{:?}", slow.findings);
    assert!(is_raised(&slow, "RTP-004", pbxray::check::Severity::Info), "it is told");
    let shaky = audit(spoiled(|call| call.caller.media.jitter = 110 * MS).capture());
    assert!(is_raised(&shaky, "RTP-004", pbxray::check::Severity::Warning));
}

/// The T14 sends 150 packets, and the next ones 3 s later with numbers as if 100 had been sent meanwhile.
fn left_out(also: impl FnOnce(&mut Net, &super::Talk)) -> Net {
    let mut net = site();
    let talk = agreed(&mut net, 10 * SECOND);
    back().speak(&mut net, STANDS, 1, 450);
    forth().speak(&mut net, STANDS, 1, 150);
    forth().speak(&mut net, STANDS + 5 * SECOND, 251, 200);
    also(&mut net, &talk);
    net
}

#[test]
fn numbers_left_out_between_two_offers() {
    let renewed = left_out(|net, talk| renew(net, talk, STANDS + 2900 * MS));
    excluded("RTP-003", renewed, left_out(|_, _| ()));
    let repeated = audit(left_out(|net, talk| repeat(net, talk, STANDS + 2900 * MS)).capture());
    assert!(
        is_raised(&repeated, "RTP-003", pbxray::check::Severity::Error),
        "a session timer pauses no voice"
    );
}

#[test]
fn a_thinned_capture() {
    let whole = spoiled(|call| call.caller.media.lose_every = 20).capture();
    let mut thinned = whole.clone();
    let mut nth = 0;
    thinned.records.retain(|record| {
        let is_voice = (200..230).contains(&record.data.len());
        nth += u32::from(is_voice);
        !is_voice || nth % 14 == 1
    });
    excluded_in("RTP-003", thinned.clone(), whole);
    assert!(is_raised(&audit(thinned), "CAP-001", pbxray::check::Severity::Warning));
}
