use super::super::fixture::{PBX, PHONE, PUBLIC, World, registration, row};
use super::*;
use crate::observe::fixture::{frame, greeting as named, host, ip, socket, tcp, udp};
use crate::observe::message::App;
use crate::observe::{Flow, NameSeen, NameSource, Protocol, Registration, TcpOutcome};

const REGISTRAR: &str = "transport = \"udp\"\nown = 5060\ninitiator = \"peer\"\npeer.scope = \"lan\"";

const REGISTRAR_OF_ANY: &str = "transport = \"udp\"\nown = 5060\ninitiator = \"peer\"\npeer.scope = \"any\"";

/// How the row with these words explains the flow at the PBX.
fn fit_in(world: World, flow: Flow) -> Option<Fit> {
    let world = world.device(PBX, "acme.pbx").flows(vec![flow]);
    let case = world.case();
    let end = case.ends.iter().find(|end| end.device.address == ip(PBX))?;
    end.rows.first().map(|(_, fit)| *fit)
}

fn fit(words: &str, flow: Flow) -> Option<Fit> {
    fit_in(World::new(&row("R1", "acme.pbx", words)), flow)
}

fn answered(from: &str, to: &str) -> Flow {
    tcp(from, to, TcpOutcome::Answered, 1)
}

fn name_of(address: &str, name: &str) -> NameSeen {
    let source = NameSource::Dns;
    NameSeen {
        name: name.into(),
        host: ip(PBX),
        address: Some(ip(address)),
        source,
        frame: frame(1),
        count: 1,
    }
}

#[test]
fn the_own_port_and_the_side_that_calls_must_fit() {
    let called = udp("192.168.10.21:40000", "192.168.10.2:5060");
    assert_eq!(fit(REGISTRAR, called.clone()), Some(Fit::Full));
    assert_eq!(fit(REGISTRAR, udp("192.168.10.2:5060", "192.168.10.21:40000")), None, "the PBX called");
    assert_eq!(fit(REGISTRAR, udp("192.168.10.21:40000", "192.168.10.2:5061")), None, "another port");
    assert_eq!(fit(REGISTRAR, udp("192.168.10.21:5060", "192.168.10.2:40000")), None, "the peer's port");
    assert_eq!(
        fit(REGISTRAR, answered("192.168.10.21:40000", "192.168.10.2:5060")),
        None,
        "another transport"
    );
    let outwards = REGISTRAR.replace("\"peer\"", "\"own\"");
    assert_eq!(fit(&outwards, called.clone()), None);
    assert_eq!(fit(&REGISTRAR.replace("\"peer\"", "\"either\""), called), Some(Fit::Full));
}

#[test]
fn what_a_host_tells_itself_has_no_end_in_the_network() {
    let fits = |from: &str| fit(REGISTRAR, udp(from, "192.168.10.2:5060"));
    assert_eq!(fits("192.168.10.21:40000"), Some(Fit::Full));
    assert_eq!((fits("192.168.10.2:40000"), fits("127.0.0.1:40000")), (None, None));
}

#[test]
fn what_begins_as_no_protocol_that_is_known_is_not_the_one_of_the_row() {
    let words =
        "transport = \"tcp\"\nremote = 80\ninitiator = \"own\"\npeer.scope = \"any\"\nspeaks = [\"WORD\"]";
    let strange = |word: &str, is_strange: bool, outcome: TcpOutcome| {
        let mut flow = tcp("192.168.10.2:40000", "203.0.113.9:80", outcome, 1);
        flow.tcp.as_mut().unwrap().is_strange = is_strange;
        fit(&words.replace("WORD", word), flow)
    };
    assert_eq!(strange("http", true, TcpOutcome::Answered), None);
    assert_eq!(strange("http", false, TcpOutcome::Answered), Some(Fit::Full), "nobody could read it");
    assert_eq!(strange("http", true, TcpOutcome::Midstream), Some(Fit::Full), "it began before");
    assert_eq!(strange("ldap", true, TcpOutcome::Answered), Some(Fit::Full), "nobody reads that");
}

#[test]
fn no_provider_asks_from_a_changing_port() {
    let words = "transport = \"udp\"\nown = \"5064-5127\"\ninitiator = \"own\"\npeer = { scope = \"any\", roles = [\"provider\"] }";
    let asked = |from: &str| {
        let initiator = crate::observe::Initiator::FirstPacket;
        fit(words, Flow { app: App::Sip, initiator, ..udp(from, "192.168.10.2:5070") })
    };
    assert_eq!(
        asked("192.168.20.1:5060"),
        Some(Fit::Possible),
        "one behind a router, on the provider's own line"
    );
    assert_eq!(asked("192.168.20.1:42335"), None);
}

#[test]
fn no_neighbour_is_a_provider_but_a_router_or_where_the_system_registers() {
    const NEAR: &str = "192.168.10.9";
    let words = "transport = \"udp\"\nown = \"5064-5127\"\ninitiator = \"own\"\npeer = { scope = \"any\", roles = [\"provider\"] }\nspeaks = [\"sip\"]";
    let fits = |change: &dyn Fn(World) -> World| {
        let initiator = crate::observe::Initiator::FirstPacket;
        let flow = Flow { app: App::Sip, initiator, ..udp("192.168.10.9:5060", "192.168.10.2:5070") };
        fit_in(change(World::new(&row("R1", "acme.pbx", words))), flow)
    };
    let registers = |client: &'static str, registrar: &'static str, accepted: bool| {
        move |mut world: World| {
            world.traffic.registrations = vec![Registration { accepted, ..registration(client, registrar) }];
            world
        }
    };
    assert_eq!(fits(&|world| world), None);
    assert_eq!(fits(&|world| world.device(NEAR, "other")), None);
    let router = |device: &mut crate::site::Device| device.kind = Kind::Infrastructure;
    let router = fits(&|world| world.device(NEAR, "other").with(NEAR, router));
    assert!(router.is_some(), "it may pass on what its own provider gives");
    let stated = "[[provider]]\naddresses = [\"192.168.10.9\"]\n";
    assert_eq!(fits(&|world| world.site_file(stated)), Some(Fit::Full));
    assert_eq!(fits(&registers("192.168.10.2:5070", "192.168.10.9:5060", true)), Some(Fit::Full));
    assert_eq!(fits(&registers("192.168.10.2:5070", "192.168.10.9:5060", false)), Some(Fit::Full), "in vain");
    assert_eq!(fits(&registers("192.168.10.9:5060", "192.168.10.2:5070", true)), None, "it is served");
}

#[test]
fn whom_a_system_registers_with_is_none_of_those_whom_it_serves() {
    let words =
        "transport = \"udp\"\nown = 5060\ninitiator = \"peer\"\npeer.scope = \"lan\"\nspeaks = [\"sip\"]";
    let fits = |ends: &[(&str, &str)], site: &str| {
        let initiator = crate::observe::Initiator::FirstPacket;
        let flow = Flow { app: App::Sip, initiator, ..udp("192.168.10.2:5060", "192.168.10.9:5060") };
        let mut world = World::new(&row("R1", "acme.pbx", words)).site_file(site);
        world.traffic.registrations = ends.iter().map(|(one, other)| registration(one, other)).collect();
        fit_in(world, flow)
    };
    let (out, back) =
        (("192.168.10.2:5060", "192.168.10.9:5060"), ("192.168.10.9:5060", "192.168.10.2:5060"));
    assert_eq!(fits(&[], ""), Some(Fit::Full));
    assert_eq!(fits(&[out], ""), None);
    assert_eq!(fits(&[], "[[provider]]\naddresses = [\"192.168.10.9\"]\n"), None, "the user says so");
    assert_eq!(fits(&[back], ""), Some(Fit::Full));
    assert_eq!(fits(&[out, back], ""), Some(Fit::Full), "both ways");
}

#[test]
fn a_start_that_the_capture_leaves_open_excludes_nothing() {
    let guessed = Flow {
        initiator: crate::observe::Initiator::FirstPacket,
        ..udp("192.168.10.2:5060", "192.168.10.21:40000")
    };
    assert_eq!(fit(REGISTRAR, guessed), Some(Fit::Full));
}

#[test]
fn the_remote_port_is_the_one_of_the_peer() {
    let words = "transport = \"tcp\"\nremote = 443\ninitiator = \"own\"\npeer.scope = \"any\"";
    assert_eq!(fit(words, answered("192.168.10.2:40000", "203.0.113.9:443")), Some(Fit::Full));
    assert_eq!(fit(words, answered("192.168.10.2:443", "203.0.113.9:40000")), None);
}

#[test]
fn the_peer_must_be_where_the_document_has_it() {
    let with_scope = |scope, peer: &str| {
        fit(&REGISTRAR.replace("\"lan\"", &format!("\"{scope}\"")), udp(peer, "192.168.10.2:5060"))
    };
    for (scope, lan, public) in
        [("lan", true, false), ("internet", false, true), ("any", true, true), ("multicast", true, false)]
    {
        assert_eq!(with_scope(scope, "192.168.10.21:40000").is_some(), lan, "{scope}");
        assert_eq!(with_scope(scope, "203.0.113.9:40000").is_some(), public, "{scope}");
    }
    let network = "transport = \"udp\"\nown = 5060\ninitiator = \"peer\"\npeer.scope = \"any\"\npeer.networks = [\"203.0.113.0/29\"]";
    assert_eq!(fit(network, udp("203.0.113.7:9", "192.168.10.2:5060")), Some(Fit::Full));
    assert_eq!(fit(network, udp("203.0.113.9:9", "192.168.10.2:5060")), None);
}

#[test]
fn a_name_is_known_by_greeting_or_by_dns_or_not_at_all() {
    let words = "transport = \"tcp\"\nremote = 443\ninitiator = \"own\"\npeer.scope = \"any\"\npeer.names = [\"*.acme.example\"]";
    let visit = |greeting: Option<&str>, dns: Option<&str>| {
        let flow = named(greeting, None, answered("192.168.10.2:40000", "203.0.113.9:443"));
        let mut world = World::new(&row("R1", "acme.pbx", words));
        world.traffic.names = dns.map(|name| name_of(PUBLIC, name)).into_iter().collect();
        fit_in(world, flow)
    };
    assert_eq!(visit(Some("pbx.acme.example"), None), Some(Fit::Full));
    assert_eq!(visit(None, Some("pbx.acme.example")), Some(Fit::Full));
    assert_eq!(visit(None, None), Some(Fit::Possible), "what nobody named contradicts nothing");
    assert_eq!(visit(Some("www.example"), Some("pbx.acme.example")), None, "the greeting outweighs DNS");
    assert_eq!(visit(None, Some("www.example")), None);
}

#[test]
fn a_host_means_the_name_that_it_asked_for_itself() {
    let words = "transport = \"tcp\"\nremote = 443\ninitiator = \"own\"\npeer.scope = \"any\"\npeer.names = [\"pbx.example\"]";
    let fits = |names: &[(&str, &str)]| {
        let mut world = World::new(&row("R1", "acme.pbx", words));
        let seen = names.iter().map(|(host, name)| NameSeen { host: ip(host), ..name_of(PUBLIC, name) });
        world.traffic.names = seen.collect();
        fit_in(world, answered("192.168.10.2:40000", "203.0.113.9:443"))
    };
    let (own, other) = ((PBX, "pbx.example"), (PBX, "update.example"));
    assert_eq!(fits(&[own, (PHONE, "update.example")]), Some(Fit::Full));
    assert_eq!(fits(&[other, (PHONE, "pbx.example")]), None, "what others ask for is theirs");
    assert_eq!(fits(&[(PHONE, "pbx.example")]), Some(Fit::Full), "the capture lacks its own question");
    assert_eq!(fits(&[own, other]), Some(Fit::Possible), "one of two, and nobody sees which");
}

#[test]
fn the_peer_must_be_what_the_document_says_if_that_is_known() {
    let words = format!("{REGISTRAR}\npeer.roles = [\"acme.phone\"]");
    let called = |role: Option<&str>| {
        let world = World::new(&row("R1", "acme.pbx", &words));
        let world = role.into_iter().fold(world, |world, role| world.device(PHONE, role));
        fit_in(world, udp("192.168.10.21:40000", "192.168.10.2:5060"))
    };
    assert_eq!(called(Some("acme.phone")), Some(Fit::Full));
    assert_eq!(called(None), Some(Fit::Full));
    assert_eq!(called(Some("rival.phone")), None);
    assert_eq!(called(Some("other")), Some(Fit::Full), "a role that no vendor documents contradicts nothing");
}

#[test]
fn whom_a_system_serves_is_none_of_its_providers() {
    let fit = |roles: &str, from: &str, registered: bool, stated: bool| {
        let words = format!("{REGISTRAR_OF_ANY}\npeer.roles = [{roles}]");
        let mut world = World::new(&row("R1", "acme.pbx", &words));
        if stated {
            world = world.site_file(&format!("[[provider]]\naddresses = [\"{from}\"]\n"));
        }
        if registered {
            let client = format!("{from}:5060");
            world.traffic.registrations = vec![registration(&client, "192.168.10.2:5060")];
        }
        fit_in(world, udp(&format!("{from}:5060"), "192.168.10.2:5060"))
    };
    let (trunk, gateway) = ("\"provider\"", "\"provider\", \"other\"");
    assert_eq!(fit(trunk, PHONE, true, false), None);
    assert_eq!(fit(gateway, PHONE, true, false), None);
    assert_eq!(fit(trunk, PHONE, false, false), None, "nothing says that it is one");
    assert_eq!(fit(gateway, PHONE, false, false), Some(Fit::Full));
    assert_eq!(fit(trunk, PHONE, false, true), Some(Fit::Full), "the user says so");
    assert_eq!(fit(trunk, PUBLIC, false, false), Some(Fit::Full));
}

#[test]
fn a_row_that_says_less_gives_way() {
    let words = |own: &str| {
        let words =
            "transport = \"udp\"\ninitiator = \"either\"\npeer.scope = \"lan\"\npeer.roles = [\"acme.pbx\"]";
        format!("{words}\nspeaks = [\"sip\"]\nown = {own}")
    };
    let outdone = |other: &str| {
        let rules = [row("R1", "acme.phone", &words("\"dynamic\"")), row("R2", "acme.phone", &words(other))];
        let flow = Flow { app: App::Sip, ..udp("192.168.10.21:60104", "192.168.10.2:5060") };
        let world =
            World::new(&rules.concat()).device(PHONE, "acme.phone").device(PBX, "acme.pbx").flows(vec![flow]);
        let case = world.case();
        let end = case.ends.iter().find(|end| end.device.address == ip(PHONE)).unwrap();
        end.rows.iter().map(|(row, _)| end.is_outdone(row)).collect::<Vec<bool>>()
    };
    assert_eq!(outdone("60104"), [true, false]);
    assert_eq!(outdone("60105"), [false], "the other row is about another port");
}

#[test]
fn a_row_without_ports_holds_for_the_peer_and_the_content_that_it_names() {
    let words = "transport = \"tcp\"\nown = \"dynamic\"\ninitiator = \"own\"\npeer.scope = \"any\"\npeer.roles = [\"provider\"]\nspeaks = [\"sip\"]";
    let trunk = |app, role: Option<&str>, outcome| {
        let world = World::new(&row("R1", "acme.pbx", words));
        let world = role.into_iter().fold(world, |world, role| world.device(PUBLIC, role));
        fit_in(world, Flow { app, ..tcp("192.168.10.2:40000", "203.0.113.9:5060", outcome, 1) })
    };
    let (provider, stands) = (Some("provider"), TcpOutcome::Answered);
    assert_eq!(trunk(App::Sip, provider, stands), Some(Fit::Full));
    assert_eq!(trunk(App::Sip, None, stands), None, "somebody");
    assert_eq!(trunk(App::Tls, provider, stands), None, "something else");
    assert_eq!(trunk(App::Unknown, provider, stands), None);
    assert_eq!(
        trunk(App::Unknown, provider, TcpOutcome::Silent),
        Some(Fit::Possible),
        "a failed attempt is mute"
    );
    assert_eq!(trunk(App::Unknown, None, TcpOutcome::Silent), None);
}

#[test]
fn a_trunk_over_tls_belongs_to_the_row_of_the_provider() {
    let words = "transport = \"tcp\"\nown = \"dynamic\"\ninitiator = \"own\"\n\
        peer = { scope = \"any\", roles = [\"provider\"] }\nspeaks = [\"sip\", \"tls\"]";
    let trunk = |site: &str, port: u16, app| {
        let flow = Flow { app, ..answered("192.168.10.2:40000", &format!("203.0.113.9:{port}")) };
        fit_in(World::new(&row("R1", "acme.pbx", words)).site_file(site), flow)
    };
    let stated = "[[provider]]\naddresses = [\"203.0.113.9\"]\n";
    assert_eq!(trunk(stated, 5061, App::Tls), Some(Fit::Full), "the site file names it");
    assert_eq!(trunk(stated, 5070, App::Tls), Some(Fit::Full), "the document gives no port");
    assert_eq!(trunk("", 5061, App::Tls), Some(Fit::Possible));
    assert_eq!(trunk("", 443, App::Tls), None, "TLS to whomever");
    let inside = Flow { app: App::Tls, ..answered("192.168.10.2:40000", "192.168.10.77:5061") };
    assert_eq!(fit(words, inside), None, "nobody said that a provider stands in the LAN");
    let called = Flow { app: App::Tls, ..answered("203.0.113.9:5061", "192.168.10.2:40000") };
    assert_eq!(fit(words, called), None, "the PBX did not open it");
}

#[test]
fn content_outweighs_the_port() {
    let speaking = |speaks, app| {
        let words = format!(
            "transport = \"udp\"\nown = \"5204-5263\"\ninitiator = \"either\"\npeer.scope = \"any\"\nspeaks = [\"{speaks}\"]"
        );
        fit(&words, Flow { app, ..udp("192.168.10.21:40000", "192.168.10.2:5222") })
    };
    assert_eq!(speaking("rtp", App::Rtp), Some(Fit::Full));
    assert_eq!(speaking("rtp", App::Mdns), None);
    assert_eq!(speaking("rtp", App::Unknown), Some(Fit::Possible), "voice is recognised where it is");
    assert_eq!(speaking("sip", App::Unknown), Some(Fit::Full), "content may be hidden");
}

#[test]
fn a_suspected_device_is_held_to_nothing() {
    let world = World::new(&row("R1", "acme.pbx", REGISTRAR)).device(PBX, "acme.pbx");
    let world = world.with(PBX, |device| device.confidence = Confidence::Suspected);
    let world = world.flows(vec![udp("192.168.10.21:40000", "192.168.10.2:5060")]);
    assert!(world.case().ends.is_empty() && world.case().device(ip(PBX)).is_none());
}

#[test]
fn only_a_stated_model_binds() {
    let model = |id: &str, row: &str| {
        format!(
            "\n[[model]]\nid = \"{id}\"\nrole = \"acme.pbx\"\nrtp_row = \"{row}\"\nchannels = 1\ntitle.de = \"-\"\ntitle.en = \"-\"\n"
        )
    };
    let range = |id: &str, own: &str, model: &str| {
        let words = format!(
            "models = [\"{model}\"]\ntransport = \"udp\"\nown = \"{own}\"\ninitiator = \"either\"\npeer.scope = \"any\"\nspeaks = [\"rtp\"]"
        );
        row(id, "acme.pbx", &words)
    };
    let rules = [
        model("big", "R2"),
        model("small", "R1"),
        range("R1", "5204-5205", "small"),
        range("R2", "5206-5207", "big"),
    ]
    .concat();
    let rows = |is_stated| {
        let world = World::new(&rules).device(PBX, "acme.pbx").with(PBX, |device| {
            device.model = Some("small".into());
            device.model_is_stated = is_stated;
        });
        let voice = Flow { app: App::Rtp, ..udp("192.168.10.21:40000", "192.168.10.2:5206") };
        world.flows(vec![voice]).rows_at(PBX, 0)
    };
    assert_eq!((rows(false), rows(true)), (vec!["R2".to_owned()], Vec::new()));
}

#[test]
fn the_site_file_may_move_a_range() {
    let at_port = |host: &str, port| {
        let change =
            format!("[[ports]]\nrow = \"R1\"\nhost = \"{host}\"\nown = 6060\nreason = \"verschoben\"\n");
        let world = World::new(&row("R1", "acme.pbx", REGISTRAR)).site_file(&change);
        fit_in(world, udp("192.168.10.21:40000", &format!("192.168.10.2:{port}"))).is_some()
    };
    assert!(at_port(PBX, 6060) && !at_port(PBX, 5060));
    assert!(!at_port(PHONE, 6060) && at_port(PHONE, 5060), "moved at another host");
}

#[test]
fn a_moved_range_is_told_with_its_reason_and_its_use() {
    let moved = |own: u16| {
        let change =
            format!("[[ports]]\nrow = \"R1\"\nhost = \"{PBX}\"\nown = {own}\nreason = \"verschoben\"\n");
        let world = World::new(&row("R1", "acme.pbx", REGISTRAR)).site_file(&change).device(PBX, "acme.pbx");
        let world = world.flows(vec![udp("192.168.10.21:40000", "192.168.10.2:6060")]);
        let told = world.case().exceptions(&[]);
        let [one] = told.as_slice() else { panic!("{told:?}") };
        (one.text.to_string(), one.reason.to_string(), one.line, one.matched)
    };
    assert_eq!(moved(6060), ("R1 192.168.10.2 6060".to_owned(), "verschoben".to_owned(), 1, 1));
    assert_eq!(moved(6070).3, 0, "nothing uses it");
}

#[test]
fn data_that_follow_a_transfer_belong_to_its_row() {
    let words =
        "transport = \"udp\"\nown = 69\ndata = \"dynamic\"\ninitiator = \"peer\"\npeer.scope = \"lan\"";
    let request = udp("192.168.10.31:50000", "192.168.10.2:69");
    let data = udp("192.168.10.2:51000", "192.168.10.31:50000");
    let rows = |flows| {
        let world = World::new(&row("R1", "acme.pbx", words)).device(PBX, "acme.pbx").flows(flows);
        world.rows_at(PBX, 1)
    };
    assert_eq!(rows(vec![request.clone(), data.clone()]), ["R1"]);
    let elsewhere = udp("192.168.10.2:51000", "192.168.10.32:50000");
    assert!(rows(vec![request.clone(), elsewhere]).is_empty(), "with whom nothing was opened");
    let low = udp("192.168.10.2:69", "192.168.10.31:50001");
    assert!(rows(vec![request, low]).is_empty(), "not a dynamic port");
    assert!(rows(vec![data.clone(), data]).is_empty(), "nothing was opened at all");
}

#[test]
fn a_provider_is_stated_known_by_role_or_registered_with() {
    let registration = |client: &str| {
        let client = socket(&format!("{client}:5064"));
        let registrar = socket("203.0.113.9:5060");
        Registration::new("4952100@provider.example".into(), client, registrar, Protocol::Udp)
    };
    let is_provider = |world: World| world.case().is_provider(ip(PUBLIC));
    let with_registration = |client| {
        let mut world = World::new("").device(PBX, "acme.pbx");
        world.traffic.registrations = vec![registration(client)];
        world
    };
    assert!(is_provider(with_registration(PBX)));
    assert!(!is_provider(with_registration(PHONE)), "a stranger's registrar is no provider");
    assert!(is_provider(World::new("").device(PUBLIC, "provider")));
    let stated = "[[provider]]\naddresses = [\"203.0.113.0/24\"]\n";
    assert!(is_provider(World::new("").site_file(stated)) && !is_provider(World::new("")));
}

#[test]
fn another_address_of_the_registrars_name_is_the_providers_as_well() {
    const OTHER: &str = "203.0.113.12";
    let is_provider = |host: &str, names: [&str; 2]| {
        let mut world = World::new("").device(PBX, "acme.pbx");
        let (client, registrar) = (socket(&format!("{PBX}:5064")), socket(&format!("{PUBLIC}:5060")));
        world.traffic.registrations =
            vec![Registration::new("4952100@provider.example".into(), client, registrar, Protocol::Udp)];
        let seen = [PUBLIC, OTHER].into_iter().zip(names);
        world.traffic.names =
            seen.map(|(at, name)| NameSeen { host: ip(host), ..name_of(at, name) }).collect();
        world.case().is_provider(ip(OTHER))
    };
    assert!(is_provider(PBX, ["sip.provider.example"; 2]));
    assert!(!is_provider(PBX, ["sip.provider.example", "www.other.example"]));
    assert!(!is_provider("203.0.113.99", ["sip.provider.example"; 2]), "what a stranger asks for");
}

#[test]
fn exceptions_are_counted_by_the_findings_that_they_cover() {
    use super::super::finding::{Detail, Severity};
    use super::super::fixture::finding;
    let text = "[[exception]]\ncode = \"PORT-001\"\nhost = \"192.168.10.2\"\nreason = \"a\"\n\
                [[exception]]\nport = 8123\nreason = \"b\"\n";
    let world = World::new("").device(PBX, "acme.pbx").site_file(text);
    let world = world.flows(vec![udp("192.168.10.21:40000", "192.168.10.2:5060")]);
    let case = world.case();
    let view = &case.ends[0].view;
    assert!(case.is_excepted("PORT-001", view) && !case.is_excepted("PORT-003", view));
    assert!(case.is_excepted_whole("PORT-001", ip(PBX)) && !case.is_excepted_whole("PORT-001", ip(PHONE)));
    let case = world.case().of_accepted();
    assert!(!case.is_excepted("PORT-001", view) && case.is_excepted("PORT-003", view), "the other way round");
    let about =
        |host| finding(Detail::Port001 { uses: Vec::new(), as_of: None }, Severity::Warning, Some(host));
    assert_eq!(case.accepted(about(PHONE)), None);
    let accepted = [case.accepted(about(PBX)).unwrap()];
    let used: Vec<(usize, u64)> =
        case.exceptions(&accepted).iter().map(|one| (one.line, one.matched)).collect();
    assert_eq!(used, [(1, 1), (5, 0)], "however often it was asked");
}

#[test]
fn neighbours_share_a_subnet_and_no_router_is_between() {
    let mut world = World::new("");
    let near = |world: &World, one: &str, other: &str| world.case().are_neighbours(ip(one), ip(other));
    assert!(near(&world, PBX, PHONE) && near(&world, "fd00::1", "fd00::2"));
    assert!(
        !near(&world, PBX, "192.168.11.21") && !near(&world, PBX, PUBLIC) && !near(&world, PUBLIC, PUBLIC)
    );
    world.traffic.hosts = vec![crate::observe::fixture::host(PHONE, Some(false))];
    assert!(!near(&world, PBX, PHONE), "its packets came through a router");
}

#[test]
fn who_is_registered_with_a_device_is_not_its_partner_because_it_calls_him() {
    let partner = |registered: bool| {
        let mut world = World::new("").device(PBX, "acme.pbx");
        world.traffic.calls = vec![crate::observe::fixture::call("192.168.10.2:5060", "203.0.113.9:33060")];
        let (client, registrar) = (socket("203.0.113.9:33060"), socket("192.168.10.2:5060"));
        let one = Registration::new("sip:13@192.168.10.2".into(), client, registrar, Protocol::Udp);
        world.traffic.registrations = vec![Registration { accepted: registered, ..one }];
        world.case().is_partner(ip(PBX), ip(PUBLIC))
    };
    assert!(partner(false));
    assert!(!partner(true));
}

#[test]
fn who_sends_into_a_router_did_not_capture_there() {
    let flows =
        vec![udp("192.168.10.21:5060", "192.168.10.2:5060"), udp("192.168.88.31:5060", "192.168.10.2:5060")];
    let mut world = World::new("").flows(flows);
    world.traffic.hosts = vec![host(PBX, Some(true))];
    assert!(world.case().was_captured_on(ip(PBX)));
    world.traffic.hosts.iter_mut().for_each(|host| host.came_in = true);
    assert!(!world.case().is_measuring_point(ip(PBX)));
}

#[test]
fn the_line_of_a_system_may_end_at_another_one() {
    let second = "192.168.20.2";
    let words = "transport = \"udp\"\nown = \"5064-5127\"\ninitiator = \"own\"\n\
        peer = { scope = \"any\", roles = [\"provider\"] }\nspeaks = [\"sip\"]";
    let rows = |registers: bool, role: &str| {
        let flow = Flow { app: App::Sip, ..udp("192.168.10.2:5065", "192.168.20.2:5060") };
        let mut world =
            World::new(&row("R1", "acme.pbx", words)).device(PBX, "acme.pbx").device(second, role);
        world.traffic.registrations.extend(
            registers
                .then(|| crate::observe::fixture::registration("192.168.10.2:5065", "192.168.20.2:5060")),
        );
        world.flows(vec![flow]).rows_at(PBX, 0)
    };
    assert_eq!(rows(true, "acme.pbx"), ["R1"]);
    assert!(rows(false, "acme.pbx").is_empty(), "it does not register there");
    assert!(rows(true, "acme.phone").is_empty(), "no system");
}
