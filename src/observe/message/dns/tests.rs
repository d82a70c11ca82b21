use proptest::prelude::{any, prop, proptest};
use simple_dns::rdata::{A, NAPTR, SRV};
use simple_dns::{CLASS, QCLASS, QTYPE, TYPE};

use super::super::mutant::mutants;
use super::*;

fn query() -> Vec<u8> {
    let mut packet = Packet::new_query(0x1234);
    let name = simple_dns::Name::new("_sip._udp.Tel.T-Online.de").unwrap();
    packet.questions.push(simple_dns::Question::new(
        name,
        QTYPE::TYPE(TYPE::SRV),
        QCLASS::CLASS(CLASS::IN),
        false,
    ));
    packet.build_bytes_vec().unwrap()
}

fn answer() -> Vec<u8> {
    let query = query();
    let mut packet = Packet::parse(&query).unwrap().into_reply();
    let name = simple_dns::Name::new("_sip._udp.tel.t-online.de").unwrap();
    let target = simple_dns::Name::new("a.tel.t-online.de").unwrap();
    let srv = SRV { priority: 10, weight: 0, port: 5060, target: target.clone() };
    let naptr = NAPTR {
        order: 1,
        preference: 2,
        flags: "s".try_into().unwrap(),
        services: "SIP+D2U".try_into().unwrap(),
        regexp: "".try_into().unwrap(),
        replacement: name.clone(),
    };
    packet.answers.push(ResourceRecord::new(name.clone(), CLASS::IN, 60, RData::SRV(srv)));
    packet.answers.push(ResourceRecord::new(name, CLASS::IN, 60, RData::NAPTR(naptr)));
    let a = A { address: u32::from(Ipv4Addr::new(198, 51, 100, 4)) };
    packet.additional_records.push(ResourceRecord::new(target, CLASS::IN, 60, RData::A(a)));
    packet.build_bytes_vec_compressed().unwrap()
}

#[test]
fn reads_question_and_records() {
    let bytes = answer();
    let message = read(&bytes).unwrap();
    assert!(message.is_response && message.is_whole);
    assert_eq!((message.id, message.rcode), (0x1234, 0));
    assert_eq!(message.questions, [Question { name: Text::new(b"_sip._udp.tel.t-online.de", 99), kind: 33 }]);
    let [srv, naptr, a] = message.records.as_slice() else { panic!("{message:?}") };
    assert!(matches!(&srv.data, Data::Srv { port: 5060, target, .. } if target == "a.tel.t-online.de"));
    assert!(matches!(&naptr.data, Data::Naptr { service, .. } if service == "SIP+D2U"));
    assert_eq!((&*a.name, &a.data), ("a.tel.t-online.de", &Data::A(Ipv4Addr::new(198, 51, 100, 4))));
}

#[test]
fn a_cut_answer_gives_its_question() {
    let bytes = answer();
    for length in query().len()..bytes.len() {
        let message = read(&bytes[..length]).unwrap();
        assert_eq!((message.questions.len(), message.is_whole), (1, false), "{length} bytes");
        assert!(is_dns(&bytes[..length], true));
    }
    assert!(is_dns(&bytes, false));
    assert!(!is_dns(&bytes[..query().len()], false), "records are missing that no snap length took");
}

#[test]
fn names_must_end() {
    let mut bytes = query();
    bytes.truncate(HEADER);
    bytes.extend_from_slice(b"\xc0\x0c\0\x01\0\x01");
    assert_eq!(read(&bytes), None, "a name that points at itself");
}

#[test]
fn claims_of_many_records_cost_nothing() {
    let mut bytes = query();
    bytes[6..12].fill(0xff);
    bytes[2] = 0x80;
    assert_eq!(read(&bytes).map(|message| message.is_whole), Some(false));
}

#[test]
fn media_are_not_taken_for_dns() {
    let mut rtp = vec![0x80, 8, 0, 1, 0, 0, 0, 160, 0x11, 0x22, 0x33, 0x44];
    rtp.extend([0xd5; 160]);
    assert!(!is_dns(&rtp, false));
}

#[test]
fn tcp_messages_carry_their_length() {
    let query = query();
    let stream = [&(query.len() as u16).to_be_bytes()[..], &query, b"\0"].concat();
    assert_eq!(frame_stream(&stream), Some((&query[..], query.len() + 2)));
    assert_eq!(frame_stream(&stream[..9]), None);
}

proptest! {
    #[test]
    fn mutants_never_panic(bytes in mutants(answer())) {
        let _ = (read(&bytes), is_dns(&bytes, true), is_dns(&bytes, false), frame_stream(&bytes));
    }

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = (read(&bytes), is_dns(&bytes, true), is_dns(&bytes, false));
    }
}
