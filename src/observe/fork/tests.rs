use super::super::dialogs::Dialogs;
use super::super::fixture::{at, frame, socket};
use super::super::message::{sdp, sip};
use super::super::traffic::Protocol;
use super::*;

const CALLER: &str = "192.168.10.21:5060";
const PROXY: &str = "192.168.10.2:5060";
const FIRST: &str = "192.168.10.31:5060";
const SECOND: &str = "192.168.10.32:5060";

/// Messages of one call at these milliseconds: `To` has the tag of whoever is called, `From` that of the caller.
#[derive(Default)]
struct Scene {
    dialogs: Dialogs,
    frames: u64,
}

/// What a message says beside its start line.
#[derive(Clone, Copy, Default)]
struct Said<'a> {
    cseq: &'a str,
    branch: &'a str,
    tag: &'a str,
    /// Where audio is wanted, and attributes behind it.
    sdp: Option<(&'a str, &'a str)>,
    /// The callee asks: From is its side.
    by_callee: bool,
}

impl Scene {
    fn hear(&mut self, ms: i64, ends: [&str; 2], head: &str, said: Said<'_>) {
        self.frames += 1;
        let [from, to] = ends.map(socket);
        let tag = |tag: &str| if tag.is_empty() { String::new() } else { format!(";tag={tag}") };
        let (caller, callee) =
            (format!("<sip:21@a.example>{}", tag("a")), format!("<sip:10@a.example>{}", tag(said.tag)));
        let (asks, asked) = if said.by_callee { (callee, caller) } else { (caller, callee) };
        let text = format!(
            "{head}\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK{}\r\nFrom: {asks}\r\nTo: {asked}\r\nCall-ID: c1\r\n\
             CSeq: {}\r\n\r\n",
            said.branch, said.cseq
        );
        let description = said.sdp.map(|(end, more)| {
            let end = socket(end);
            let lines =
                format!("v=0\r\nc=IN IP4 {}\r\nm=audio {} RTP/AVP 8\r\n{more}\r\n", end.ip(), end.port());
            sdp::read(lines.as_bytes())
        });
        let heard = Heard {
            frame: frame(self.frames),
            time: at(ms),
            from,
            to,
            protocol: Protocol::Udp,
            dscp: 0,
            datagram: None,
            message: sip::read(text.as_bytes(), false).unwrap(),
        };
        self.dialogs.push(&heard, description.as_ref());
    }

    fn ask(&mut self, ms: i64, ends: [&str; 2], said: Said<'_>) {
        let method = said.cseq.split(' ').next_back().unwrap();
        self.hear(ms, ends, &format!("{method} sip:10@a.example SIP/2.0"), said);
    }

    fn answer(&mut self, ms: i64, ends: [&str; 2], status: u16, said: Said<'_>) {
        self.hear(ms, ends, &format!("SIP/2.0 {status} Whatever"), said);
    }

    fn call(self) -> Call {
        let mut calls = self.dialogs.finish().calls;
        assert_eq!(calls.len(), 1);
        calls.remove(0)
    }
}

/// The caller's INVITE to the proxy, and that of the proxy to so many telephones, which ring.
fn forked(phones: &[(&str, &str)]) -> Scene {
    let mut scene = Scene::default();
    let offer = Some(("192.168.10.21:10000", ""));
    scene.ask(0, [CALLER, PROXY], Said { cseq: "1 INVITE", branch: "a", sdp: offer, ..Said::default() });
    scene.answer(1, [PROXY, CALLER], 100, Said { cseq: "1 INVITE", branch: "a", ..Said::default() });
    for (phone, tag) in phones {
        let said = Said { cseq: "1 INVITE", branch: tag, ..Said::default() };
        scene.ask(10, [PROXY, phone], Said { sdp: offer, ..said });
        scene.answer(200, [phone, PROXY], 180, Said { tag, ..said });
        scene.answer(210, [PROXY, CALLER], 180, Said { tag, branch: "a", ..said });
    }
    scene
}

/// An answer of a telephone that the proxy passes on.
fn passed_on(scene: &mut Scene, ms: i64, phone: (&str, &str), status: u16, end: Option<&str>) {
    let said = Said { cseq: "1 INVITE", tag: phone.1, sdp: end.map(|end| (end, "")), ..Said::default() };
    scene.answer(ms, [phone.0, PROXY], status, Said { branch: phone.1, ..said });
    scene.answer(ms + 5, [PROXY, CALLER], status, Said { branch: "a", ..said });
}

const INVITE: Said<'_> = Said { cseq: "1 INVITE", branch: "", tag: "", sdp: None, by_callee: false };

#[test]
fn of_telephones_that_ring_together_the_one_that_answers_is_the_call() {
    let (one, two) = ((FIRST, "b1"), (SECOND, "b2"));
    let mut scene = forked(&[one, two]);
    passed_on(&mut scene, 400, two, 183, Some("192.168.10.32:4000"));
    passed_on(&mut scene, 500, one, 183, Some("192.168.10.31:4000"));
    passed_on(&mut scene, 3_000, two, 200, Some("192.168.10.32:4000"));
    scene.ask(3_010, [PROXY, FIRST], Said { cseq: "1 CANCEL", branch: "b1", ..INVITE });
    scene.answer(3_020, [FIRST, PROXY], 487, Said { branch: "b1", tag: "b1", ..INVITE });
    scene.ask(
        9_000,
        [SECOND, PROXY],
        Said { cseq: "7 BYE", branch: "z", tag: "b2", by_callee: true, sdp: None },
    );
    let call = scene.call();
    let since = |moment: Option<Moment>| moment.map(|(_, time)| time.since(at(0)) / 1_000_000);
    assert_eq!(
        (since(call.ringing), since(call.answered), since(call.end)),
        (Some(200), Some(3_000), Some(9_000))
    );
    assert_eq!((call.answer, call.status), (Answer::Answered, Some(200)));
    assert_eq!(call.hung_up, Some(CallSide::Callee));
    assert_eq!(call.caller_media, [socket("192.168.10.21:10000")]);
    assert_eq!(call.callee_media, [socket("192.168.10.32:4000")]);
    assert_eq!(call.other_media, [socket("192.168.10.31:4000")]);
    assert_eq!(call.also_rang().into_iter().collect::<Vec<_>>(), [socket(FIRST).ip()]);
    assert_eq!(call.reason.as_deref(), None, "that of the telephone that was told to stop");
    assert!(call.renegotiated.is_empty(), "the 200 on the second hop is no new offer");
    assert!(call.is_beside(socket("192.168.10.31:4000"), socket("192.168.10.21:10000")));
}

#[test]
fn a_proxy_that_passes_the_180_on_does_not_ring() {
    let mut scene = Scene::default();
    passed_on(&mut scene, 0, (FIRST, "b1"), 180, None);
    passed_on(&mut scene, 45_000, (FIRST, "b1"), 486, None);
    let call = scene.call();
    assert_eq!(call.beginning, super::super::call::Beginning::Unseen);
    assert!(call.also_rang().is_empty(), "one telephone alone: {:?}", call.also_rang());
}

#[test]
fn a_proxy_that_gives_one_telephone_up_ends_no_call() {
    let (one, two) = ((FIRST, "b1"), (SECOND, "b2"));
    let tries = |outcome: Option<u16>| {
        let mut scene = forked(&[one]);
        scene.ask(10_000, [PROXY, FIRST], Said { cseq: "1 CANCEL", branch: "b1", ..INVITE });
        scene.answer(10_010, [FIRST, PROXY], 487, Said { branch: "b1", tag: "b1", ..INVITE });
        scene.ask(10_020, [PROXY, SECOND], Said { branch: "b2", ..INVITE });
        scene.answer(10_100, [SECOND, PROXY], 180, Said { branch: "b2", tag: "b2", ..INVITE });
        if let Some(status) = outcome {
            passed_on(&mut scene, 12_000, two, status, None);
        }
        let call = scene.call();
        (call.answer, call.hung_up, call.end.map(|(_, time)| time.since(at(0)) / 1_000_000))
    };
    assert_eq!(tries(None), (Answer::Open, None, None), "still rings");
    assert_eq!(tries(Some(486)), (Answer::Rejected(486), None, Some(12_005)));
    assert_eq!(tries(Some(200)), (Answer::Answered, None, None));
}

#[test]
fn a_caller_that_forks_itself_waits_for_all() {
    // The capture begins behind the proxy: it sends the first INVITE there is.
    let tries = |steps: &[(&str, &str, u16)]| {
        let mut scene = Scene::default();
        for (phone, tag) in [(FIRST, "b1"), (SECOND, "b2")] {
            scene.ask(0, [PROXY, phone], Said { branch: tag, ..INVITE });
        }
        for (nth, (phone, tag, status)) in (1..).zip(steps) {
            match status {
                0 => scene.ask(nth * 1_000, [PROXY, phone], Said { cseq: "1 CANCEL", branch: tag, ..INVITE }),
                _ => scene.answer(nth * 1_000, [phone, PROXY], *status, Said { branch: tag, tag, ..INVITE }),
            }
        }
        let call = scene.call();
        (call.answer, call.end.map(|(_, time)| time.since(at(0)) / 1_000_000_000))
    };
    let (one, two) = ((FIRST, "b1"), (SECOND, "b2"));
    let step = |(phone, tag), status| (phone, tag, status);
    assert_eq!(tries(&[step(one, 486)]), (Answer::Open, None));
    assert_eq!(tries(&[step(one, 486), step(two, 0)]), (Answer::Cancelled, Some(2)));
    assert_eq!(tries(&[step(one, 503), step(two, 486)]), (Answer::Rejected(486), Some(2)));
    assert_eq!(tries(&[step(one, 603), step(two, 480)]), (Answer::Rejected(603), Some(2)), "6xx outweighs");
    assert_eq!(tries(&[step(one, 486), step(two, 200)]), (Answer::Answered, None));
}

#[test]
fn of_two_telephones_that_answer_the_caller_keeps_one() {
    for kept in ["b1", "b2"] {
        let mut scene = forked(&[(FIRST, "b1"), (SECOND, "b2")]);
        for (ms, phone, tag) in [(3_000, FIRST, "b1"), (3_050, SECOND, "b2")] {
            let end = format!("{}:4000", socket(phone).ip());
            passed_on(&mut scene, ms, (phone, tag), 200, Some(&end));
            scene.ask(ms + 10, [CALLER, phone], Said { cseq: "1 ACK", branch: "k", tag, ..INVITE });
        }
        let other = if kept == "b1" { "b2" } else { "b1" };
        scene.ask(3_100, [CALLER, SECOND], Said { cseq: "2 BYE", branch: "x", tag: other, ..INVITE });
        scene.ask(60_000, [CALLER, FIRST], Said { cseq: "2 BYE", branch: "y", tag: kept, ..INVITE });
        let call = scene.call();
        let since = |moment: Option<Moment>| moment.map(|(_, time)| time.since(at(0)) / 1_000_000);
        let (answered, host) = if kept == "b1" { (3_000, 31) } else { (3_050, 32) };
        assert_eq!((since(call.answered), since(call.end)), (Some(answered), Some(60_000)), "{kept}");
        assert_eq!(call.callee_media, [socket(&format!("192.168.10.{host}:4000"))], "{kept}");
        assert_eq!(call.hung_up, Some(CallSide::Caller));
    }
}

/// One hop, with an offer in INVITE unless there is none; then these requests of the caller or answers of the proxy.
fn one_hop(offer: Option<(&str, &str)>, steps: &[(i64, u16, Said<'_>)]) -> Call {
    let mut scene = Scene::default();
    scene.ask(0, [CALLER, PROXY], Said { branch: "a", sdp: offer, ..INVITE });
    for (ms, status, said) in steps {
        match status {
            0 => scene.ask(*ms, [CALLER, PROXY], *said),
            _ => scene.answer(*ms, [PROXY, CALLER], *status, *said),
        }
    }
    scene.call()
}

const OFFER: Option<(&str, &str)> = Some(("192.168.10.21:10000", ""));
const ANSWER: Option<(&str, &str)> = Some(("192.168.10.2:4000", ""));

#[test]
fn a_reliable_ringing_is_no_answer_and_prack_no_new_offer() {
    let tagged = Said { tag: "b", branch: "a", ..INVITE };
    let prack = Said { cseq: "2 PRACK", branch: "p", tag: "b", ..INVITE };
    // RFC 3262 section 5: the answer in 183, or an offer there with its answer in PRACK, or another round in PRACK and
    // its 200.
    let answer_early = [(100, 183, Said { sdp: ANSWER, ..tagged }), (110, 0, prack), (120, 200, prack)];
    let offer_early = [
        (100, 183, Said { sdp: ANSWER, ..tagged }),
        (110, 0, Said { sdp: OFFER, ..prack }),
        (120, 200, prack),
    ];
    let second_round = [
        (100, 183, Said { sdp: ANSWER, ..tagged }),
        (110, 0, Said { sdp: OFFER, ..prack }),
        (120, 200, Said { sdp: ANSWER, ..prack }),
    ];
    for (offer, early) in [(OFFER, answer_early), (None, offer_early), (OFFER, second_round)] {
        let mut steps = early.to_vec();
        let before = one_hop(offer, &steps);
        assert_eq!((before.answer, before.answered, before.status), (Answer::Open, None, None));
        steps.extend([(2_000, 200, tagged), (2_010, 0, Said { cseq: "1 ACK", ..tagged })]);
        steps.extend([(9_000, 0, Said { cseq: "3 BYE", ..tagged })]);
        let call = one_hop(offer, &steps);
        let since = |moment: Option<Moment>| moment.map(|(_, time)| time.since(at(0)) / 1_000_000);
        assert_eq!(
            (since(call.early_media), since(call.answered), since(call.end)),
            (Some(100), Some(2_000), Some(9_000))
        );
        assert_eq!(call.caller_media, [socket("192.168.10.21:10000")]);
        assert_eq!(call.callee_media, [socket("192.168.10.2:4000")]);
        assert!(!call.may_be_silent && call.renegotiated.is_empty());
    }
}

#[test]
fn an_update_before_the_answer_settles_what_was_inactive() {
    // Preconditions, RFC 3312 section 13: nothing flows until the network is ready.
    let tagged = Said { tag: "b", branch: "a", ..INVITE };
    let update = Said { cseq: "3 UPDATE", branch: "u", tag: "b", ..INVITE };
    let inactive = |end: Option<(&'static str, &str)>| end.map(|(end, _)| (end, "a=inactive"));
    let mut steps = vec![
        (100, 183, Said { sdp: inactive(ANSWER), ..tagged }),
        (200, 0, Said { sdp: OFFER, ..update }),
        (210, 200, Said { sdp: ANSWER, ..update }),
        (2_000, 200, tagged),
    ];
    let call = one_hop(inactive(OFFER), &steps);
    assert!(!call.may_be_silent && call.renegotiated.is_empty());
    // The same behind the answer is hold.
    steps.push((5_000, 0, Said { cseq: "4 UPDATE", sdp: inactive(OFFER), ..update }));
    let call = one_hop(inactive(OFFER), &steps);
    assert!(call.may_be_silent);
    assert_eq!(call.renegotiated, [at(5_000)]);
}

#[test]
fn an_offer_of_what_was_agreed_is_no_new_one() {
    let tagged = Said { tag: "b", branch: "a", ..INVITE };
    let again = |cseq, sdp| Said { cseq, sdp, ..tagged };
    let with = |end: Option<(&'static str, &str)>, line| end.map(|(end, _)| (end, line));
    let asked = |later: &[(i64, u16, Said<'_>)]| {
        let answered = [(2_000, 200, Said { sdp: ANSWER, ..tagged })];
        let call = one_hop(OFFER, &[&answered, later].concat());
        (call.renegotiated, call.rerouted)
    };
    // RFC 4028: the timer of the session, by re-INVITE or UPDATE.
    let timer = [
        (5_000, 0, again("2 INVITE", OFFER)),
        (5_010, 200, again("2 INVITE", ANSWER)),
        (5_500, 0, again("3 UPDATE", OFFER)),
    ];
    assert_eq!(asked(&timer), (vec![], vec![]));
    let again_at = |later: &[(i64, u16, Said<'_>)]| {
        let answered = [(2_000, 200, Said { sdp: ANSWER, ..tagged })];
        one_hop(OFFER, &[&answered, later].concat()).offered_again
    };
    assert_eq!(again_at(&timer), [at(5_000), at(5_010), at(5_500)]);
    // Another codec or packet time is no reason to stop.
    let coding = with(OFFER, "a=ptime:30");
    let changed = [(5_000, 0, again("2 INVITE", coding)), (5_010, 200, again("2 INVITE", ANSWER))];
    assert_eq!(asked(&changed), (vec![at(5_000), at(5_010)], vec![]));
    let elsewhere = Some(("192.168.10.21:10002", ""));
    for other in [
        with(OFFER, "a=sendonly"),
        elsewhere,
        Some(("192.168.10.23:10000", "")),
        with(OFFER, "m=image 6 udptl t38"),
    ] {
        let held = [(5_000, 0, again("2 INVITE", other)), (5_010, 200, again("2 INVITE", ANSWER))];
        assert_eq!(asked(&held), (vec![at(5_000), at(5_010)], vec![at(5_000), at(5_010)]), "{other:?}");
        let resumed = [&held[..], &[(9_000, 0, again("3 INVITE", OFFER))]].concat();
        assert_eq!(asked(&resumed).1, [at(5_000), at(5_010), at(9_000)], "{other:?}");
        // Refused, it changed nothing that a later one could put back.
        let refused = [
            (5_000, 0, again("2 INVITE", other)),
            (5_010, 488, again("2 INVITE", None)),
            (9_000, 0, again("3 INVITE", OFFER)),
        ];
        assert_eq!(asked(&refused).1, [at(5_000)], "{other:?}");
    }
}

#[test]
fn an_offer_in_the_200_is_answered_in_the_ack() {
    let tagged = Said { tag: "b", branch: "a", ..INVITE };
    let steps = [
        (100, 180, tagged),
        (2_000, 200, Said { sdp: ANSWER, ..tagged }),
        (2_500, 200, Said { sdp: ANSWER, ..tagged }),
        (2_600, 0, Said { cseq: "1 ACK", sdp: OFFER, ..tagged }),
    ];
    let call = one_hop(None, &steps);
    assert_eq!(
        (call.caller_media, call.callee_media),
        (vec![socket("192.168.10.21:10000")], vec![socket("192.168.10.2:4000")])
    );
    assert!(call.renegotiated.is_empty() && !call.may_be_silent);
}

#[test]
fn early_media_from_elsewhere_is_named_before_the_answer() {
    let tagged = Said { tag: "b", branch: "a", ..INVITE };
    let early = Some(("192.168.10.3:6000", ""));
    let steps = [(100, 183, Said { sdp: early, ..tagged }), (2_000, 200, Said { sdp: ANSWER, ..tagged })];
    let call = one_hop(OFFER, &steps);
    assert_eq!(call.callee_media, [socket("192.168.10.3:6000"), socket("192.168.10.2:4000")]);
    assert!(call.other_media.is_empty());
}

#[test]
fn a_flood_of_branches_fills_no_memory() {
    let mut scene = Scene::default();
    for nth in 0..1_000 {
        let tag = format!("t{nth}");
        scene.ask(nth, [CALLER, PROXY], Said { branch: &tag, ..INVITE });
        let end = format!("192.168.10.2:{}", 1_000 + nth);
        let said = Said { branch: &tag, tag: &tag, sdp: Some((&end, "")), ..INVITE };
        scene.answer(nth, [PROXY, CALLER], 183, said);
    }
    let call = scene.call();
    assert_eq!(call.answer, Answer::Open);
    assert!(call.callee_media.len() <= MEDIA_KEPT && call.other_media.len() <= MEDIA_KEPT);
}

#[test]
fn the_one_who_answers_has_room_however_many_rang() {
    let mut branches = Branches::default();
    let rings: Vec<String> = (0..BRANCHES_KEPT + 4).map(|nth| format!("b{nth}")).collect();
    let described = |last: u8| {
        sdp::read(format!("v=0\r\nc=IN IP4 192.0.2.{last}\r\nm=audio 4000 RTP/AVP 8\r\n").as_bytes())
    };
    for (nth, tag) in (1..).zip(&rings) {
        branches.describe(Some(tag), CallSide::Callee, &described(nth), None);
    }
    let answered = (frame(30), at(3_000));
    assert!(branches.confirm(rings.last().map(String::as_str), answered, true));
    assert!(!branches.confirm(rings.last().map(String::as_str), answered, true), "the same again");
    branches.describe(rings.last().map(String::as_str), CallSide::Callee, &described(99), None);
    let mut call = super::super::fixture::call("192.168.10.21:5060", "192.168.10.2:5060");
    branches.settle(&mut call);
    assert_eq!((call.answered, call.callee_media), (Some(answered), vec![socket("192.0.2.99:4000")]));
    assert_eq!(branches.known.len(), BRANCHES_KEPT);
}

#[test]
fn a_refused_offer_changes_nothing() {
    let tagged = Said { tag: "b", branch: "a", ..INVITE };
    let begun = [(100, 180, tagged), (2_000, 200, Said { sdp: ANSWER, ..tagged })];
    let hold = Some(("192.168.10.21:10008", "a=inactive"));
    let again = Said { cseq: "2 INVITE", branch: "r", tag: "b", ..INVITE };
    let with = |status: u16, sdp| {
        let mut steps = begun.to_vec();
        steps.extend([(8_000, 0, Said { sdp: hold, ..again }), (8_010, status, Said { sdp, ..again })]);
        one_hop(OFFER, &steps)
    };
    let refused = with(488, Some(("192.168.10.2:4444", "a=inactive")));
    assert_eq!((refused.caller_media, refused.may_be_silent), (vec![socket("192.168.10.21:10000")], false));
    assert_eq!(refused.callee_media, [socket("192.168.10.2:4000")], "what a refusal describes");
    let agreed = with(200, ANSWER);
    assert!(agreed.may_be_silent && agreed.caller_media.contains(&socket("192.168.10.21:10008")));
    // Both ask at once, RFC 3261 section 14.1, and neither gets it.
    let mut crossed = begun.to_vec();
    let of_callee = Said { by_callee: true, cseq: "7 INVITE", ..again };
    crossed.push((8_000, 0, Said { sdp: hold, ..again }));
    let mut scene = Scene::default();
    scene.ask(0, [CALLER, PROXY], Said { branch: "a", sdp: OFFER, ..INVITE });
    for (ms, status, said) in crossed {
        match status {
            0 => scene.ask(ms, [CALLER, PROXY], said),
            _ => scene.answer(ms, [PROXY, CALLER], status, said),
        }
    }
    scene.ask(8_001, [PROXY, CALLER], Said { sdp: hold, ..of_callee });
    scene.answer(8_010, [PROXY, CALLER], 491, again);
    scene.answer(8_011, [CALLER, PROXY], 491, of_callee);
    let call = scene.call();
    assert!(!call.may_be_silent);
    assert_eq!(call.callee_media, [socket("192.168.10.2:4000")]);
}

#[test]
fn where_a_proxy_tells_the_caller_something_else_both_are_known() {
    let told = |at_caller: u16, behind: &[u16]| {
        let phones = [(FIRST, "b1"), (SECOND, "b2")];
        let mut scene = forked(&phones[..behind.len()]);
        for ((phone, tag), status) in phones.into_iter().zip(behind) {
            scene.answer(7_000, [phone, PROXY], *status, Said { branch: tag, tag, ..INVITE });
        }
        scene.answer(7_010, [PROXY, CALLER], at_caller, Said { branch: "a", tag: "b1", ..INVITE });
        let call = scene.call();
        (call.answer, call.status_behind)
    };
    assert_eq!(told(486, &[603]), (Answer::Rejected(486), Some(603)));
    assert_eq!(told(486, &[486]), (Answer::Rejected(486), None));
    assert_eq!(told(480, &[603, 603]), (Answer::Rejected(480), Some(603)));
    assert_eq!(told(603, &[486, 603]), (Answer::Rejected(603), None), "several telephones, one of them busy");
}

#[test]
fn ice_takes_both_sides() {
    let candidate = "a=candidate:1 1 UDP 659136 192.168.10.21 10000 typ host";
    let may_be_silent = |offer: &'static str, answer: &'static str| {
        let mut scene = Scene::default();
        let said = |tag, sdp| Said { cseq: "1 INVITE", branch: "a", tag, sdp, by_callee: false };
        scene.ask(0, [CALLER, PROXY], said("", Some(("192.168.10.21:10000", offer))));
        scene.answer(900, [PROXY, CALLER], 200, said("b", Some(("192.168.10.2:5204", answer))));
        scene.call().may_be_silent
    };
    assert!(!may_be_silent(candidate, ""), "the answer knows nothing of it");
    assert!(may_be_silent(candidate, candidate));
    assert!(may_be_silent(candidate, "a=ice-ufrag:9uB6"), "candidates follow");
    assert!(may_be_silent("a=sendonly", ""));
}

#[test]
fn voice_of_one_side_alone_may_be_agreed() {
    let speaks_alone = |offer: &'static str, answer: &'static str| {
        let mut scene = Scene::default();
        let said = |tag, sdp| Said { cseq: "1 INVITE", branch: "a", tag, sdp, by_callee: false };
        scene.ask(0, [CALLER, PROXY], said("", Some(("192.168.10.21:10000", offer))));
        scene.answer(900, [PROXY, CALLER], 200, said("b", Some(("192.168.10.2:5204", answer))));
        scene.call().speaks_alone
    };
    assert_eq!(speaks_alone("a=recvonly", "a=sendonly"), Some(CallSide::Callee));
    assert_eq!(speaks_alone("a=sendonly", "a=recvonly"), Some(CallSide::Caller));
    assert_eq!(speaks_alone("a=sendrecv", "a=sendonly"), None, "that is hold");
    assert_eq!(speaks_alone("a=recvonly", ""), None, "a contradiction");
}

#[test]
fn a_call_is_held_where_an_offer_to_send_at_most_is_agreed_to() {
    let held_from = |first: &'static str, offers: &[(i64, &'static str, u16)]| {
        let mut scene = Scene::default();
        let said = |cseq, sdp| Said { cseq, branch: cseq, tag: "b", sdp, by_callee: false };
        let plain = Some(("192.168.10.21:10000", first));
        scene.ask(0, [CALLER, PROXY], Said { tag: "", ..said("1 INVITE", plain) });
        scene.answer(900, [PROXY, CALLER], 200, said("1 INVITE", Some(("192.168.10.2:5204", ""))));
        for ((ms, attribute, status), cseq) in offers.iter().zip(["2 INVITE", "3 INVITE", "4 INVITE"]) {
            let end = if attribute.is_empty() { "192.168.10.21:10000" } else { "192.168.10.21:10002" };
            let (end, attribute) =
                if *attribute == "0.0.0.0" { ("0.0.0.0:10000", "") } else { (end, *attribute) };
            // A proxy sends it on.
            scene.ask(*ms, [CALLER, PROXY], said(cseq, Some((end, attribute))));
            scene.ask(*ms + 5, [PROXY, FIRST], said(cseq, Some((end, attribute))));
            scene.answer(*ms + 10, [FIRST, PROXY], *status, said(cseq, None));
            scene.answer(*ms + 15, [PROXY, CALLER], *status, said(cseq, None));
        }
        let held = scene.call().held;
        held.map(|held| (held.side, held.from, held.until, held.times))
    };
    let held = |offers: &[(i64, &'static str, u16)]| held_from("", offers);
    let caller = CallSide::Caller;
    assert_eq!(held_from("a=sendonly", &[]), Some((caller, at(0), None, 1)), "from the beginning");
    assert_eq!(held(&[(5_000, "a=sendonly", 200)]), Some((caller, at(5_000), None, 1)));
    assert_eq!(
        held(&[(5_000, "a=inactive", 200), (9_000, "", 200)]),
        Some((caller, at(5_000), Some(at(9_000)), 1))
    );
    assert_eq!(
        held(&[(5_000, "0.0.0.0", 200), (9_000, "", 200), (12_000, "a=sendonly", 200)]),
        Some((caller, at(5_000), Some(at(9_000)), 2))
    );
    assert_eq!(held(&[(5_000, "a=sendonly", 491), (9_000, "", 200)]), None, "refused");
    assert_eq!(held(&[(5_000, "", 200)]), None, "a session timer");
    assert_eq!(held(&[(5_000, "a=recvonly", 200)]), None, "its sender goes on listening");
}

#[test]
fn an_answer_to_a_try_whose_invite_is_missing_is_that_of_the_call() {
    let first = |status: Option<u16>| {
        let mut scene = Scene::default();
        scene.ask(0, [CALLER, PROXY], Said { branch: "a", ..INVITE });
        if let Some(status) = status {
            scene.answer(20, [PROXY, CALLER], status, Said { branch: "a", tag: "x", ..INVITE });
        }
        scene
    };
    let second = Said { cseq: "2 INVITE", branch: "b", tag: "y", ..INVITE };
    let mut challenged = first(Some(407));
    challenged.answer(900, [PROXY, CALLER], 403, second);
    assert_eq!(challenged.call().answer, Answer::Rejected(403));
    // The challenge could not be read, but what has no tag answers an INVITE that begins a dialog.
    let mut trying = first(None);
    trying.answer(900, [PROXY, CALLER], 100, Said { tag: "", ..second });
    trying.answer(920, [PROXY, CALLER], 403, second);
    assert_eq!(trying.call().answer, Answer::Rejected(403));
    // The call may have been answered, and this be about a change of it.
    let mut unknown = first(None);
    unknown.answer(900, [PROXY, CALLER], 403, second);
    assert_eq!(unknown.call().answer, Answer::Open);
    let mut later = first(Some(407));
    later.answer(900, [PROXY, CALLER], 403, Said { cseq: "3 INVITE", ..second });
    assert_eq!(later.call().answer, Answer::Open, "another one may have been answered between them");
}

#[test]
fn a_call_begins_with_the_invite_that_was_sent_first_and_not_with_the_one_captured_first() {
    let mut scene = Scene::default();
    let onward = Said { branch: "b", ..INVITE };
    scene.ask(13, [PROXY, FIRST], onward);
    scene.ask(12, [CALLER, PROXY], Said { branch: "a", ..INVITE });
    let call = scene.call();
    assert_eq!((call.caller, call.callee, call.start), (socket(CALLER), socket(PROXY), (frame(2), at(12))));
    let mut onward_later = Scene::default();
    onward_later.ask(12, [PROXY, FIRST], onward);
    onward_later.ask(13, [CALLER, PROXY], Said { branch: "a", ..INVITE });
    assert_eq!(onward_later.call().caller, socket(PROXY), "nothing shows that it was first");
}
