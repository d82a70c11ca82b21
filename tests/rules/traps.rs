//! Places where a reader of the vendors' documents goes wrong, by their number in the project's list of traps. Those
//! that are about packets rather than about data are tested where packets are judged.

use pbxray::rules::{DocumentKind, Row, Rulebook};
use pbxray::site::{Fingerprint, Initiator, Kind, PeerScope, PortSet, Ports, Role, RoleId, smallest_model};

use crate::book;

fn row<'b>(book: &'b Rulebook, id: &str) -> &'b Row {
    book.row(id).unwrap_or_else(|| panic!("{id} is missing"))
}

fn ports(text: &str) -> Ports {
    text.parse().unwrap()
}

fn count(book: &Rulebook, id: &str) -> u32 {
    let sides = row(book, id).legs.iter().flat_map(|leg| [&leg.own, &leg.remote]);
    sides.filter_map(Ports::set).map(PortSet::count).next().unwrap_or(0)
}

fn vendor_rows<'b>(book: &'b Rulebook, vendor: &'b str) -> impl Iterator<Item = &'b Row> {
    let rows = book.rows.iter().filter(|row| row.document.kind == DocumentKind::Vendor);
    rows.filter(move |row| row.document.vendor == vendor)
}

#[test]
fn t01_agfeo_lists_source_ports_and_pascom_ports_of_the_server() {
    let book = book();
    let t14 = &row(&book, "A35").legs[0];
    assert_eq!((&t14.own, &t14.remote), (&ports("10000-10200"), &Ports::Unspecified));
    let client = &row(&book, "P02").legs[0];
    assert_eq!((&client.own, &client.remote), (&Ports::Unspecified, &ports("30000-35000")));
    assert_eq!(row(&book, "P17").legs[0].own, ports("30000-35000"));
    // Whether voice is encrypted the document does not say, and either kind uses the row.
    let is_said = |id: &str| row(&book, id).service.de.contains("SRTP");
    assert!(!is_said("P02") && !is_said("P17"));
    let phone = RoleId::from("pascom.phone");
    let rtp = book.rows.iter().filter(|row| row.is_for(&phone) && row.admits_protocol("rtp"));
    assert!(
        rtp.flat_map(|row| &row.legs).all(|leg| leg.own.set().is_none()),
        "a telephone's own RTP port is free"
    );
}

#[test]
fn t02_the_direction_column_decides_whose_port_it_is() {
    let book = book();
    for id in ["A01", "A02", "A26", "A33"] {
        let leg = &row(&book, id).legs[0];
        assert!(leg.own == Ports::Unspecified && leg.initiator == Initiator::Own, "{id}");
    }
    for id in ["A03", "A06", "A08", "A09", "A11", "A12"] {
        let leg = &row(&book, id).legs[0];
        assert!(leg.remote == Ports::Unspecified && leg.initiator == Initiator::Peer, "{id}");
    }
    for id in ["A04", "A07", "A50"] {
        let legs = &row(&book, id).legs;
        assert!(legs.len() == 2 && legs[0].initiator != legs[1].initiator, "{id}: server and client");
    }
}

#[test]
fn t03_rows_without_a_fixed_port_are_bound_to_peer_and_content() {
    let book = book();
    let wildcards: Vec<&Row> = book.rows.iter().filter(|row| row.is_wildcard()).collect();
    for id in ["A10", "A14", "A40", "A42", "A43", "A45", "A47"] {
        assert!(wildcards.iter().any(|row| row.id == id), "{id}");
    }
    for row in wildcards {
        assert!(!row.speaks.is_empty(), "{}", row.id);
        for leg in row.legs.iter().filter(|leg| leg.is_wildcard()) {
            assert!(!leg.peer.roles.is_empty() || !leg.peer.names.is_empty(), "{}", row.id);
        }
    }
}

#[test]
fn t04_voice_is_never_known_by_port_alone() {
    let book = book();
    let mdns = book.rows.iter().find(|row| row.admits_protocol("mdns") && !row.speaks.is_empty()).unwrap();
    let mdns_port = mdns.legs[0].remote.set().and_then(PortSet::first).unwrap();
    assert!(row(&book, "A25").own_ports().unwrap().contains(mdns_port), "inside the range of the HyperVoice");
    assert!(!row(&book, "A25").admits_protocol("mdns") && !mdns.admits_protocol("rtp"));
    let voice = book.models.iter().map(|model| row(&book, model.row.as_str()));
    assert!(voice.into_iter().all(|row| row.admits_protocol("rtp") && !row.speaks.is_empty()));
}

#[test]
fn t05_the_transport_tells_equal_numbers_apart() {
    let book = book();
    let chat = row(&book, "P23");
    let number = chat.own_ports().and_then(PortSet::first).unwrap();
    assert!(chat.transport.admits_tcp() && !chat.transport.admits_udp());
    let voice = row(&book, "A25");
    assert!(voice.leg(number, 1024).is_some() && !voice.transport.admits_tcp());
    for id in ["A12", "A34", "A36", "A38", "A46"] {
        assert_eq!(row(&book, id).legs[0].own, ports("5060"), "{id}: registrar and source port at once");
    }
}

#[test]
fn t06_one_cell_may_hold_two_ports_or_two_protocols() {
    let book = book();
    assert_eq!(count(&book, "P02"), 5001);
    for (first, second) in [("P05", "P06"), ("P09", "P10"), ("P12", "P13"), ("P20", "P21"), ("A30", "A31")] {
        let (first, second) = (row(&book, first), row(&book, second));
        assert!(first.legs[0].remote != second.legs[0].remote || first.transport != second.transport);
    }
}

#[test]
fn t07_ranges_have_the_size_that_is_documented_or_say_why_not() {
    let book = book();
    let sizes = [
        ("A13", 64),
        ("A17", 8),
        ("A18", 12),
        ("A19", 24),
        ("A20", 32),
        ("A23", 60),
        ("A24", 128),
        ("A25", 320),
    ];
    for (id, size) in sizes.into_iter().chain([("A35", 201), ("A37", 201), ("A39", 40), ("A44", 21)]) {
        assert_eq!(count(&book, id), size, "{id}");
    }
    assert!(row(&book, "A35").leg(10200, 5004).is_some());
    assert!(row(&book, "A35").note.as_ref().unwrap().de.contains("201"));
}

#[test]
fn t08_no_more_than_16_calls_fit_into_the_old_range() {
    let book = book();
    assert_eq!(book.model("es-16ch").unwrap().channels, 16);
    for model in &book.models {
        assert_eq!(u32::from(model.channels) * 2, model.rtp.count(), "{}", model.id);
    }
}

#[test]
fn t09_the_es_22_is_a_new_system() {
    let book = book();
    let es_22 = book.model("es-22").unwrap();
    assert_eq!((es_22.channels, es_22.rtp.to_string().as_str()), (64, "5204-5331"));
    let old = ["A15", "A16", "A17", "A18", "A19", "A20", "A21"];
    assert!(old.iter().all(|id| !row(&book, id).is_for_model(Some(&es_22.id))));
}

#[test]
fn t10_hyperfonie_is_in_no_table() {
    let book = book();
    assert!(book.models.iter().all(|model| !model.title.de.contains("HyperFonie")));
    assert!(book.documents[0].note.as_ref().unwrap().de.contains("HyperFonie"));
    let searches = vendor_rows(&book, "AGFEO").filter(|row| row.service.de.starts_with("Gerätesuche"));
    assert!(
        searches.into_iter().all(|row| !["HyperVoice", "T14", "T17", "ES 22"]
            .iter()
            .any(|name| row.service.de.contains(name)))
    );
}

#[test]
fn t11_any_media_port_of_the_door_station_is_documented() {
    let book = book();
    let media = row(&book, "A47");
    assert!(media.leg(1, 65535).is_some() && media.leg(40000, 5204).is_some());
    assert!(media.transport.admits_udp() && !media.transport.is_documented());
}

#[test]
fn t12_thirteen_search_ports_with_thirteen_names() {
    let book = book();
    let searches = vendor_rows(&book, "AGFEO").filter(|row| row.service.de.starts_with("Gerätesuche"));
    let found: Vec<(u16, bool)> = searches
        .map(|row| {
            (row.legs[0].remote.set().and_then(PortSet::first).unwrap(), row.transport.is_documented())
        })
        .collect();
    assert_eq!(found.len(), 13);
    let confirmed: Vec<u16> = found.iter().filter(|search| search.1).map(|search| search.0).collect();
    assert_eq!(confirmed, [row(&book, "A53").own_ports().and_then(PortSet::first).unwrap()]);
    for gap in [12173, 12174, 12175, 12177, 12180, 12182, 12183, 12184] {
        assert!(found.iter().all(|search| search.0 != gap), "{gap}");
    }
}

#[test]
fn t13_section_3_names_no_protocol_and_tftp_moves_on() {
    let book = book();
    let section = vendor_rows(&book, "AGFEO").filter(|row| row.section == "3.0" && row.id != "A62");
    assert!(section.into_iter().all(|row| !row.transport.is_documented()));
    assert_eq!(row(&book, "A74").data, Some(Ports::Dynamic));
}

#[test]
fn t14_http_to_the_update_servers_is_documented() {
    let book = book();
    for id in ["A30", "A48", "A49", "A54"] {
        assert!(
            row(&book, id).legs[0].remote == ports("80") && row(&book, id).admits_protocol("http"),
            "{id}"
        );
    }
}

#[test]
fn t15_rows_of_the_pbx_that_a_pc_uses_in_fact() {
    let book = book();
    let (pbx, dashboard) = (RoleId::from("agfeo.pbx"), RoleId::from("agfeo.dashboard"));
    for id in ["A32", "A33"] {
        let row = row(&book, id);
        assert!(row.is_for(&pbx) && row.is_for(&dashboard) && row.is_for(&RoleId::from("other")), "{id}");
        assert!(!row.expected, "{id}: the PBX need not be the one that asks");
    }
}

#[test]
fn t16_443_of_the_pbx_is_for_the_lan_and_must_not_answer_the_internet() {
    let book = book();
    let pbx = RoleId::from("agfeo.pbx");
    let inbound = row(&book, "A07").legs.iter().find(|leg| leg.initiator == Initiator::Peer).unwrap();
    assert_eq!(inbound.peer.scope, PeerScope::Lan);
    let closed: Vec<u16> = book.exposures_of(&pbx).filter_map(|exposure| exposure.ports.last()).collect();
    assert_eq!(closed, [5060, 443]);
}

#[test]
fn t22_no_agfeo_device_may_answer_the_internet() {
    let book = book();
    let agfeo = |role: &&Role| role.id.as_str().starts_with("agfeo.");
    let telephones = |role: &&Role| matches!(role.kind, Kind::Pbx | Kind::Terminal | Kind::Softphone);
    for role in book.roles.iter().filter(agfeo).filter(telephones) {
        let ports: Vec<u16> = book.exposures_of(&role.id).filter_map(|rule| rule.ports.last()).collect();
        // The web server of a PC is its owner's.
        let closed: &[u16] = if role.kind == Kind::Softphone { &[5060] } else { &[5060, 443] };
        assert_eq!(ports, closed, "{}", role.id.as_str());
    }
}

#[test]
fn t17_ntp_over_tcp_is_never_missed() {
    assert!(!row(&book(), "A05").expected);
}

#[test]
fn t18_misprinted_names_are_known_with_what_is_meant() {
    let book = book();
    for (printed, meant) in [("ntp.pool.org", "pool.ntp.org"), ("mypascom.net", "my.pascom.net")] {
        let misprint = book.misprints.iter().find(|misprint| misprint.name.matches_name(printed)).unwrap();
        assert_eq!(misprint.means, meant);
    }
    assert!(row(&book, "P15").legs[0].peer.admits_name("pool.ntp.org"));
}

#[test]
fn t19_the_second_onsite_table_points_inwards_but_for_one_row() {
    let book = book();
    for number in 16..=26 {
        let id = format!("P{number}");
        let leg = &row(&book, &id).legs[0];
        let outwards = matches!(number, 20 | 21);
        assert_eq!(leg.initiator == Initiator::Own, outwards, "{id}");
        assert_eq!(leg.peer.admits_name("my.pascom.net") && !leg.peer.names.is_empty(), outwards, "{id}");
    }
}

#[test]
fn t20_t28_every_document_has_its_date_and_quotes_all_editions() {
    let book = book();
    let edition = |vendor: &str| {
        let document = book.documents.iter().find(|document| document.vendor == vendor).unwrap();
        (document.as_of.to_string(), format!("{} {}", document.edition, document.disclaimer.de))
    };
    let (agfeo, words) = edition("AGFEO");
    assert!(agfeo == "2026-01-19" && words.contains("19.01.2026LB") && words.contains("2023LB"));
    let (pascom, words) = edition("pascom");
    assert!(pascom == "2020-10-19" && words.contains("02.11.2020"));
}

#[test]
fn t21_management_and_trunks_are_in_the_extended_profile_only() {
    let book = book();
    for port in [8443, 22, 8880, 5060] {
        let with = book.rows.iter().filter(|row| row.own_ports().is_some_and(|ports| ports.contains(port)));
        let of_pascom: Vec<&Row> = with.filter(|row| row.document.vendor == "pascom").collect();
        assert!(!of_pascom.is_empty(), "{port}");
        assert!(of_pascom.iter().all(|row| row.document.kind == DocumentKind::Extended), "{port}");
    }
}

#[test]
fn t22_agfeo_invites_nobody_from_the_internet_and_pascom_does() {
    let book = book();
    let invites = |row: &&Row| row.legs.iter().any(|leg| leg.invites_the_internet());
    assert_eq!(vendor_rows(&book, "AGFEO").filter(invites).count(), 0);
    let pascom: Vec<&str> = vendor_rows(&book, "pascom").filter(invites).map(|row| row.id.as_str()).collect();
    assert_eq!(pascom, ["P16", "P17", "P18", "P19", "P22", "P23", "P24", "P25", "P26"]);
}

#[test]
fn t23_signalling_with_pascom_is_not_readable() {
    let book = book();
    let signalling: Vec<_> =
        vendor_rows(&book, "pascom").filter(|row| row.speaks.iter().any(|app| *app == "sip")).collect();
    let ids: Vec<&str> = signalling.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(ids, ["P01", "P16"]);
    assert!(signalling.iter().all(|row| row.admits_protocol("tls") && !row.transport.admits_udp()));
}

#[test]
fn what_may_be_readable_has_a_row_by_which_it_goes_encrypted() {
    let book = book();
    for plain in book.rows.iter().filter(|row| row.plain) {
        for word in &plain.speaks {
            let is_secret = |row: &&Row| !row.plain && row.speaks.iter().any(|known| *known == "tls");
            let is_theirs = |row: &&Row| row.roles.iter().any(|role| plain.roles.contains(role));
            let mut secret = book.rows.iter().filter(is_secret).filter(is_theirs);
            assert!(secret.any(|row| row.admits_protocol(word.as_str())), "{} {word}", plain.id);
        }
    }
}

#[test]
fn t24_makers_have_more_prefixes_than_the_how_to_lists() {
    let book = book();
    for maker in ["Yealink", "Grandstream"] {
        let prefixes = book.identities.iter().filter(|identity| identity.vendor == maker);
        let count = prefixes
            .filter_map(|identity| {
                if let Fingerprint::Mac(prefixes) = &identity.fingerprint {
                    Some(prefixes.len())
                } else {
                    None
                }
            })
            .sum::<usize>();
        assert!(count > 1, "{maker}");
    }
}

#[test]
fn t25_an_old_pbx_with_modules_has_several_addresses() {
    let book = book();
    let note = row(&book, "A21").note.as_ref().unwrap();
    assert!(note.de.contains("mehrere IP-Adressen"));
    assert_eq!(row(&book, "A21").own_ports(), row(&book, "A20").own_ports());
}

#[test]
fn t26_ef_is_promised_for_rtp_of_terminals_only() {
    let book = book();
    let agfeo = book.roles.iter().filter(|role| role.id.is_in("agfeo"));
    for role in agfeo {
        let promised = book.qos_for(&role.id, "rtp").is_some_and(|rule| rule.promised);
        assert_eq!(promised, role.kind == Kind::Terminal, "{}", role.id);
        assert!(book.qos_for(&role.id, "sip").is_none(), "{}", role.id);
    }
    let pbx = book.qos_for(&RoleId::from("agfeo.pbx"), "rtp").unwrap();
    assert!(pbx.dscp == 46 && !pbx.promised);
    let phone = book.qos_for(&RoleId::from("pascom.phone"), "sip").unwrap();
    assert_eq!((phone.dscp, phone.pcp, phone.factory.as_slice()), (24, Some(3), &[26][..]));
}

#[test]
fn t27_softphones_on_windows_need_a_policy() {
    let book = book();
    for role in ["agfeo.phone.visofon", "pascom.client"] {
        let rule = book.qos_for(&RoleId::from(role), "rtp").unwrap();
        assert!(rule.needs_policy && !rule.promised && rule.dscp == 46, "{role}");
    }
}

#[test]
fn t29_the_ports_of_the_provider_registration_are_no_exposure() {
    let book = book();
    let registration = row(&book, "A13");
    assert_eq!(registration.legs[0].initiator, Initiator::Own);
    let own = registration.own_ports().unwrap();
    let pbx = RoleId::from("agfeo.pbx");
    assert!(
        book.exposures_of(&pbx).all(|exposure| !exposure
            .ports
            .ranges()
            .flatten()
            .any(|port| own.contains(port)))
    );
}

#[test]
fn t30_the_smallest_model_that_fits() {
    let book = book();
    let pbx = RoleId::from("agfeo.pbx");
    let smallest = |observed: &[u16]| {
        let observed = observed.iter().copied().collect();
        smallest_model(&book.models, &pbx, &observed).map(|model| model.id.as_str())
    };
    assert_eq!(smallest(&[5204, 5263]), Some("es-pure-ip"));
    assert_eq!(smallest(&[5300]), Some("es-22"));
    assert_eq!(smallest(&[5332]), Some("hypervoice"));
    assert_eq!(smallest(&[5012, 5020]), Some("es-12ch"));
    assert_eq!(smallest(&[5004, 5204]), None);
}
