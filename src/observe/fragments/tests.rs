use std::net::Ipv4Addr;

use proptest::prelude::{Just, Strategy, any, prop};
use proptest::proptest;

use super::*;
use crate::capture::{LinkType, Record};
use crate::decode::{Layers, Span, VlanTag, decode};

const SECOND: i64 = 1_000_000_000;
const START: i64 = 1_700_000_000 * SECOND;
const PORTS: (u16, u16) = (5060, 5062);

/// A UDP datagram of `length` bytes, header included.
fn datagram(length: usize) -> Vec<u8> {
    let mut bytes =
        [PORTS.0.to_be_bytes(), PORTS.1.to_be_bytes(), (length as u16).to_be_bytes(), [0, 0]].concat();
    bytes.extend((8..length).map(|at| (at % 251) as u8));
    bytes
}

fn fragment_of(identification: u32, offset: usize, more: bool, piece: &[u8]) -> Fragment {
    let packet = Packet {
        time: Timestamp(START),
        index: 0,
        interface: 0,
        source: Ipv4Addr::new(192, 0, 2, 1).into(),
        destination: Ipv4Addr::new(192, 0, 2, 2).into(),
        source_port: 0,
        destination_port: 0,
        transport: Transport::Other(17),
        dscp: 26,
        ecn: 0,
        ttl: 64,
        vlan: None,
        outer_vlan: None,
        source_mac: None,
        destination_mac: None,
        identification: 0,
        layers: Layers::default(),
        part: Part::Whole,
        ip_length: piece.len() as u32 + 20,
        payload: Span { start: 34, captured: piece.len() as u32, wire: piece.len() as u32 },
    };
    Fragment { packet, protocol: 17, identification, offset: offset as u32, more }
}

/// Cuts `bytes` at these offsets.
fn pieces<'a>(bytes: &'a [u8], cuts: &[usize]) -> Vec<(Fragment, &'a [u8])> {
    let starts = [0].into_iter().chain(cuts.iter().copied());
    let ends = cuts.iter().copied().chain([bytes.len()]);
    starts
        .zip(ends)
        .map(|(start, end)| {
            (fragment_of(1, start, end < bytes.len(), &bytes[start..end]), &bytes[start..end])
        })
        .collect()
}

fn at(fragment: &Fragment, time: i64) -> Fragment {
    Fragment { packet: Packet { time: Timestamp(time), ..fragment.packet }, ..*fragment }
}

#[derive(Default)]
struct Bench {
    reassembler: Reassembler,
    frame: u64,
}

impl Bench {
    fn push(&mut self, fragment: &Fragment, bytes: &[u8]) -> Option<Datagram> {
        self.frame += 1;
        self.reassembler.push(Frame::new(0, self.frame), fragment, bytes)
    }

    fn push_all(&mut self, pieces: &[(Fragment, &[u8])]) -> Vec<Datagram> {
        pieces.iter().filter_map(|(fragment, bytes)| self.push(fragment, bytes)).collect()
    }

    fn finish(self) -> (Vec<Incomplete>, Counts) {
        self.reassembler.finish()
    }
}

#[test]
fn a_datagram_is_complete_with_its_last_fragment_whatever_the_order() {
    let bytes = datagram(100);
    let [a, b, c] = pieces(&bytes, &[40, 80])[..] else { panic!("three pieces") };
    for order in [[a, b, c], [c, b, a], [b, c, a]] {
        let mut bench = Bench::default();
        assert_eq!(bench.push_all(&order[..2]), []);
        let last = at(&order[2].0, START + SECOND);
        let whole = bench.push(&last, order[2].1).unwrap();
        assert_eq!(whole.bytes, bytes);
        assert_eq!(whole.frames, [1, 2, 3].map(|number| Frame::new(0, number)));
        let packet = whole.packet;
        assert_eq!((packet.source_port, packet.destination_port), PORTS);
        assert_eq!((packet.part, packet.dscp, packet.time), (Part::Reassembled, 26, last.packet.time));
        assert_eq!(&whole.bytes[packet.payload.range()], &bytes[8..]);
        assert_eq!(bench.finish(), (vec![], Counts { fragments: 3, completed: 1, ..Counts::default() }));
    }
}

#[test]
fn copies_from_a_mirror_port_are_ignored_also_behind_the_last_fragment() {
    let bytes = datagram(64);
    let [a, b] = pieces(&bytes, &[32])[..] else { panic!("two pieces") };
    let mut bench = Bench::default();
    assert_eq!(bench.push_all(&[a, a, b, b, a]).len(), 1);
    let (incomplete, counts) = bench.finish();
    assert_eq!((incomplete, counts.duplicates, counts.completed), (vec![], 3, 1));
}

#[test]
fn a_repeated_message_with_the_same_identification_is_another_datagram() {
    let bytes = datagram(64);
    let pieces = pieces(&bytes, &[32]);
    let later: Vec<_> = pieces.iter().map(|(f, bytes)| (at(f, START + SECOND / 2), *bytes)).collect();
    let mut bench = Bench::default();
    assert_eq!(bench.push_all(&pieces).len() + bench.push_all(&later).len(), 2);

    let other_bytes = [&bytes[..63], &[0xff]].concat();
    let mut bench = Bench::default();
    assert_eq!(bench.push_all(&pieces).len(), 1);
    assert_eq!(bench.push(&pieces[1].0, &other_bytes[32..]), None, "not a copy, so a new datagram is open");
    assert_eq!(bench.finish().0.len(), 1);
}

#[test]
fn fragments_that_contradict_each_other_spoil_the_datagram() {
    let bytes = datagram(64);
    let [a, b] = pieces(&bytes, &[32])[..] else { panic!("two pieces") };
    let mut forged = a.1.to_vec();
    forged[31] ^= 1;
    let beyond_the_end = fragment_of(1, 64, true, &bytes[..8]);
    let early_end = fragment_of(1, 8, false, &bytes[8..16]);
    let unaligned = fragment_of(1, 32, true, &bytes[32..37]);
    for order in [
        [(a.0, a.1), (a.0, &forged[..]), (b.0, b.1)],
        [(b.0, b.1), (beyond_the_end, &bytes[..8]), (a.0, a.1)],
        [(a.0, a.1), (early_end, &bytes[8..16]), (b.0, b.1)],
        [(unaligned, &bytes[32..37]), (a.0, a.1), (b.0, b.1)],
    ] {
        let mut bench = Bench::default();
        assert_eq!(bench.push_all(&order), []);
        let (incomplete, counts) = bench.finish();
        assert_eq!(incomplete[0].missing, Missing::Contradiction);
        assert_eq!((counts.contradictory, counts.incomplete, counts.completed), (1, 1, 0));
    }
}

#[test]
fn overlap_with_the_same_bytes_is_harmless() {
    let bytes = datagram(64);
    let wide = (fragment_of(1, 16, false, &bytes[16..]), &bytes[16..]);
    let [a, _] = pieces(&bytes, &[32])[..] else { panic!("two pieces") };
    assert_eq!(Bench::default().push_all(&[a, wide])[0].bytes, bytes);
}

#[test]
fn what_is_missing_is_told() {
    let bytes = datagram(96);
    let [a, b, c] = pieces(&bytes, &[32, 64])[..] else { panic!("three pieces") };
    for (pushed, missing, ports, seen) in [
        (vec![b, c], Missing::First, None, 64),
        (vec![a, c], Missing::Middle, Some(PORTS), 64),
        (vec![a], Missing::Last, Some(PORTS), 32),
    ] {
        let mut bench = Bench::default();
        assert_eq!(bench.push_all(&pushed), []);
        let (incomplete, counts) = bench.finish();
        let [only] = &incomplete[..] else { panic!("one datagram") };
        assert_eq!((only.missing, only.ports, only.bytes_seen), (missing, ports, seen));
        assert_eq!((only.protocol, only.frames.len()), (17, pushed.len()));
        assert_eq!(counts.incomplete, 1);
    }
}

#[test]
fn a_fragment_cut_by_the_snap_length_is_counted_and_no_loss() {
    let bytes = datagram(64);
    let [mut a, b] = pieces(&bytes, &[32])[..] else { panic!("two pieces") };
    a.0.packet.payload.captured = 20;
    let mut bench = Bench::default();
    assert_eq!(bench.push_all(&[(a.0, &a.1[..20]), b]), []);
    let (incomplete, counts) = bench.finish();
    assert_eq!((incomplete[0].missing, incomplete[0].ports), (Missing::Cut, Some(PORTS)));
    assert_eq!((counts.cut, counts.contradictory), (1, 0));
}

#[test]
fn only_fragments_of_one_datagram_meet() {
    let bytes = datagram(64);
    let [a, b] = pieces(&bytes, &[32])[..] else { panic!("two pieces") };
    let strangers: [fn(&mut Fragment); 5] = [
        |f| f.identification = 2,
        |f| f.protocol = 6,
        |f| f.packet.interface = 1,
        |f| f.packet.vlan = Some(VlanTag { id: 7, pcp: 0 }),
        |f| f.packet.destination = Ipv4Addr::new(192, 0, 2, 3).into(),
    ];
    for change in strangers {
        let mut stranger = b.0;
        change(&mut stranger);
        let mut bench = Bench::default();
        assert_eq!(bench.push_all(&[a, (stranger, b.1)]), []);
        assert_eq!(bench.push_all(&[b]).len(), 1);
    }
}

#[test]
fn the_wait_ends() {
    let bytes = datagram(64);
    let [a, b] = pieces(&bytes, &[32])[..] else { panic!("two pieces") };
    for (delay, completed) in [(30 * SECOND, 1), (30 * SECOND + 1, 0)] {
        let mut bench = Bench::default();
        bench.push(&a.0, a.1);
        let late = at(&b.0, START + delay);
        assert_eq!(bench.push(&late, b.1).is_some(), completed == 1);
        assert_eq!(bench.finish().1.completed, completed);
    }
}

#[test]
fn memory_is_bounded() {
    let mut bench = Bench::default();
    for identification in 0..5_000 {
        bench.push(&fragment_of(identification, 65_000, true, &[0; 8]), &[0; 8]);
        let reassembler = &bench.reassembler;
        assert!(reassembler.bytes <= MOST_BYTES && reassembler.open.len() <= MOST_OPEN);
        assert_eq!(reassembler.open.len(), reassembler.serials.len());
        assert_eq!(reassembler.bytes, reassembler.open.values().map(Open::held).sum::<usize>());
    }
    let (incomplete, counts) = bench.finish();
    assert_eq!(incomplete.len(), MOST_LISTED);
    assert_eq!(incomplete[0].frames, [Frame::new(0, 1)], "in the order of opening");
    assert_eq!(counts.incomplete, 5_000);
    assert!(counts.evicted > 0);

    let mut bench = Bench::default();
    for unit in 0..1_000 {
        bench.push(&fragment_of(1, unit * 16, true, &[unit as u8; 8]), &[unit as u8; 8]);
    }
    let (incomplete, _) = bench.finish();
    assert_eq!((incomplete[0].frames.len(), incomplete[0].missing), (MOST_FRAGMENTS, Missing::Contradiction));
}

/// With frames instead of values made by hand.
#[test]
fn decoded_frames_can_be_put_together() {
    let bytes = datagram(3000);
    let mut bench = Bench::default();
    let mut whole = None;
    for (piece, more) in bytes.chunks(1232).zip([1_u16, 1, 0]) {
        let offset = (piece.as_ptr() as usize - bytes.as_ptr() as usize) as u16;
        let mut frame = vec![0x60, 0, 0, 0];
        frame.extend((piece.len() as u16 + 8).to_be_bytes());
        frame.extend(
            [&[44, 64][..], &[0x20; 32], &[17, 0], &(offset | more).to_be_bytes(), &[0, 0, 0, 9]].concat(),
        );
        frame.extend(piece);
        let record = Record {
            index: 0,
            time: Timestamp(START),
            interface: 0,
            link: LinkType(101),
            original_length: frame.len() as u32,
            data: &frame,
            offset: 0,
        };
        let Decoded::Fragment { fragment, .. } = decode(&record) else { panic!("a fragment") };
        whole = bench.push(&fragment, &frame[fragment.packet.payload.range()]);
    }
    let whole = whole.unwrap();
    assert_eq!((whole.bytes, whole.packet.source_port), (bytes, PORTS.0));
    assert_eq!(whole.packet.ip_length, 3040);
}

proptest! {
    #[test]
    fn any_cuts_in_any_order_with_copies_give_the_datagram(
        (cuts, order) in prop::collection::btree_set(1_usize..60, 1..10).prop_flat_map(|cuts| {
            let order: Vec<usize> = (0..=cuts.len()).chain(0..=cuts.len()).collect();
            (Just(cuts), Just(order).prop_shuffle())
        }),
    ) {
        let bytes = datagram(500);
        let cuts: Vec<usize> = cuts.into_iter().map(|unit| unit * 8).collect();
        let pieces = pieces(&bytes, &cuts);
        let shuffled: Vec<_> = order.into_iter().map(|at| pieces[at]).collect();
        let mut bench = Bench::default();
        let whole = bench.push_all(&shuffled);
        assert_eq!(whole.len(), 1);
        assert_eq!(whole[0].bytes, bytes);
        assert_eq!(bench.finish().0, []);
    }

    #[test]
    fn nothing_makes_it_panic(
        fragments in prop::collection::vec(
            (0_u32..3, any::<u16>(), any::<bool>(), prop::collection::vec(any::<u8>(), 0..64), any::<u8>()), 0..60),
    ) {
        let mut bench = Bench::default();
        for (identification, offset, more, bytes, protocol) in &fragments {
            let mut fragment = fragment_of(*identification, usize::from(*offset), *more, bytes);
            fragment.protocol = *protocol;
            bench.push(&fragment, bytes);
        }
        let (_, counts) = bench.finish();
        assert_eq!(counts.fragments, fragments.len() as u64);
    }
}

#[test]
fn which_message_never_became_whole_is_told_of_requests_and_answers() {
    let told = |line: &str| {
        let mut bytes = datagram(8);
        let head = format!("{line}\r\nCall-ID: c1\r\nCSeq: 7 OPTIONS\r\nVia: SIP/2.0/UDP 192.0.2.1\r\nX: ");
        bytes.extend(head.bytes());
        let cut = bytes.len();
        bytes.extend([b'x'; 64]);
        let [first, _] = pieces(&bytes, &[cut / 8 * 8])[..] else { panic!("two pieces") };
        let mut bench = Bench::default();
        bench.push_all(&[first]);
        bench.finish().0.remove(0).request.map(|one| (one.number, one.method))
    };
    assert_eq!(told("OPTIONS sip:10@pbx.example SIP/2.0"), Some((7, "OPTIONS".into())));
    assert_eq!(told("SIP/2.0 200 OK"), Some((7, "200".into())));
    assert_eq!(told("no message"), None);
}
