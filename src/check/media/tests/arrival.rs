//! How voice arrives: unevenly, with gaps, in other lengths than agreed.

use super::super::super::finding::{Back, Framed, Interrupted, Unevenness};
use super::*;
use crate::observe::media::wireshark::WiresharkReport;
use crate::observe::{Change, ChangeKind};

/// A spell of so many packets above the guide value that begins at `from` ms, and a pause of `ms` that ends there.
pub(super) fn spell(from: i64, above: u64) -> Spell {
    let from = Moment { frame: frame(7), time: at(from) };
    Spell { from, until: from.time.plus(400_000_000), above, peak: 40.0, peak_at: from, swing: 120.0 }
}

/// 1,000 packets, of which spells were above the guide value.
pub(super) fn shaky(max: f64, spells: Vec<Spell>) -> Stream {
    let mut shaky = lossy(0);
    let timing = &mut shaky.report.timing;
    timing.jitter = Some(Spread { min: 0.0, mean: max / 2.0, max, max_at: frame(7), count: 999 });
    timing.evenness = Evenness {
        measured: 999,
        above: spells.iter().map(|spell| spell.above).sum(),
        passed: 20_000.0,
        spoken: 20_000.0,
        spells,
        pauses: Vec::new(),
        rises: 0,
        rise: None,
        too_late: 0,
    };
    shaky.report.last.time = at(20_000);
    shaky
}

/// A pause of 455 ms behind which all came at once, or one of the sender.
fn pause(ms: i64, is_caught_up: bool) -> Pause {
    let at = Moment { frame: frame(8), time: at(ms) };
    Pause { at, length: 455.0, late: 435.0, left: if is_caught_up { 0.0 } else { 435.0 }, is_whole: true }
}

fn told(world: &World) -> Option<(Severity, Unevenness)> {
    let findings = check(&world.case(), &[]);
    findings.iter().find_map(|finding| match finding.detail {
        Detail::Rtp004 { how, .. } => Some((finding.severity, how)),
        _ => None,
    })
}

#[test]
fn jitter_counts_above_twenty_ms_and_with_a_clock_that_holds() {
    let world = |max| World::new("").streams(vec![shaky(max, vec![spell(1_000, 60)])]);
    assert!(codes(&world(20.0)).is_empty());
    assert_eq!(codes(&world(20.1)), ["RTP-004"]);
    for gap in [Unjudged::Clock, Unjudged::Incomplete] {
        assert!(check(&world(90.0).case(), &[gap]).is_empty(), "{gap:?}");
    }
}

#[test]
fn a_peak_is_information_and_jitter_that_lasts_or_returns_a_warning() {
    let severity = |spells: Vec<Spell>| {
        let world = World::new("").streams(vec![shaky(30.0, spells)]);
        told(&world).map(|(severity, _)| severity)
    };
    assert_eq!(severity(vec![spell(1_000, 5)]), Some(Severity::Info));
    assert_eq!(severity(vec![spell(1_000, 5), spell(9_000, 5)]), Some(Severity::Info));
    assert_eq!(severity(vec![spell(1_000, 50)]), Some(Severity::Warning), "5 %");
    let again = [1_000, 5_000, 9_000].map(|ms| spell(ms, 5)).to_vec();
    assert_eq!(severity(again), Some(Severity::Warning));
}

#[test]
fn what_every_buffer_holds_and_the_first_second_are_no_fault() {
    let severity = |spell: Spell| told(&World::new("").streams(vec![shaky(30.0, vec![spell])]));
    assert_eq!(severity(Spell { swing: 60.0, ..spell(1_000, 600) }), None, "two packets at a time");
    assert!(severity(Spell { swing: 80.0, ..spell(1_000, 600) }).is_some());
    assert_eq!(severity(spell(100, 20)), None, "it has only just begun");
}

#[test]
fn one_pause_is_told_by_its_length_and_at_the_packet_that_ended_it() {
    let world = |pause: Pause| {
        let mut stream = shaky(40.0, vec![spell(8_000, 60)]);
        stream.report.timing.evenness.pauses = vec![pause];
        World::new("").streams(vec![stream])
    };
    let once = world(pause(8_000, true));
    assert_eq!(told(&once), Some((Severity::Info, Unevenness::Once { length: 455.0 })));
    let evidence = check(&once.case(), &[]).remove(0).evidence;
    assert_eq!(
        (evidence.frames, evidence.first, evidence.last),
        (vec![frame(8)], Some(at(8_000)), Some(at(8_000)))
    );
    assert_eq!(evidence.until, Some(at(20_000)));
    let long = Pause { length: 1_300.0, late: 1_280.0, ..pause(8_000, true) };
    assert_eq!(told(&world(long)).map(|(severity, _)| severity), Some(Severity::Notice));
    assert_eq!(told(&world(pause(8_000, false))), None, "the sender paused");
}

#[test]
fn what_a_new_offer_explains_is_no_jitter() {
    let raised = |offer: i64, pauses: Vec<Pause>| {
        let mut stream = shaky(40.0, vec![spell(8_000, 60)]);
        stream.report.timing.evenness.pauses = pauses;
        stream.call = Some(0);
        let call = Call { renegotiated: vec![at(offer)], may_be_silent: true, ..call() };
        told(&world(call, vec![stream], flows(1000))).is_some()
    };
    assert!(!raised(7_500, vec![pause(8_000, true)]), "it began with the answer to the offer");
    assert!(!raised(7_900, vec![]) && raised(5_000, vec![]), "without a pause, by its beginning");
    assert!(raised(5_000, vec![pause(8_000, true)]), "long after it");
    let lasting = |above| {
        let mut stream = shaky(40.0, vec![spell(8_000, above)]);
        stream.call = Some(0);
        let call = Call { renegotiated: vec![at(7_900)], may_be_silent: true, ..call() };
        told(&world(call, vec![stream], flows(1000))).is_some()
    };
    assert!(!lasting(100) && lasting(101), "no offer explains what goes on");
    assert!(raised(8_600, vec![pause(8_000, true)]), "an offer that followed");
}

#[test]
fn what_is_excused_counts_in_neither_number() {
    let mut stream = shaky(40.0, vec![spell(8_000, 60), spell(20_000, 40)]);
    stream.call = Some(0);
    let measured = stream.report.timing.evenness.measured;
    let call = Call { renegotiated: vec![at(7_900)], may_be_silent: true, ..call() };
    let (_, how) = told(&world(call, vec![stream], flows(1000))).unwrap();
    assert_eq!(
        how,
        Unevenness::Often {
            above: 40,
            of: measured - 60,
            excused: 60,
            pauses: (0, 0.0),
            is_peak_excused: false,
            behind: None
        }
    );
}

#[test]
fn where_the_peak_stands_and_that_the_sender_stops_is_told() {
    let how = |peak: f64, spoken: f64, lost: u64| {
        let mut stream = shaky(60.0, vec![spell(8_000, 60), spell(20_000, 40)]);
        stream.call = Some(0);
        stream.report.counts.lost = lost;
        let even = &mut stream.report.timing.evenness;
        (even.spells[1].peak, even.spoken) = (peak, spoken);
        let call = Call { renegotiated: vec![at(7_900)], may_be_silent: true, ..call() };
        match told(&world(call, vec![stream], flows(1000))).unwrap().1 {
            Unevenness::Often { is_peak_excused, behind, .. } => (is_peak_excused, behind),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(how(60.0, 20_000.0, 0), (false, None));
    assert_eq!(how(40.0, 20_000.0, 0), (true, None), "at the offer");
    assert_eq!(how(60.0, 12_000.0, 0).1, Some((12_000.0, 20_000.0)));
    assert_eq!(how(60.0, 19_600.0, 0).1, None, "hardly");
    assert_eq!(how(60.0, 12_000.0, 5).1, None, "what is missing may be the voice");
}

#[test]
fn a_sender_whose_clock_is_off_is_told_and_not_the_network() {
    let world = |spoken: f64, source| {
        let mut slow = shaky(20.5, vec![spell(1_000, 300)]);
        let timing = &mut slow.report.timing;
        timing.evenness.passed = 31_000.0;
        timing.evenness.spoken = spoken;
        timing.clock = Some(Clock { rate: 8_000, source });
        World::new("").streams(vec![slow])
    };
    let slow = world(20_000.0, ClockSource::Assigned);
    let clock = Unevenness::Clock { spoken: 20_000.0, passed: 31_000.0 };
    assert_eq!(told(&slow), Some((Severity::Info, clock)));
    assert_eq!(check(&slow.case(), &[])[0].responsible, Party::Telephony);
    assert_eq!(told(&world(20_000.0, ClockSource::Estimated)), None, "a clock that was guessed");
    let true_one = told(&world(30_000.0, ClockSource::Assigned));
    assert!(matches!(true_one, Some((Severity::Warning, Unevenness::Often { .. }))), "{true_one:?}");
}

#[test]
fn jitter_that_is_passed_on_is_told_once_and_at_its_beginning() {
    let first = shaky(84.3, vec![spell(1_000, 60)]);
    let mut second = shaky(84.4, vec![spell(1_000, 60)]);
    second.source = socket("192.168.10.2:5206");
    second.destination = socket("192.168.10.22:10000");
    let both = |second: Stream| {
        let world = World::new("").streams(vec![second, first.clone()]);
        let found = check(&world.case(), &[]);
        found
            .iter()
            .map(|finding| match &finding.detail {
                Detail::Rtp004 { onward, .. } => (subjects(std::slice::from_ref(finding))[0], onward.clone()),
                other => panic!("{other:?}"),
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(both(second.clone()), [(ip(PHONE), vec![ip("192.168.10.22")])]);
    let mut worse = second.clone();
    worse.report.timing.jitter =
        Some(Spread { min: 0.0, mean: 60.0, max: 120.0, max_at: frame(7), count: 999 });
    assert_eq!(both(worse).len(), 2, "more was added");
    second.report.first.time = at(15_000);
    assert_eq!(both(second).len(), 2, "at another time");
}

#[test]
fn over_several_legs_the_first_is_told_and_of_a_ring_each() {
    let leg = |from: &str, to: &str| {
        let mut leg = shaky(84.3, vec![spell(1_000, 60)]);
        (leg.source, leg.destination) = (socket(&format!("{from}:5206")), socket(&format!("{to}:5206")));
        leg
    };
    let told = |legs: &[(&str, &str)]| {
        let world = World::new("").streams(legs.iter().map(|(from, to)| leg(from, to)).collect());
        let found = check(&world.case(), &[]);
        let jitter = found.iter().filter_map(|finding| match &finding.detail {
            Detail::Rtp004 { onward, .. } => {
                Some((subjects(std::slice::from_ref(finding))[0], onward.clone()))
            }
            _ => None,
        });
        jitter.collect::<Vec<_>>()
    };
    let [a, b, c, d] = ["192.168.10.11", "192.168.10.12", "192.168.10.13", "192.168.10.14"];
    assert_eq!(told(&[(a, b), (b, c), (c, d)]), [(ip(a), vec![ip(c), ip(d)])]);
    let ring: Vec<IpAddr> = told(&[(a, b), (b, c), (c, a)]).into_iter().map(|(sender, _)| sender).collect();
    assert_eq!(ring, [ip(a), ip(b), ip(c)]);
}

#[test]
fn loss_that_is_passed_on_is_told_once() {
    let leg = |from: &str, to: &str, delay: i64, ssrc: u32| {
        let mut leg = interrupted(&[(3_000 + delay, 30), (9_000 + delay, 44)], 40);
        (leg.source, leg.destination) = (socket(&format!("{from}:5206")), socket(&format!("{to}:5206")));
        leg.report.ssrc = ssrc;
        leg
    };
    let told = |legs: Vec<Stream>| {
        let found = check(&World::new("").streams(legs).case(), &[]);
        let lost = found.iter().filter_map(|finding| match &finding.detail {
            Detail::Rtp003 { onward, .. } => {
                Some((subjects(std::slice::from_ref(finding))[0], onward.clone()))
            }
            _ => None,
        });
        lost.collect::<Vec<_>>()
    };
    let [a, b, c, d] = ["192.168.10.11", "192.168.10.12", "192.168.10.13", "192.168.10.14"];
    let two = |delay, ssrc| told(vec![leg(a, b, 0, 7), leg(b, c, delay, ssrc)]);
    assert_eq!(two(20, 7), [(ip(a), vec![ip(c)])]);
    let apart = [(ip(a), vec![]), (ip(b), vec![])];
    assert_eq!(two(20, 8), apart, "another voice");
    assert_eq!(two(300, 7), apart, "at another time");
    let chain = vec![leg(a, b, 0, 7), leg(b, c, 20, 7), leg(c, d, 40, 7)];
    assert_eq!(told(chain), [(ip(a), vec![ip(c), ip(d)])]);
    assert_eq!(told(vec![leg(a, b, 0, 7), leg(b, a, 20, 7)]).len(), 2, "an echo");
    let mut more = leg(b, c, 20, 7);
    more.report.counts.lost += 20;
    assert_eq!(told(vec![leg(a, b, 0, 7), more]), apart, "it loses more");
    let mut had = leg(a, b, 0, 7);
    had.report.last.time = at(20_000);
    had.report.receiver = Some(heard_by_receiver(0, 20_000));
    assert_eq!(told(vec![had, leg(b, c, 20, 7)]), apart, "whoever has all cannot pass gaps on");
}

/// 1,000 packets, of which these are missing at a stretch: when the gap began (ms), how many.
pub(super) fn interrupted(gaps: &[(i64, u16)], others: u64) -> Stream {
    let at_a_stretch: u64 = gaps.iter().map(|gap| u64::from(gap.1)).sum();
    let mut stream = lossy(at_a_stretch + others);
    let report = &mut stream.report;
    report.counts.bursts = gaps.len() as u64 + others;
    report.counts.longest_burst = gaps.iter().map(|gap| u64::from(gap.1)).max().unwrap_or(1);
    let gap = |&(ms, missing): &(i64, u16)| Gap {
        began: at(ms),
        at: Moment { frame: frame(ms as u64), time: at(ms + i64::from(missing) * 20) },
        missing,
    };
    report.outages = gaps.iter().map(gap).collect();
    report.gaps.clone_from(&report.outages);
    stream
}

#[test]
fn a_block_of_loss_is_an_interruption() {
    let how = |stream: Stream| {
        let world = World::new("").streams(vec![stream]);
        let finding = check(&world.case(), &[]).remove(0);
        match finding.detail {
            Detail::Rtp003 { interrupted, .. } => (interrupted, finding.evidence.frames),
            other => panic!("{other:?}"),
        }
    };
    let (told, frames) = how(interrupted(&[(3_000, 124), (9_000, 233)], 12));
    let (back, framed) = (Back::Untold, Framed::Untold);
    let apart = Interrupted { times: 0, longest: 0, is_all: false, back, framed };
    let often = Interrupted { times: 2, longest: 4_660_000_000, is_all: false, ..apart };
    assert_eq!((told, frames), (Some(often), vec![frame(3_000), frame(9_000)]));
    let once = Interrupted { times: 1, longest: 6_000_000_000, is_all: true, ..apart };
    assert_eq!(how(interrupted(&[(3_000, 300)], 0)).0, Some(once));
    let mut many = interrupted(&[(3_000, 300)], 0);
    many.report.outages_beyond = 4;
    assert_eq!(how(many).0.map(|told| told.times), Some(5), "more than are kept");
    assert_eq!(how(interrupted(&[(3_000, 30)], 40)).0, None, "most is lost here and there");
    assert_eq!(how(lossy(40)).0, None);
}

#[test]
fn an_interruption_between_two_offers_is_one_of_the_negotiation() {
    let told = |offers: &[i64], refused: Option<ChangeKind>| {
        let mut call = call();
        call.renegotiated = offers.iter().map(|offer| at(*offer)).collect();
        let change = |kind| Change { kind, status: 488, frame: frame(1) };
        call.refused_change = refused.map(change);
        let mut world =
            World::new("").streams(vec![Stream { call: Some(0), ..interrupted(&[(3_000, 300)], 0) }]);
        world.traffic.calls = vec![call];
        let finding = check(&world.case(), &[]).remove(0);
        match finding.detail {
            Detail::Rtp003 { interrupted: Some(told), .. } => (told.framed, finding.responsible),
            other => panic!("{other:?}"),
        }
    };
    let fax = Some(ChangeKind::Fax);
    assert_eq!(told(&[2_700, 8_980], fax), (Framed::Fax, Party::Telephony));
    assert_eq!(told(&[2_700, 8_980], None), (Framed::Offers, Party::Telephony));
    assert_eq!(told(&[2_700, 8_980], Some(ChangeKind::Other)).0, Framed::Offers);
    assert_eq!(told(&[2_700], fax), (Framed::Untold, Party::Network), "it went on by itself");
    assert_eq!(told(&[8_980], fax).0, Framed::Untold, "it began by itself");
}

#[test]
fn an_interruption_of_both_directions_may_be_one_of_the_capture() {
    let forth = || interrupted(&[(3_000, 100)], 0);
    let back = |gaps: &[(i64, u16)]| {
        let mut back = interrupted(gaps, 0);
        (back.source, back.destination) = (back.destination, back.source);
        back
    };
    let told = |streams: Vec<Stream>| {
        let from = forth().source.ip();
        let world = World::new("").streams(streams);
        let found = check(&world.case(), &[])
            .into_iter()
            .find(|one| one.subject.as_ref().is_some_and(|subject| subject.address == from));
        let found = found.unwrap();
        match found.detail {
            Detail::Rtp003 { interrupted: Some(told), .. } => (told.back, found.confidence),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(told(vec![forth()]), (Back::Untold, Confidence::Likely));
    assert_eq!(told(vec![forth(), back(&[(3_040, 99)])]), (Back::Missing, Confidence::Suspected));
    assert_eq!(told(vec![forth(), back(&[(9_000, 100)])]).0, Back::Untold, "at another time");
    assert_eq!(told(vec![forth(), back(&[(3_000, 30)])]).0, Back::Untold, "it came back before");
    let third = |max_delta: f64| {
        let mut third = voice(2_000);
        third.source = SocketAddr::new(ip("192.168.10.99"), 40_000);
        (third.report.first.time, third.report.last.time) = (at(0), at(20_000));
        third.report.wireshark = Some(WiresharkReport { max_delta, ..QUIET });
        third
    };
    let mut shorter = back(&[(3_000, 99)]);
    shorter.report.wireshark = third(1_980.0).report.wireshark;
    (shorter.report.first.time, shorter.report.last.time) = (at(0), at(20_000));
    assert_eq!(told(vec![forth(), shorter]).0, Back::Missing, "that is no other voice");
    let all = |max_delta: f64| vec![forth(), back(&[(3_000, 100)]), third(max_delta)];
    assert_eq!(told(all(40.0)), (Back::MissingAlone, Confidence::Likely), "other voice went on");
    assert_eq!(told(all(2_500.0)).0, Back::Missing, "it may have paused as well");
}

/// Figures of a stream of which nothing is looked at but its greatest gap.
const QUIET: WiresharkReport = WiresharkReport {
    packets: 1_000,
    expected: 1_000,
    lost: 0,
    lost_percent: 0.0,
    min_delta: 20.0,
    mean_delta: 20.0,
    max_delta: 20.0,
    min_jitter: 0.0,
    mean_jitter: 0.0,
    max_jitter: 0.0,
    problem: false,
};

#[test]
fn what_is_missing_between_two_offers_was_not_sent() {
    let told = |offer: i64, others: u64| {
        let mut stream = interrupted(&[(3_000, 300)], others);
        stream.call = Some(0);
        let call = Call { rerouted: vec![at(offer)], may_be_silent: true, ..call() };
        let found = check(&world(call, vec![stream], flows(1000)).case(), &[]);
        found.first().map(|finding| match finding.detail {
            Detail::Rtp003 { lost, expected, longest, .. } => (lost, expected, longest),
            _ => panic!("{finding:?}"),
        })
    };
    assert_eq!(told(2_500, 3), None, "a fax by T.38, or hold");
    assert_eq!(told(2_500, 30), Some((30, 700, 30)), "the rest counts");
    assert_eq!(told(9_000, 0), Some((300, 1_000, 300)), "a re-INVITE that repairs it");

    let mut short = interrupted(&[(3_000, 20), (9_000, 5)], 0);
    (short.call, short.report.outages) = (Some(0), Vec::new());
    let call = Call { rerouted: vec![at(2_500)], may_be_silent: true, ..call() };
    let found = check(&world(call, vec![short], flows(1000)).case(), &[]);
    let shown = vec![frame(3_000), frame(9_000)];
    assert_eq!(
        found[0].evidence.frames, shown,
        "what is counted is shown, a short gap behind an offer as well"
    );
}

#[test]
fn a_packet_time_is_wrong_only_where_it_was_agreed() {
    let told = |asked: (u32, Option<u32>), limits: (Option<u32>, Option<u32>), seen: f64| {
        let mut forth = voice(4_000);
        forth.report.ptime = Some(seen);
        forth.report.announced_ptime = Some(asked.0);
        forth.report.ptime_limits = limits;
        forth.report.announced_at = Some(Endpoint { address: ip(PBX), port: 5204 });
        forth.report.payloads = vec![PayloadReport {
            seen: Seen { value: 8, packets: 200, frames: [frame(1)].into_iter().collect(), last: frame(200) },
            since: at(0),
            name: None,
            role: PayloadRole::Media,
            rate: Some(8_000),
            length: None,
            step: Some((160, 1.0)),
        }];
        let mut back = stream("192.168.10.2:5204", "192.168.10.21:10000", &[(46, 1000)]);
        back.call = Some(0);
        back.report.announced_ptime = asked.1;
        back.report.announced_at = Some(Endpoint { address: ip(PHONE), port: 10_000 });
        let found = check(&world(call(), vec![forth, back], flows(1000)).case(), &[]);
        found.iter().any(|finding| finding.code().as_str() == "RTP-006")
    };
    assert!(told((20, Some(20)), (None, None), 30.0));
    assert!(!told((20, Some(20)), (None, None), 20.2));
    assert!(!told((20, None), (None, None), 30.0), "a wish of one side");
    assert!(!told((20, Some(20)), (Some(10), None), 10.0), "minptime admits it");
    assert!(told((20, None), (Some(10), None), 5.0), "and not that");
    assert!(told((20, None), (None, Some(40)), 60.0), "longer than maxptime");
    assert!(!told((20, Some(20)), (None, Some(40)), 40.0));
}

/// 1,000 packets, of which the receiver lacks so many by its reports.
fn reported(lost: i32) -> Stream {
    let mut stream = lossy(0);
    stream.call = Some(0);
    stream.report.segments = vec![SegmentReport {
        first: (frame(1), at(0)),
        highest: (frame(1000), at(20_000)),
        highest_sequence: 70_009,
        ticks: 999 * 160,
        expected: 1000,
        lost: 0,
        skipped: 0,
    }];
    let mut receiver = heard_by_receiver(lost, 20_000);
    receiver.latest.highest_sequence = 70_000;
    stream.report.receiver = Some(receiver);
    stream
}

#[test]
fn what_a_receiver_lacks_behind_a_jam_is_held_against_what_its_reports_cover() {
    let told = |jammed: bool, lost: i32| {
        let mut stream = reported(lost);
        if jammed {
            stream.report.timing.evenness.pauses = vec![pause(8_000, true)];
        }
        let found = check(&World::new("").streams(vec![stream]).case(), &[]);
        match found.first().map(|finding| (finding.severity, &finding.detail)) {
            Some((severity, Detail::Rtp014 { lost, expected, jam, .. })) => {
                (severity, *lost, *expected, *jam)
            }
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(told(false, 30), (Severity::Warning, 30, 991, None));
    assert_eq!(told(true, 30), (Severity::Notice, 30, 991, Some(455.0)));
    let more_than_fits = told(true, 541);
    assert_eq!(more_than_fits, (Severity::Warning, 541, 991, None), "455 ms hold up 23 packets");
}

#[test]
fn what_was_captured_once_where_others_were_twice_got_lost_between_the_two_places() {
    let told = |again: [u64; 7]| {
        let mut stream = reported(56);
        stream.report.counts.copied.again = again;
        stream.report.counts.copied.latest[0] = Some(4_711);
        let found = check(&World::new("").streams(vec![stream]).case(), &[]);
        match found.first().map(|finding| &finding.detail) {
            Some(Detail::Rtp014 { hop, .. }) => hop.map(|hop| (hop.packets, hop.times, hop.of, hop.example)),
            other => panic!("{other:?}"),
        }
    };
    let rest = 1_000 - 56;
    assert_eq!(told([rest, 0, 0, 0, 0, 0, 0]), Some((56, 1, 2, Some(4_711))));
    assert_eq!(told([0; 7]), None, "one place");
    assert_eq!(told([500, 0, 0, 0, 0, 0, 0]), None, "copies of the half say nothing of the way");
    assert_eq!(told([rest, rest, rest, 0, 0, 0, 0]), Some((56, 1, 4, Some(4_711))), "four places");
    assert_eq!(told([1_000, 999, rest, 0, 0, 0, 0]), Some((55, 3, 4, None)), "between the last two");
    assert_eq!(told([1_000, 1_000, 1_000, 0, 0, 0, 0]), None, "behind the last one");
}

#[test]
fn an_interruption_does_not_take_in_what_another_call_lost_here_and_there() {
    let cut = || interrupted(&[(3_000, 541)], 0);
    let mut random = lossy(24);
    random.destination = socket("192.168.10.22:10000");
    random.report.counts.bursts = 24;
    random.report.counts.longest_burst = 1;
    let at_frame = |number: u64, missing| Gap {
        began: at(0),
        at: Moment { frame: frame(number), time: at(number as i64) },
        missing,
    };
    random.report.gaps = vec![at_frame(11, 1), at_frame(25, 1)];
    let told = |streams: Vec<Stream>| {
        let found = check(&World::new("").streams(streams).case(), &[]);
        let lost = found.into_iter().filter_map(|finding| match finding.detail {
            Detail::Rtp003 { lost, interrupted, .. } => {
                Some((lost, interrupted.is_some(), finding.evidence.frames))
            }
            _ => None,
        });
        lost.collect::<Vec<_>>()
    };
    let both = [(541, true, vec![frame(3_000)]), (24, false, vec![frame(11), frame(25)])];
    assert_eq!(told(vec![cut(), random.clone()]), both);
    // The frames of an interruption are those behind it, not those of single packets before.
    let mut with_few = interrupted(&[(3_000, 541)], 3);
    with_few.report.gaps.insert(0, at_frame(11, 1));
    assert_eq!(told(vec![with_few]), [(544, true, vec![frame(3_000)])]);
}

#[test]
fn numbers_that_were_left_out_are_no_loss_that_a_receiver_confirms() {
    let told = |skipped: u64| {
        let mut stream = lossy(40);
        stream.report.last.time = at(20_000);
        stream.report.counts.skipped = skipped;
        stream.report.receiver = Some(heard_by_receiver(40, 20_000));
        match check(&World::new("").streams(vec![stream]).case(), &[]).remove(0).detail {
            Detail::Rtp003 { heard, .. } => heard,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!((told(0), told(10)), (Heard::Lost(40), Heard::Lost(30)));
    let behind = |skipped: u64| {
        let mut stream = lossy(0);
        stream.call = Some(0);
        stream.report.counts.skipped = skipped;
        stream.report.receiver = Some(heard_by_receiver(40, 20_000));
        codes(&World::new("").streams(vec![stream])).contains(&"RTP-014")
    };
    assert!(behind(0) && !behind(40));
}

#[test]
fn delay_that_rises_and_falls_is_told_where_jitter_is_small() {
    let with = |rises: u64, greatest: f64, jitter: f64, too_late: u64| {
        let mut ramps = shaky(jitter, Vec::new());
        let timing = &mut ramps.report.timing;
        timing.clock = Some(Clock { rate: 8_000, source: ClockSource::Assigned });
        timing.evenness.rises = rises;
        timing.evenness.too_late = too_late;
        timing.evenness.rise = (rises > 0).then(|| (greatest, Moment { frame: frame(9), time: at(9_000) }));
        let world = World::new("").streams(vec![ramps]);
        check(&world.case(), &[]).into_iter().find_map(|finding| match finding.detail {
            Detail::Rtp004 { how: Unevenness::Rises { times, .. }, .. } => Some((finding.severity, times)),
            _ => None,
        })
    };
    let told = |rises, greatest, jitter| with(rises, greatest, jitter, 0);
    assert_eq!(with(1, 802.0, 15.0, 400), Some((Severity::Warning, 1)), "a buffer loses half of the voice");
    assert_eq!(with(1, 280.0, 3.0, 49), Some((Severity::Info, 1)), "less than 5 %");
    assert_eq!(with(1, 150.0, 3.0, 400), None, "the buffer of most devices grows by so much");
    assert_eq!(told(5, 280.0, 3.0), Some((Severity::Warning, 5)));
    assert_eq!(told(5, 120.0, 25.0), Some((Severity::Warning, 5)), "what jitter there is has another reason");
    assert_eq!(told(1, 280.0, 3.0), Some((Severity::Info, 1)));
    assert_eq!(told(1, 150.0, 3.0), None, "now and then");
    assert_eq!(told(0, 0.0, 3.0), None);
}
