use super::super::finding::{Evidence, Heard, Mute, Passage, Severity, Unevenness, VoiceSender};
use super::super::fixture::{PBX, PHONE, World, finding, one_way};
use super::super::rejection::Rejection;
use super::*;
use crate::observe::Protocol;
use crate::observe::fixture::{self, at, frame, ip, sent, socket, spoken, stream, udp};
use crate::observe::media::marking::Remarked;
use crate::observe::{Answer, Call, Refused, Registration, Stream, Unanswered};

mod service;
mod signalling;
mod voice;

const EF: u8 = 46;
/// A half second with the mark, without it, with a loss, and with jitter.
const GOOD: (u8, u32, f32) = (EF, 0, 1.0);
const BARE: (u8, u32, f32) = (0, 0, 1.0);
const LOSSY: (u8, u32, f32) = (EF, 1, 1.0);
const SHAKY: (u8, u32, f32) = (EF, 0, 30.0);

/// Voice of the telephone to the telephone system from `start` ms on.
fn voice(start: i64, halves: &[(u8, u32, f32)]) -> Stream {
    to(PBX, start, halves)
}

fn to(peer: &str, start: i64, halves: &[(u8, u32, f32)]) -> Stream {
    spoken(stream(&format!("{PHONE}:10000"), &format!("{peer}:5204"), &[]), start, halves)
}

/// Whether a finding about the telephone whose evidence ends at `last` ms is over.
fn is_over(detail: Detail, last: i64, world: &World) -> bool {
    let found = finding(detail, Severity::Error, Some(PHONE));
    let evidence = Evidence { last: Some(at(last)), ..Evidence::default() };
    mended(&world.case(), &[Finding { evidence, count: 2, ..found }]) == [0]
}

fn unmarked() -> Detail {
    Detail::Qos001 {
        unmarked: 250,
        packets: 250,
        dscp: vec![(0, 250)],
        expected: EF,
        sender: VoiceSender::Promised,
    }
}

fn lossy(lost: u64, expected: u64) -> Detail {
    let peers = vec![ip(PBX)];
    Detail::Rtp003 {
        lost,
        expected,
        bursts: 1,
        longest: 1,
        peers,
        heard: Heard::Unknown,
        near: false,
        interrupted: None,
        public: false,
        own: false,
        export: false,
        onward: Vec::new(),
        everywhere: 0,
    }
}

#[test]
fn marks_are_right_again_when_the_latest_packets_have_them() {
    let over = |streams: Vec<Stream>| is_over(unmarked(), 5_000, &World::new("").streams(streams));
    let bare = || voice(0, &[BARE; 10]);
    assert!(!over(vec![bare()]), "it only stopped");
    assert!(!over(vec![bare(), voice(9_000, &[GOOD; 3])]), "75 packets are too few");
    assert!(over(vec![bare(), voice(9_000, &[GOOD; 4])]));
    assert!(!over(vec![bare(), voice(9_000, &[GOOD; 8]), voice(20_000, &[BARE; 1])]), "and lost again");
    let mended_in_the_call = [[BARE; 4], [GOOD; 4]].concat();
    assert!(over(vec![voice(0, &mended_in_the_call)]));
    assert!(!over(vec![voice(0, &mended_in_the_call[..7])]));
    assert!(!over(vec![voice(0, &[BARE; 20]), to("192.168.10.3", 2_000, &[GOOD; 10])]), "one of two calls");
}

#[test]
fn a_change_of_the_mark_is_over_with_a_later_call_of_one_mark() {
    let over = |streams: Vec<Stream>| {
        let peer = socket(&format!("{PBX}:5204"));
        let detail = Detail::Qos009 { peer, before: EF, after: 0, changed_at: (frame(9), Timestamp(0)) };
        is_over(detail, 5_000, &World::new("").streams(streams))
    };
    let marked = |start, dscp: &[(u8, u64)]| {
        let mut stream = voice(start, &[GOOD; 8]);
        stream.report.marking.dscp =
            crate::observe::fixture::stream("192.168.10.21:1", "192.168.10.2:1", dscp).report.marking.dscp;
        stream
    };
    let changed = || marked(0, &[(0, 100), (EF, 100)]);
    assert!(!over(vec![changed()]) && !over(vec![changed(), marked(9_000, &[(0, 90), (EF, 110)])]));
    assert!(over(vec![changed(), marked(9_000, &[(EF, 200)])]));
}

#[test]
fn voice_is_in_its_vlan_again_with_a_later_call_there_alone() {
    let over = |streams: Vec<Stream>| {
        let detail = Detail::Net004 { vlans: vec![(30, 250)], expected: vec![20, 21] };
        is_over(detail, 5_000, &World::new("").streams(streams))
    };
    let tagged = |start, vlans: &[(u16, u64)]| {
        let mut stream = voice(start, &[GOOD; 8]);
        let seen = |(value, packets): (u16, u64)| {
            let (frames, last) = ([frame(1)].into_iter().collect(), frame(9));
            crate::observe::media::tally::Seen { value, packets, frames, last }
        };
        stream.report.marking.vlans = vlans.iter().copied().map(seen).collect();
        stream
    };
    let astray = || tagged(0, &[(30, 200)]);
    assert!(over(vec![astray(), tagged(9_000, &[(21, 200)])]));
    assert!(!over(vec![astray()]), "it only stopped");
    assert!(!over(vec![astray(), tagged(9_000, &[(20, 100), (30, 100)])]));
    assert!(!over(vec![astray(), tagged(9_000, &[])]), "without a tag nobody knows");
}

#[test]
fn an_address_and_a_lease_are_settled_by_later_questions_that_one_alone_answers() {
    let macs = [fixture::mac(1), fixture::mac(2)];
    let contest = |settled| {
        let mut world = World::new("");
        let (askers, frames) = ([ip(PBX)].into(), [frame(1)].into_iter().collect());
        let span = (at(0), at(5_000));
        let address = ip(PHONE);
        world.traffic.contests =
            vec![crate::observe::Contest { address, macs, questions: 3, settled, askers, span, frames }];
        is_over(Detail::Net005 { macs, askers: vec![ip(PBX)] }, 5_000, &world)
    };
    assert!(contest(3) && !contest(2));
    let offer = |server: &str| crate::observe::DhcpOffer {
        server: ip(server),
        address: std::net::Ipv4Addr::new(192, 168, 10, 100),
        mask: None,
        gateway: None,
        name_servers: std::collections::BTreeSet::new(),
        at: (frame(1), at(0)),
    };
    let rivals = |settled| {
        let mut world = World::new("");
        let offers = [offer("192.168.10.1"), offer("192.168.10.7")];
        let span = (at(0), at(5_000));
        world.traffic.dhcp_rivals =
            vec![crate::observe::Rivals { offers, questions: 1, settled, frames: vec![frame(1)], span }];
        is_over(Detail::Net003(Box::new([offer("192.168.10.7"), offer("192.168.10.1")])), 5_000, &world)
    };
    assert!(rivals(3) && !rivals(2));
}

#[test]
fn what_a_system_sends_to_the_internet_says_nothing_about_its_lan() {
    let world = |peer: &str| {
        let world = World::new("").device(PHONE, "acme.pbx");
        world.streams(vec![voice(0, &[BARE; 10]), to(peer, 9_000, &[GOOD; 10])])
    };
    assert!(is_over(unmarked(), 5_000, &world("192.168.10.3")));
    assert!(!is_over(unmarked(), 5_000, &world("203.0.113.9")));
}

#[test]
fn loss_is_over_when_as_many_packets_arrive_on_the_same_way_as_lacked_some_before() {
    let over =
        |detail: Detail, streams: Vec<Stream>| is_over(detail, 5_000, &World::new("").streams(streams));
    let before = || voice(0, &[LOSSY; 10]);
    assert!(!over(lossy(10, 260), vec![before()]));
    assert!(over(lossy(10, 260), vec![before(), voice(9_000, &[GOOD; 6])]));
    assert!(!over(lossy(10, 260), vec![before(), to("192.168.10.3", 9_000, &[GOOD; 6])]), "another way");
    assert!(!over(lossy(3, 260), vec![before(), voice(9_000, &[GOOD; 6])]), "so rare a loss need not show");
    assert!(over(lossy(3, 260), vec![before(), voice(9_000, &[GOOD; 18])]));
    assert!(!over(lossy(10, 260), vec![before(), voice(9_000, &[GOOD, GOOD, GOOD, LOSSY, GOOD, GOOD])]));
    let jitter = || Detail::Rtp004 {
        jitter: 30.0,
        mean: 9.0,
        peers: vec![ip(PBX)],
        estimated: false,
        how: Unevenness::Often {
            above: 100,
            of: 1_000,
            excused: 0,
            pauses: (0, 0.0),
            is_peak_excused: false,
            behind: None,
        },
        onward: Vec::new(),
        own: false,
        link: false,
    };
    assert!(over(jitter(), vec![voice(0, &[SHAKY; 10]), voice(9_000, &[GOOD; 8])]));
    assert!(!over(jitter(), vec![voice(0, &[SHAKY; 10]), voice(9_000, &[GOOD; 7])]));
}

#[test]
fn the_packet_time_is_over_when_it_is_kept_towards_each_peer() {
    let other = "203.0.113.9";
    let paced = |peer: &str| {
        let mut stream = to(peer, 9_000, &[GOOD; 8]);
        (stream.report.ptime, stream.report.announced_ptime) = (Some(20.0), Some(20));
        stream
    };
    let over = |streams: Vec<Stream>| {
        let peers = vec![ip(PBX), ip(other)];
        let detail = Detail::Rtp006 {
            seen: 40.0,
            mostly: false,
            agreed: 20,
            both: true,
            codec: None,
            peers,
            clock: None,
        };
        is_over(detail, 5_000, &World::new("").streams(streams))
    };
    assert!(over(vec![paced(PBX), paced(other)]));
    assert!(!over(vec![paced(PBX)]), "the trunk was not tried");
}

#[test]
fn a_switch_keeps_the_mark_when_the_copies_behind_it_have_it() {
    let pair =
        Remarked { pairs: 30, first: (frame(1), EF), second: (frame(2), 0), ttl: [64, 63], vlan: [None; 2] };
    let copied = |start: i64, remarked: Option<Remarked>, kept: u64| {
        let mut stream = voice(start, &[GOOD; 10]);
        (stream.report.marking.remarked, stream.report.marking.kept) = (remarked, kept);
        stream
    };
    let over = |streams: Vec<Stream>| {
        let detail = Detail::Qos002 {
            pairs: 30,
            before: EF,
            after: 0,
            frames: [frame(1), frame(2)],
            passage: Passage::default(),
        };
        is_over(detail, 5_000, &World::new("").streams(streams))
    };
    assert!(!over(vec![copied(0, Some(pair), 0), copied(9_000, None, 0)]), "nothing was seen behind it");
    assert!(over(vec![copied(0, Some(pair), 0), copied(9_000, None, 100)]));
    assert!(over(vec![copied(0, Some(pair), 100)]), "in the middle of a call");
    assert!(!over(vec![copied(0, None, 100), copied(9_000, Some(pair), 0)]));
}

#[test]
fn one_way_audio_is_over_when_the_silent_side_is_heard() {
    let over = |streams| is_over(one_way(250, vec![ip(PBX)]), 5_000, &World::new("").streams(streams));
    assert!(over(vec![voice(9_000, &[GOOD; 4])]));
    assert!(!over(vec![voice(9_000, &[GOOD; 3])]) && !over(vec![to("192.168.10.3", 9_000, &[GOOD; 4])]));
    assert!(!over(vec![voice(1_000, &[GOOD; 20])]), "that was before");
}

#[test]
fn a_call_without_voice_is_over_when_a_later_one_has_some() {
    let over = |start: i64, answer: Answer, halves: usize| {
        let call = fixture::call(&format!("{PHONE}:5060"), &format!("{PBX}:5060"));
        let mut heard = voice(start, &vec![GOOD; halves]);
        heard.call = Some(0);
        let mut world = World::new("").streams(vec![heard]);
        world.traffic.calls = vec![Call { start: (frame(8), at(start)), answer, ..call }];
        is_over(Detail::Rtp002 { peers: vec![ip(PBX)], near: false, why: Mute::Unexplained }, 5_000, &world)
    };
    assert!(over(9_000, Answer::Answered, 4));
    assert!(
        !over(9_000, Answer::Answered, 3) && !over(9_000, Answer::Cancelled, 4),
        "hardly any, early media"
    );
    assert!(!over(1_000, Answer::Answered, 4), "that was before");
}

/// Registrations of the telephone: account, client port, when it failed (s), first and last grant (s).
type Row = (&'static str, u16, Option<i64>, Option<(i64, i64)>);

fn registrations(rows: &[Row], now: i64) -> World {
    let mut flow = udp(&format!("{PHONE}:5060"), &format!("{PBX}:5060"));
    flow.from_a = sent(2);
    flow.from_a.last = Some((frame(9), at(now * 1_000)));
    let mut world = World::new("").flows(vec![flow]);
    let row = |&(account, port, failed, granted): &Row| Registration {
        attempts: 1,
        accepted: granted.is_some(),
        granted: granted.map(|(first, last)| (at(first * 1_000), at(last * 1_000))),
        refused: failed.map(|time| Refused {
            status: 403,
            reason: "Forbidden".into(),
            with_credentials: true,
            frame: frame(1),
            time: at(time * 1_000),
            count: 1,
        }),
        unanswered: Unanswered {
            count: if failed.is_some() { 3 } else { 1 },
            span: Some((at(0), at(failed.unwrap_or(now) * 1_000))),
            ..Unanswered::default()
        },
        ..Registration::new(
            account.into(),
            socket(&format!("{PHONE}:{port}")),
            socket(&format!("{PBX}:5060")),
            Protocol::Udp,
        )
    };
    world.traffic.registrations = rows.iter().map(row).collect();
    world
}

#[test]
fn a_registration_that_succeeds_ends_what_failed() {
    let over = |rows: &[Row], now: i64| {
        let world = registrations(rows, now);
        let registrar = socket("192.168.10.2:5060");
        let rejection = Rejection {
            status: 403,
            reason: "".into(),
            with_credentials: true,
            outside: false,
            offered: None,
        };
        let refused = Detail::Sig001 {
            account: "21".into(),
            registrar,
            rejection,
            others: Vec::new(),
            accepted_after: None,
            by_turns: None,
            instead: None,
            further: Vec::new(),
        };
        let silent = Detail::Sig002 {
            account: "sip:21@pbx".into(),
            further: Vec::new(),
            registrar,
            protocol: Protocol::Udp,
            requests: 3,
            sent: 3,
            life: crate::check::Life::Sends,
            serves: crate::check::Others::Unserved,
            near: true,
            unconnected: None,
            instead: None,
            refusal: None,
            mended: None,
        };
        let both = [refused, silent].map(|detail| is_over(detail, 10_000, &world));
        assert_eq!(both[0], both[1]);
        both[0]
    };
    let failed: Row = ("21", 5060, Some(10), None);
    assert!(!over(&[failed], 200), "it only stopped");
    assert!(over(&[failed, ("21", 5070, None, Some((12, 12)))], 13), "from another port, after a restart");
    assert!(!over(&[failed, ("21", 5070, None, Some((5, 5)))], 13), "that was before");
    assert!(!over(&[failed, ("22", 5070, None, Some((12, 12)))], 13), "another account");
    assert!(over(&[failed, ("22", 5070, None, Some((12, 12)))], 80), "and the first is not tried any more");
    assert!(!over(&[failed, ("22", 5070, None, Some((5, 70)))], 80), "that one was there all the time");
    assert!(!over(&[failed, ("23", 5080, Some(11), None), ("21", 5070, None, Some((12, 12)))], 13));
}
