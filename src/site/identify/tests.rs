use super::super::device::Former;
use super::super::fixture::{model, role, text};
use super::super::{AppName, HostHint, Ports, SiteFile, TransportSpec};
use super::*;
use crate::observe::fixture::{call, frame, host, ip, mac, numbered, registration, socket, stream, tcp, udp};
use crate::observe::{Call, Flow, HostFacts, MacSeen, NameSeen, Registration, SipEndpoint, TcpOutcome};

mod makers;

const PBX: &str = "192.168.10.2";
const PHONE: &str = "192.168.10.21";
const PUBLIC: &str = "203.0.113.9";

/// A rule book of one vendor, with another vendor's telephone and two roles that are nobody's.
#[derive(Default)]
struct Book {
    roles: Vec<Role>,
    models: Vec<Model>,
    identities: Vec<Identity>,
}

impl Book {
    fn new(identities: Vec<Identity>) -> Self {
        let kinds = [
            ("acme.door", Kind::Terminal),
            ("acme.pbx", Kind::Pbx),
            ("acme.phone", Kind::Terminal),
            ("other.phone", Kind::Terminal),
            ("provider", Kind::Provider),
            ("thing", Kind::Other),
        ];
        let roles = kinds.map(role);
        let models = [("small", "5204-5263"), ("large", "5204-5523")];
        let models = models.map(|(id, rtp)| model(id, "acme.pbx", rtp));
        Self { roles: roles.into(), models: models.into(), identities }
    }

    fn lore(&self) -> Lore<'_> {
        Lore { roles: &self.roles, models: &self.models, identities: &self.identities }
    }

    fn site(&self, traffic: &Traffic) -> Site {
        identify(traffic, self.lore(), &Hints::default())
    }
}

fn identity(role: Option<&str>, weight: u8, fingerprint: Fingerprint) -> Identity {
    let scope = PeerScope::Any;
    let role = role.map(RoleId::from);
    let (vendor, model, telephones) = ("Acme".into(), None, false);
    Identity { vendor, role, model, weight, scope, telephones, fingerprint, text: text() }
}

fn agent(role: Option<&str>, weight: u8, pattern: &str) -> Identity {
    let fingerprint =
        Fingerprint::Agent { patterns: vec![pattern.parse().unwrap()], side: AgentSide::Either };
    identity(role, weight, fingerprint)
}

fn prefix(role: Option<&str>, weight: u8) -> Identity {
    identity(role, weight, Fingerprint::Mac(vec!["00:00:5e".parse().unwrap()]))
}

/// Hosts that call themselves so.
fn agents(list: &[(&str, &str)]) -> Traffic {
    let endpoint = |&(address, agent): &(&str, &str)| {
        let mut endpoint = SipEndpoint::new(ip(address));
        endpoint.user_agents.insert(agent.into(), frame(1));
        endpoint
    };
    Traffic { sip_endpoints: list.iter().map(endpoint).collect(), ..Traffic::default() }
}

fn with_mac(mut traffic: Traffic, address: &str, on_link: Option<bool>) -> Traffic {
    let macs = vec![MacSeen { mac: mac(1), frames: 2, first: frame(1), paired: false }];
    traffic.hosts.push(HostFacts { macs, ..host(address, on_link) });
    traffic
}

#[test]
fn an_address_that_a_telephone_was_only_offered_is_no_second_device() {
    const OFFERED: &str = "192.168.99.130";
    let book = Book::new(vec![prefix(Some("acme.phone"), 40)]);
    let mut traffic = with_mac(Traffic::default(), "0.0.0.0", None);
    traffic = with_mac(with_mac(traffic, PHONE, None), OFFERED, None);
    let former = |traffic: &Traffic| {
        let site = book.site(traffic);
        let phone = site.device(ip(PHONE)).unwrap();
        (site.devices.len(), phone.former.clone())
    };
    assert_eq!(former(&traffic), (2, Vec::new()), "both send");
    traffic.hosts[2].sent = 0;
    let address = ip(OFFERED);
    assert_eq!(former(&traffic), (1, vec![Former { address, vlan: None }]));
    traffic.hosts[1].vlans = vec![20];
    traffic.hosts[1].macs[0].first = frame(9);
    assert_eq!(former(&traffic), (1, vec![Former { address, vlan: Some(20) }]));
    traffic.hosts[2].macs[0].mac = mac(2);
    assert_eq!(former(&traffic), (2, Vec::new()), "other hardware");
}

/// What becomes of a host with this evidence for `acme.pbx`.
fn confidence_of(weights: &[u8]) -> Option<Confidence> {
    let book = Book::new(weights.iter().map(|&weight| agent(Some("acme.pbx"), weight, "x*")).collect());
    book.site(&agents(&[(PBX, "x")])).device(ip(PBX)).map(|device| device.confidence)
}

#[test]
fn weights_add_up_to_how_sure_it_is() {
    use Confidence::{Likely, Sure, Suspected};
    assert_eq!([24, 25, 49].map(|weight| confidence_of(&[weight])), [None, Some(Suspected), Some(Suspected)]);
    assert_eq!([50, 79, 80].map(|weight| confidence_of(&[weight])), [Some(Likely), Some(Likely), Some(Sure)]);
    assert_eq!(confidence_of(&[40, 40]), Some(Sure));
    assert_eq!(confidence_of(&[12, 12]), None);
}

#[test]
fn what_names_the_maker_adds_to_roles_of_that_maker() {
    let book = Book::new(vec![prefix(None, 40), agent(Some("acme.phone"), 40, "x*")]);
    let device = |traffic: &Traffic| book.site(traffic).device(ip(PHONE)).cloned();
    let both = device(&with_mac(agents(&[(PHONE, "x")]), PHONE, Some(true))).unwrap();
    assert_eq!((both.confidence, both.maker.as_deref()), (Confidence::Sure, Some("Acme")));
    assert_eq!((both.vendor.as_deref(), both.kind), (Some("acme"), Kind::Terminal));
    assert!(device(&with_mac(Traffic::default(), PHONE, Some(true))).is_none(), "a maker is no role");
}

#[test]
fn a_string_that_many_products_use_names_no_maker() {
    let mut shared = agent(Some("thing"), 60, "x*");
    shared.vendor = "Other".into();
    let book = |weight| Book::new(vec![agent(Some("acme.pbx"), weight, "x*"), shared.clone()]);
    let maker = |weight| book(weight).site(&agents(&[(PBX, "x")])).device(ip(PBX)).unwrap().maker.clone();
    assert_eq!((maker(30).as_deref(), maker(25).as_deref()), (Some("Acme"), Some("Other")));
}

#[test]
fn a_hardware_address_counts_on_the_link_only() {
    let book = Book::new(vec![prefix(Some("acme.pbx"), 90)]);
    let known = |address, on_link| {
        book.site(&with_mac(Traffic::default(), address, on_link)).device(ip(address)).is_some()
    };
    assert!(known(PBX, Some(true)) && known(PBX, None));
    assert!(!known(PBX, Some(false)), "behind a router it is the router's");
    assert!(!known(PUBLIC, Some(true)), "so it is from the Internet");
}

#[test]
fn a_maker_of_telephones_tells_what_the_traffic_leaves_open() {
    let told = |makers: &[&Identity], (weight, door), on_link| {
        let others = [agent(Some("thing"), weight, "x*"), agent(Some("acme.door"), door, "x*")];
        let makers = makers.iter().map(|maker| (*maker).clone());
        let mut book = Book::new(makers.chain(others).collect());
        for role in book.roles.iter_mut().filter(|role| role.id == "thing") {
            role.telephone = Some("acme.phone".into());
        }
        let site = book.site(&with_mac(agents(&[(PHONE, "x")]), PHONE, Some(on_link)));
        let device = site.device(ip(PHONE)).unwrap();
        let by_mac = device.evidence.iter().any(|sign| sign.kind == EvidenceKind::MacPrefix);
        (device.role.to_string(), device.confidence, by_mac)
    };
    let maker = |telephones| Identity { telephones, ..prefix(Some("thing"), 1) };
    let (telephones, computers) = (maker(true), Identity { role: None, ..maker(false) });
    let is = |role: &str, by_mac| (role.to_owned(), Confidence::Likely, by_mac);
    let open = 60;
    assert_eq!(told(&[&telephones], (open, 20), true), is("acme.phone", true));
    assert_eq!(told(&[&computers], (open, 20), true), is("thing", true), "a maker of computers");
    assert_eq!(told(&[&telephones], (open, 20), false), is("thing", false), "a router's address");
    assert_eq!(told(&[&telephones], (20, 60), true).0, "acme.door", "something else weighs more");
    let fingerprint = Fingerprint::Mac(vec!["00:00:5e:0".parse().unwrap()]);
    let longer = Identity { fingerprint, ..computers.clone() };
    assert_eq!(told(&[&telephones, &longer], (open, 20), true), is("thing", true), "the longer prefix");
}

#[test]
fn the_longest_prefix_decides() {
    let mut longer = prefix(Some("other.phone"), 90);
    longer.fingerprint = Fingerprint::Mac(vec!["00:00:5e:0".parse().unwrap()]);
    let book = Book::new(vec![prefix(Some("acme.pbx"), 90), longer]);
    let site = book.site(&with_mac(Traffic::default(), PBX, Some(true)));
    assert_eq!(site.device(ip(PBX)).unwrap().role, "other.phone");
}

#[test]
fn a_string_from_the_internet_makes_nobody_a_pbx() {
    let lan_only = Identity { scope: PeerScope::Lan, ..agent(Some("acme.pbx"), 90, "ACME*") };
    let site = Book::new(vec![lan_only]).site(&agents(&[(PBX, "acme 1.0"), (PUBLIC, "acme 1.0")]));
    let found: Vec<IpAddr> = site.devices.iter().map(|device| device.address).collect();
    assert_eq!(found, [ip(PBX)]);
}

#[test]
fn a_registrar_with_a_public_address_on_the_link_is_not_in_the_internet() {
    let scope = PeerScope::Internet;
    let book = Book::new(vec![Identity { scope, ..identity(Some("provider"), 70, Fingerprint::Registrar) }]);
    let endpoint = SipEndpoint { registrar: Some(frame(1)), ..SipEndpoint::new(ip(PUBLIC)) };
    let registrations = vec![registration("192.168.10.2:5064", "203.0.113.9:5060")];
    let mut traffic = Traffic { sip_endpoints: vec![endpoint], registrations, ..Traffic::default() };
    let kind = |traffic: &Traffic| book.site(traffic).device(ip(PUBLIC)).map(|device| device.kind);
    assert_eq!(kind(&traffic), Some(Kind::Provider));
    traffic = with_mac(traffic, PUBLIC, Some(true));
    assert_eq!(kind(&traffic), Some(Kind::Provider), "the address of the router before it, perhaps");
    traffic.hosts[0].macs[0].paired = true;
    assert_eq!(kind(&traffic), None, "it answered for itself");
}

#[test]
fn a_registrar_whose_clients_have_public_addresses_too_is_no_provider() {
    let scope = PeerScope::Internet;
    let book = Book::new(vec![
        Identity { scope, ..identity(Some("provider"), 70, Fingerprint::Registrar) },
        identity(Some("thing"), 50, Fingerprint::Registrar),
    ]);
    let role = |client: &str| {
        let endpoint = SipEndpoint { registrar: Some(frame(1)), ..SipEndpoint::new(ip(PUBLIC)) };
        let registrations = vec![registration(client, "203.0.113.9:5060")];
        let traffic = Traffic { sip_endpoints: vec![endpoint], registrations, ..Traffic::default() };
        book.site(&traffic).device(ip(PUBLIC)).map(|device| device.role.as_str().to_owned())
    };
    assert_eq!(role("192.168.10.2:5064").as_deref(), Some("provider"));
    assert_eq!(role("198.51.100.7:5064").as_deref(), Some("thing"));
}

#[test]
fn who_only_asks_for_credentials_accepts_nobody() {
    let book = Book::new(vec![identity(Some("thing"), 50, Fingerprint::Registrar)]);
    let kind = |grants| {
        let endpoint = SipEndpoint { registrar: Some(frame(1)), grants, ..SipEndpoint::new(ip(PUBLIC)) };
        let traffic = Traffic { sip_endpoints: vec![endpoint], ..Traffic::default() };
        book.site(&traffic).device(ip(PUBLIC)).map(|device| device.evidence[0].kind)
    };
    assert_eq!(kind(true), Some(EvidenceKind::Registration));
    assert_eq!(kind(false), Some(EvidenceKind::Challenge));
}

#[test]
fn a_port_that_many_use_makes_nobody_suspect() {
    let print = PortPrint { transport: TransportSpec::Udp, ..on_port("5204", Initiator::Either, &[]) };
    let found = |identities: Vec<Identity>| {
        let flows = vec![udp("192.168.10.2:5204", "192.168.10.21:10000")];
        Book::new(identities).site(&Traffic { flows, ..agents(&[(PBX, "x")]) }).devices.len()
    };
    let ports = |weight| identity(Some("acme.pbx"), weight, Fingerprint::Ports(print.clone()));
    assert_eq!((found(vec![ports(49)]), found(vec![ports(50)])), (0, 1));
    assert_eq!(found(vec![ports(20), agent(Some("acme.pbx"), 20, "x")]), 1, "the string says so too");
}

#[test]
fn what_a_proxy_answers_with_is_not_its_own() {
    let book = Book::new(vec![agent(Some("acme.phone"), 90, "phone*")]);
    let answers = |is_proxy| {
        let mut endpoint = SipEndpoint { is_proxy, ..SipEndpoint::new(ip(PBX)) };
        endpoint.servers.insert("phone 1".into(), frame(1));
        book.site(&Traffic { sip_endpoints: vec![endpoint], ..Traffic::default() }).device(ip(PBX)).is_some()
    };
    assert!(answers(false) && !answers(true));
}

#[test]
fn a_contradiction_lowers_the_confidence() {
    let for_both =
        |role, weight| Book::new(vec![agent(Some("acme.pbx"), 90, "x*"), agent(Some(role), weight, "x*")]);
    let device = |book: &Book| book.site(&agents(&[(PBX, "x")])).device(ip(PBX)).cloned().unwrap();
    let torn = device(&for_both("other.phone", 25));
    assert_eq!((torn.confidence, torn.contradictions.len()), (Confidence::Likely, 1));
    assert_eq!(torn.contradictions[0].role, "other.phone");
    let weak = device(&for_both("other.phone", 24));
    assert_eq!((weak.confidence, weak.contradictions.len()), (Confidence::Sure, 0));
    assert!(device(&for_both("thing", 60)).contradictions.is_empty(), "what is nobody's contradicts nothing");
    assert_eq!(
        device(&for_both("acme.phone", 60)).confidence,
        Confidence::Likely,
        "a system is no telephone"
    );
}

#[test]
fn a_name_that_several_products_ask_for_speaks_against_none_of_them() {
    let asks = |role| identity(Some(role), 60, Fingerprint::AsksFor(vec!["*.acme.example".parse().unwrap()]));
    let other =
        identity(Some("acme.phone"), 60, Fingerprint::AsksFor(vec!["phones.example".parse().unwrap()]));
    let book = Book::new(vec![asks("acme.pbx"), asks("acme.phone"), prefix(Some("acme.pbx"), 30), other]);
    let seen = |name: &str| NameSeen {
        name: name.into(),
        host: ip(PBX),
        address: None,
        frame: frame(1),
        source: NameSource::Dns,
        count: 1,
    };
    let against = |names: &[&str]| {
        let names = names.iter().map(|name| seen(name)).collect();
        let traffic = with_mac(Traffic { names, ..Traffic::default() }, PBX, None);
        book.site(&traffic).device(ip(PBX)).unwrap().contradictions.len()
    };
    assert_eq!(against(&["licence.acme.example"]), 0);
    assert_eq!(against(&["licence.acme.example", "phones.example"]), 1);
}

#[test]
fn terminals_of_one_vendor_do_not_contradict_each_other() {
    let book = Book::new(vec![agent(Some("acme.phone"), 90, "x*"), agent(Some("acme.door"), 60, "x*")]);
    let site = book.site(&agents(&[(PHONE, "x")]));
    let device = site.device(ip(PHONE)).unwrap();
    assert_eq!((device.confidence, device.contradictions.len()), (Confidence::Sure, 0));
}

#[test]
fn of_equal_weights_the_first_role_by_name_is_taken() {
    let book = Book::new(vec![agent(Some("acme.phone"), 60, "x*"), agent(Some("acme.door"), 60, "x*")]);
    assert_eq!(book.site(&agents(&[(PHONE, "x")])).device(ip(PHONE)).unwrap().role, "acme.door");
}

#[test]
fn what_the_user_states_is_sure_whatever_is_seen() {
    let book = Book::new(vec![agent(Some("other.phone"), 90, "x*")]);
    let stated = HostHint { address: ip(PBX), role: "acme.pbx".into(), model: None, name: None };
    let file = SiteFile { hosts: vec![stated], ..SiteFile::default() };
    let hints = Hints::new(file, &[], book.lore()).unwrap();
    let site = identify(&agents(&[(PBX, "x")]), book.lore(), &hints);
    let device = site.device(ip(PBX)).unwrap();
    assert!(device.role == "acme.pbx" && device.confidence == Confidence::Sure);
    assert_eq!(device.evidence[0].kind, EvidenceKind::Stated);
    assert_eq!(device.contradictions.len(), 1, "and what speaks against it is shown");
    let unseen = identify(&Traffic::default(), book.lore(), &hints);
    assert!(unseen.devices.is_empty() && site.absent.is_empty());
    assert_eq!(unseen.absent, [(ip(PBX), "--site")], "of what is not in the capture nothing is judged");
}

#[test]
fn a_name_server_asks_for_others() {
    let names = vec!["*.acme.example".parse().unwrap()];
    let book = Book::new(vec![identity(Some("acme.pbx"), 60, Fingerprint::AsksFor(names))]);
    let seen = |host: &str, source| NameSeen {
        name: "pbx.acme.example".into(),
        host: ip(host),
        address: None,
        source,
        frame: frame(1),
        count: 1,
    };
    let query = Flow { app: App::Dns, ..udp("192.168.10.2:40000", "192.168.10.1:53") };
    let names = vec![seen("192.168.10.1", NameSource::Dns), seen(PBX, NameSource::Dns)];
    let asked = Traffic { flows: vec![query], names, ..Traffic::default() };
    let found: Vec<IpAddr> = book.site(&asked).devices.iter().map(|device| device.address).collect();
    assert_eq!(found, [ip(PBX)]);
    let greeted = Traffic { names: vec![seen("192.168.10.1", NameSource::Tls)], ..asked };
    assert_eq!(book.site(&greeted).devices.len(), 1, "what it greets it wants itself");
}

#[test]
fn a_name_that_a_host_of_the_lan_is_greeted_by_tells_nothing() {
    let names = vec!["*.acme.example".parse().unwrap()];
    let book = Book::new(vec![identity(Some("acme.pbx"), 60, Fingerprint::AsksFor(names))]);
    let evidence = |server: &str, source| {
        let name = "pbx.acme.example".into();
        let seen =
            NameSeen { name, host: ip(PHONE), address: Some(ip(server)), source, frame: frame(1), count: 1 };
        let site = book.site(&Traffic { names: vec![seen], ..Traffic::default() });
        site.device(ip(PHONE)).map(|device| device.evidence[0].kind)
    };
    assert_eq!(evidence("203.0.113.9", NameSource::Tls), Some(EvidenceKind::NameGreeted));
    assert_eq!(evidence("192.168.10.9", NameSource::Tls), None);
    assert_eq!(
        evidence("192.168.10.9", NameSource::Dns),
        Some(EvidenceKind::NameAsked),
        "a private name server"
    );
}

#[test]
fn the_unspecified_address_is_no_device() {
    let book = Book::new(vec![prefix(Some("acme.pbx"), 60)]);
    let with = |address: &str| book.site(&with_mac(Traffic::default(), address, None)).devices.len();
    assert_eq!((with(PBX), with("::"), with("0.0.0.0")), (1, 0, 0));
}

#[test]
fn the_role_of_a_peer_is_evidence_in_its_turn() {
    let print = PortPrint {
        transport: TransportSpec::Udp,
        speaks: vec!["rtp".into()],
        peer: vec!["acme.pbx".into()],
        ..on_port("10000-10200", Initiator::Either, &[])
    };
    let book = Book::new(vec![
        agent(Some("acme.pbx"), 90, "pbx"),
        identity(Some("acme.phone"), 60, Fingerprint::Ports(print)),
    ]);
    let voice = Flow { app: App::Rtp, ..udp("192.168.10.21:10000", "192.168.10.2:5204") };
    let other = Flow { app: App::Unknown, ..udp("192.168.10.22:10000", "192.168.10.2:5204") };
    let alone = Flow { app: App::Rtp, ..udp("192.168.10.23:10000", "192.168.10.24:5204") };
    let traffic = Traffic { flows: numbered(vec![voice, other, alone]), ..agents(&[(PBX, "pbx")]) };
    let found: Vec<IpAddr> = book.site(&traffic).devices.iter().map(|device| device.address).collect();
    assert_eq!(found, [ip(PBX), ip(PHONE)]);
}

#[test]
fn the_smallest_model_that_holds_the_ports_is_inferred() {
    let book = Book::new(vec![agent(Some("acme.pbx"), 90, "x*")]);
    let model = |ports: &[u16]| {
        let streams =
            ports.iter().map(|port| stream(&format!("{PBX}:{port}"), "192.168.10.21:10000", &[(46, 60)]));
        let traffic = Traffic { streams: streams.collect(), ..agents(&[(PBX, "x")]) };
        let site = book.site(&traffic);
        let device = site.device(ip(PBX)).unwrap();
        assert!(!device.model_is_stated);
        device.model.as_ref().map(|model| model.as_str().to_owned())
    };
    assert_eq!(model(&[5204, 5263]).as_deref(), Some("small"));
    assert_eq!(model(&[5204, 5264]).as_deref(), Some("large"));
    assert_eq!((model(&[]), model(&[5204, 6000])), (None, None));
}

#[test]
fn ports_that_were_announced_count_for_the_model() {
    let book = Book::new(vec![agent(Some("acme.pbx"), 90, "x*")]);
    let announced = vec![socket("192.168.10.2:5300")];
    let call = Call { callee_media: announced, ..call("192.168.10.21:5060", "192.168.10.2:5060") };
    let streams = vec![stream("192.168.10.2:5204", "192.168.10.21:10000", &[(46, 60)])];
    let site = book.site(&Traffic { streams, calls: vec![call], ..agents(&[(PBX, "x")]) });
    assert_eq!(site.device(ip(PBX)).unwrap().model, Some("large".into()));
}

#[test]
fn ports_contradict_the_name_of_a_model() {
    let named = Identity { model: Some("small".into()), ..agent(Some("acme.pbx"), 90, "x*") };
    let book = Book::new(vec![named]);
    let device = |port: u16| {
        let streams = vec![stream(&format!("{PBX}:{port}"), "192.168.10.21:10000", &[(46, 60)])];
        book.site(&Traffic { streams, ..agents(&[(PBX, "x")]) }).device(ip(PBX)).cloned().unwrap()
    };
    let fitting = device(5204);
    assert_eq!((fitting.model, fitting.model_is_fitted), (Some("small".into()), false));
    assert!(fitting.contradictions.is_empty());
    let torn = device(5300);
    assert_eq!((torn.model, torn.model_is_fitted), (Some("large".into()), true));
    assert_eq!(
        (torn.contradictions[0].model.clone(), torn.confidence),
        (Some("small".into()), Confidence::Likely)
    );
    assert_eq!(device(40_000).model, Some("small".into()), "a port of no model is none of another one");
}

#[test]
fn what_was_sent_to_a_host_says_nothing_about_it() {
    let print = PortPrint { transport: TransportSpec::Udp, ..on_port("12179", Initiator::Peer, &[]) };
    let book = Book::new(vec![identity(Some("acme.phone"), 60, Fingerprint::Ports(print))]);
    let answered = udp("192.168.10.51:50000", "192.168.10.21:12179");
    let unanswered = Flow { from_b: observe::Sent::default(), ..answered.clone() };
    let count = |flow| book.site(&Traffic { flows: vec![flow], ..Traffic::default() }).devices.len();
    assert_eq!((count(answered), count(unanswered)), (1, 0));
}

#[test]
fn who_is_registered_at_a_stated_system_is_its_telephone_whoever_made_it() {
    let at = Fingerprint::RegistersAt(vec!["acme.pbx".into()]);
    let book = Book::new(vec![identity(Some("acme.phone"), 75, at), agent(Some("thing"), 70, "x*")]);
    let role = |accepted: bool, stated: bool| {
        let mut traffic = agents(&[(PHONE, "x")]);
        let own = registration(&format!("{PHONE}:5060"), &format!("{PBX}:5060"));
        traffic.registrations = vec![Registration { accepted, ..own }];
        let model = stated.then(|| (ip(PBX), None));
        let hints = Hints::new(SiteFile::default(), &Vec::from_iter(model), book.lore()).unwrap();
        let site = identify(&traffic, book.lore(), &hints);
        site.device(ip(PHONE)).map(|device| (device.role.as_str().to_owned(), device.contradictions.len()))
    };
    assert_eq!(role(true, true), Some(("acme.phone".to_owned(), 0)));
    assert_eq!(role(false, true), Some(("thing".to_owned(), 0)), "it was refused");
    assert_eq!(role(true, false), Some(("thing".to_owned(), 0)), "nobody says what is there");
}

#[test]
fn a_role_that_leaves_open_what_it_is_gains_nothing_from_the_maker() {
    let mut book = Book::new(vec![
        prefix(None, 40),
        prefix(Some("acme.device"), 25),
        agent(Some("acme.phone"), 20, "x*"),
    ]);
    book.roles.push(super::super::fixture::role(("acme.device", Kind::Other)));
    let role = |traffic: Traffic| {
        let site = book.site(&with_mac(traffic, PHONE, Some(true)));
        site.device(ip(PHONE)).map(|device| (device.role.as_str().to_owned(), device.confidence))
    };
    assert_eq!(role(Traffic::default()), Some(("acme.device".to_owned(), Confidence::Suspected)));
    assert_eq!(role(agents(&[(PHONE, "x")])), Some(("acme.phone".to_owned(), Confidence::Likely)));
    let none_yet = book.site(&with_mac(Traffic::default(), "0.0.0.0", Some(true)));
    assert!(none_yet.devices.is_empty(), "that is nobody's address");
}

fn on_port(port: &str, initiator: Initiator, read_as: &[&str]) -> PortPrint {
    PortPrint {
        transport: TransportSpec::Tcp,
        own: port.parse().unwrap(),
        remote: Ports::Unspecified,
        initiator,
        speaks: Vec::new(),
        read_as: read_as.iter().map(|word| AppName::from(*word)).collect(),
        peer: Vec::new(),
    }
}

#[test]
fn readable_content_of_another_kind_speaks_against_a_port() {
    let found = |read_as: &[&str], app, spoil: fn(&mut Traffic)| {
        let print = on_port("5061", Initiator::Peer, read_as);
        let book = Book::new(vec![identity(Some("acme.pbx"), 60, Fingerprint::Ports(print))]);
        let mut flow = tcp("192.168.10.21:40000", "192.168.10.2:5061", TcpOutcome::Answered, 1);
        flow.app = app;
        let mut traffic = Traffic { flows: vec![flow], ..Traffic::default() };
        spoil(&mut traffic);
        book.site(&traffic).devices.len()
    };
    assert_eq!(found(&["tls"], App::Tls, |_| {}), 1);
    assert_eq!(found(&["tls"], App::Unknown, |_| {}), 0, "its beginning was read, and is no TLS");
    assert_eq!(found(&["tls"], App::Unknown, |traffic| traffic.quality.cut_payloads = 1), 1);
    assert_eq!(found(&["tls"], App::Vnc, |_| {}), 0);
    assert_eq!(found(&["asip"], App::Unknown, |_| {}), 1, "which nobody can read");
    assert_eq!(found(&["asip"], App::Vnc, |_| {}), 0);
    assert_eq!(found(&[], App::Vnc, |_| {}), 1, "where content does not matter");
}

#[test]
fn a_telephone_that_a_host_of_the_vendor_refuses_tells_what_that_is() {
    let found = |outcome, has_maker: bool, is_telephone: bool| {
        let print = on_port("5061", Initiator::Peer, &["tls"]);
        let telephones = Identity { telephones: true, vendor: "Snom".into(), ..prefix(None, 40) };
        let other = Fingerprint::Mac(vec!["00:00:5f".parse().unwrap()]);
        let identities = vec![
            identity(Some("acme.pbx"), 25, Fingerprint::Ports(print)),
            Identity { fingerprint: other, ..prefix(None, 40) },
            if is_telephone { telephones } else { prefix(Some("thing"), 10) },
        ];
        let flow = tcp("192.168.10.21:40000", "192.168.10.2:5061", outcome, 2);
        let mut traffic = with_mac(Traffic { flows: vec![flow], ..Traffic::default() }, PHONE, None);
        if has_maker {
            let seen = MacSeen {
                mac: crate::decode::Mac([0, 0, 0x5f, 0, 0, 1]),
                frames: 2,
                first: frame(1),
                paired: false,
            };
            traffic.hosts.insert(0, HostFacts { macs: vec![seen], ..host(PBX, None) });
        }
        Book::new(identities).site(&traffic).device(ip(PBX)).is_some()
    };
    assert!(found(TcpOutcome::Refused, true, true));
    assert!(!found(TcpOutcome::Refused, false, true), "anybody's");
    assert!(!found(TcpOutcome::Refused, true, false), "a scanner, perhaps");
    assert!(!found(TcpOutcome::Silent, true, true), "it did not even refuse");
}
