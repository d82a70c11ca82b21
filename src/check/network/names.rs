//! NET-001: takes what hosts asked of name servers; gives telephones and PBXs whose name server does not answer, or
//! fails a name they need each time they ask. A row of a document is named and never decides.

use std::net::{IpAddr, SocketAddr};

use super::super::case::Case;
use super::super::evidence::Collector;
use super::super::filter;
use super::super::finding::{Detail, Evidence, Finding, NameFailure, Party, Severity};
use super::{
    LEAST_TRIES, LEAST_WAIT, MOST_SERVERS, is_telephone, is_telephony_of, rows_at, servers_asked,
    would_be_seen,
};
use crate::observe::{FailedName, NameSeen, NameSource, Resolver, Tries};
use crate::site::Confidence;

/// A name that is not there is asked for again and again over so long (ns): what tries a list of names does so at once.
const LEAST_INSISTED: i64 = 10_000_000_000;
/// Names that are told.
const NAMES: usize = 8;
/// RFC 1035 section 4.2.
const PORT: u16 = 53;
/// RFC 1035 section 4.1.1.
const SERVFAIL: u8 = 2;
const NXDOMAIN: u8 = 3;
const REFUSED: u8 = 5;
/// Record types of addresses, RFC 1035 and RFC 3596.
const ADDRESSES: [u16; 2] = [1, 28];
/// What systems ask for by themselves, whether it is there or not.
const PROBES: [&str; 4] = ["wpad", "isatap", "tftp", "localhost"];

/// One for a client and a name server.
pub(super) fn check(case: &Case<'_>) -> Vec<Finding> {
    let asked = servers_asked(case);
    let rows = case.traffic.resolvers.iter();
    let rows = rows.filter(|row| asked.get(&row.client).is_none_or(|servers| *servers <= MOST_SERVERS));
    rows.filter_map(|row| silent(case, row).or_else(|| failing(case, row))).collect()
}

/// The server answers nothing, and no other one helped out since.
fn silent(case: &Case<'_>, row: &Resolver) -> Option<Finding> {
    let silence = row.silence.as_ref()?;
    if !is_telephone(case, row.client)
        && !silence.names.iter().any(|name| is_telephony_of(case, row.client, name))
    {
        return None;
    }
    let (first, _) = silence.span;
    let all = case.traffic.resolvers.iter().filter(|other| other.client == row.client);
    let is_helped = all.into_iter().any(|other| other.served >= Some(first));
    if silence.tries < LEAST_TRIES || silence.length() < LEAST_WAIT || is_helped {
        return None;
    }
    let confidence = would_be_seen(case, row.client, row.server, first)?;
    let names = silence.names.iter().cloned().collect();
    let told = finding(case, row, (names, NameFailure::Silence), [silence]);
    let questions = filter::one_way_between(row.client, row.server);
    let evidence = Evidence { filter: format!("{questions} && dns.flags.response == 0"), ..told.evidence };
    Some(Finding { confidence, evidence, ..told })
}

/// The server says each time that it cannot, or will not, or that there is no such name.
fn failing(case: &Case<'_>, row: &Resolver) -> Option<Finding> {
    [SERVFAIL, REFUSED, NXDOMAIN].into_iter().find_map(|rcode| {
        let failed =
            row.failed.get(&rcode)?.iter().filter(|failed| is_needed(case, row.client, failed, rcode));
        let mut failed: Vec<&FailedName> = failed.collect();
        failed.sort_by(|x, y| (y.answers.tries, &x.name).cmp(&(x.answers.tries, &y.name)));
        let mut names: Vec<Box<str>> = Vec::new();
        for one in &failed {
            if names.len() < NAMES && !names.contains(&one.name) {
                names.push(one.name.clone());
            }
        }
        let why = NameFailure::Rcode(rcode);
        let told = (!names.is_empty())
            .then(|| finding(case, row, (names, why), failed.iter().map(|one| &one.answers)))?;
        let answers = filter::one_way_between(row.server, row.client);
        let filter = format!("{answers} && dns.flags.rcode == {rcode}");
        let evidence = Evidence { filter, ..told.evidence };
        Some(Finding { evidence, ..told })
    })
}

/// Whether the device insists on the name, has got it from nowhere, and does not merely try names that it makes up.
fn is_needed(case: &Case<'_>, client: IpAddr, failed: &FailedName, rcode: u8) -> bool {
    let least = if rcode == NXDOMAIN { LEAST_INSISTED } else { LEAST_WAIT };
    // What a computer makes of a name that is not there is its own business, though it is a SIP server.
    let is_ours =
        is_telephone(case, client) || rcode != NXDOMAIN && is_telephony_of(case, client, &failed.name);
    if !is_ours || failed.answers.tries < LEAST_TRIES || failed.answers.length() < least {
        return false;
    }
    let is_address = ADDRESSES.contains(&failed.kind);
    // Of a service, `_sip._udp.example.org`, the domain is a name as well, and does where nobody has entered the
    // service.
    let mut name: &str = &failed.name;
    while let Some((_, domain)) = name.split_once('.').filter(|_| name.starts_with('_')) {
        name = domain;
    }
    let asked = || asked(case, client);
    let is_resolved = asked().any(|seen| *seen.name == *name && seen.address.is_some());
    let label = |name: &str| name.split('.').next().unwrap_or_default().to_owned();
    let is_made_up = || {
        let is_suffixed = |seen: &NameSeen| {
            let rest = failed.name.strip_prefix(&*seen.name).is_some_and(|rest| rest.starts_with('.'));
            rest && (seen.address.is_some() || seen.name.contains('.'))
        };
        let is_found_elsewhere =
            |seen: &NameSeen| seen.address.is_some() && label(&seen.name) == label(&failed.name);
        !failed.name.contains('.')
            || PROBES.contains(&label(&failed.name).as_str())
            || asked().any(|seen| is_suffixed(seen) || is_found_elsewhere(seen))
    };
    !is_resolved && (rcode != NXDOMAIN || is_address) && !is_made_up()
}

/// Names that a host asked for.
fn asked<'a>(case: &Case<'a>, client: IpAddr) -> impl Iterator<Item = &'a NameSeen> {
    let names = case.traffic.names.iter();
    names.filter(move |seen| seen.host == client && seen.source == NameSource::Dns)
}

fn finding<'a>(
    case: &Case<'_>,
    row: &Resolver,
    (names, why): (Vec<Box<str>>, NameFailure),
    tries: impl IntoIterator<Item = &'a Tries>,
) -> Finding {
    let mut collector = Collector::default();
    let mut count = 0;
    for tries in tries {
        count += tries.tries;
        collector.frames(&tries.frames);
        [tries.span.0, tries.span.1].into_iter().for_each(|time| collector.time(time));
    }
    // A telephone that is registered does without the name; a PBX needs it for the provider.
    let does_without = case.registrations_of(row.client).any(|known| known.granted.is_some());
    let is_error = why != NameFailure::Rcode(NXDOMAIN) && !does_without && is_telephone(case, row.client);
    Finding {
        detail: Detail::Net001 { server: row.server, names, why },
        severity: if is_error { Severity::Error } else { Severity::Warning },
        confidence: Confidence::Likely,
        subject: Some(case.subject(row.client)),
        rows: rows_at(case, row.client, |peer| peer == SocketAddr::new(row.server, PORT)),
        count,
        responsible: Party::Network,
        evidence: collector.finish(String::new()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::super::fixture::{PBX, PHONE, PUBLIC, World, registration};
    use super::*;
    use crate::observe::Registration;
    use crate::observe::fixture::{at, frame, ip, sent, udp};

    const SERVER: &str = "192.168.10.1";

    /// So many tries, the first and the last at these s.
    fn tries(tries: u64, span: (i64, i64)) -> Tries {
        let names = ["tel.provider.example".into()].into();
        let span = (at(span.0 * 1_000), at(span.1 * 1_000));
        Tries { tries, span, frames: [frame(1)].into_iter().collect(), names }
    }

    fn resolver(server: &str, silence: Option<Tries>) -> Resolver {
        let (client, server) = (ip(PBX), ip(server));
        Resolver { client, server, served: None, silence, failed: BTreeMap::new(), lull: None }
    }

    fn failing(rcode: u8, names: &[(&str, u16, Tries)]) -> Resolver {
        let name = |(name, kind, answers): &(&str, u16, Tries)| FailedName {
            name: (*name).into(),
            kind: *kind,
            answers: answers.clone(),
        };
        let failed = [(rcode, names.iter().map(name).collect())].into();
        Resolver { failed, ..resolver(SERVER, None) }
    }

    fn asked(name: &str, address: Option<&str>) -> NameSeen {
        let address = address.map(ip);
        NameSeen {
            name: name.into(),
            host: ip(PBX),
            address,
            source: NameSource::Dns,
            frame: frame(1),
            count: 1,
        }
    }

    fn world() -> World {
        // The server answers a ping.
        World::new("").device(PBX, "acme.pbx").flows(vec![udp(&format!("{PBX}:7"), &format!("{SERVER}:7"))])
    }

    fn told(mut world: World, rows: Vec<Resolver>, names: Vec<NameSeen>) -> Vec<Finding> {
        (world.traffic.resolvers, world.traffic.names) = (rows, names);
        check(&world.case())
    }

    #[test]
    fn a_server_that_answers_no_more_is_told_where_its_answers_would_be_seen() {
        let silent = || vec![resolver(SERVER, Some(tries(3, (0, 4))))];
        let findings = told(world(), silent(), Vec::new());
        let [finding] = findings.as_slice() else { panic!("{findings:?}") };
        assert_eq!((finding.severity, finding.confidence), (Severity::Error, Confidence::Likely));
        assert_eq!(
            finding.evidence.filter,
            "ip.src == 192.168.10.2 && ip.dst == 192.168.10.1 && dns.flags.response == 0"
        );
        let unseen = World::new("").device(PBX, "acme.pbx");
        assert!(told(unseen, silent(), Vec::new()).is_empty(), "nothing shows that answers come past here");
        let computer = World { ..world() }.with(PBX, |device| device.kind = crate::site::Kind::Softphone);
        assert!(told(computer, silent(), Vec::new()).is_empty());
        for few in [tries(2, (0, 9)), tries(9, (0, 2))] {
            assert!(told(world(), vec![resolver(SERVER, Some(few))], Vec::new()).is_empty());
        }
    }

    #[test]
    fn a_computer_at_which_telephones_register_is_told_of_names_of_telephony_that_are_refused() {
        let told = |name: &str, rcode, status| {
            let mut world = world().with(PBX, |device| device.kind = crate::site::Kind::Other);
            let account = registration(&format!("{PHONE}:5060"), &format!("{PBX}:5060"));
            let aor = "sip:21@firma.example".into();
            world.traffic.registrations = vec![Registration { status, aor, ..account }];
            let rows = vec![failing(rcode, &[(name, 33, tries(5, (0, 30)))])];
            told(world, rows, Vec::new()).iter().map(|finding| finding.severity).collect::<Vec<_>>()
        };
        assert_eq!(told("_sip._udp.other.example", REFUSED, Some(480)), [Severity::Warning]);
        assert_eq!(told("firma.example", SERVFAIL, Some(200)), [Severity::Warning]);
        assert_eq!(told("mail.example", REFUSED, Some(200)), [], "something else");
        assert_eq!(told("_sip._udp.other.example", REFUSED, None), [], "no SIP server answers there");
    }

    #[test]
    fn who_asks_many_servers_is_one_himself() {
        let servers = |count: u8| -> Vec<Resolver> {
            let others = (2..=count).map(|nth| resolver(&format!("203.0.113.{nth}"), None));
            others.chain([resolver(SERVER, Some(tries(3, (0, 4))))]).collect()
        };
        assert_eq!(told(world(), servers(4), Vec::new()).len(), 1);
        assert!(told(world(), servers(5), Vec::new()).is_empty());
    }

    #[test]
    fn that_other_things_come_to_the_client_makes_it_suspected() {
        let mut flow = udp(&format!("{PBX}:5060"), &format!("{PHONE}:5060"));
        flow.from_b = sent(2);
        let mut world = World::new("").device(PBX, "acme.pbx").flows(vec![flow]);
        world.traffic.flows[0].from_b.last = Some((frame(9), at(2_000)));
        let confidence = |first| {
            let mut world =
                World { traffic: world.traffic.clone(), ..World::new("").device(PBX, "acme.pbx") };
            world.traffic.resolvers = vec![resolver(PUBLIC, Some(tries(3, first)))];
            check(&world.case()).first().map(|finding| finding.confidence)
        };
        assert_eq!(confidence((0, 9)), Some(Confidence::Suspected));
        assert_eq!(confidence((3, 9)), None, "it came before");
    }

    #[test]
    fn another_server_that_answers_is_help_enough() {
        let other = |ms| Resolver { served: Some(at(ms)), ..resolver("192.168.10.5", None) };
        let rows = |ms| vec![resolver(SERVER, Some(tries(3, (1, 9)))), other(ms)];
        assert!(told(world(), rows(2_000), Vec::new()).is_empty());
        assert_eq!(told(world(), rows(0), Vec::new()).len(), 1, "that was before");
    }

    #[test]
    fn a_name_that_is_not_there_is_told_if_the_device_insists_and_has_not_made_it_up() {
        let unknown = |name, kind| vec![failing(NXDOMAIN, &[(name, kind, tries(4, (0, 30)))])];
        let severities = |rows, names| -> Vec<Severity> {
            told(world(), rows, names).iter().map(|finding| finding.severity).collect()
        };
        assert_eq!(severities(unknown("pbx.firma.example", 1), Vec::new()), [Severity::Warning]);
        assert_eq!(
            severities(unknown("_sip._udp.firma.example", 33), Vec::new()),
            [],
            "no service is entered"
        );
        assert_eq!(severities(unknown("pbx", 1), Vec::new()), []);
        assert_eq!(severities(unknown("wpad.firma.example", 1), Vec::new()), []);
        let base = asked("a.example", None);
        assert_eq!(severities(unknown("a.example.firma.example", 1), vec![base]), [], "a search domain");
        let elsewhere = asked("pbx.other.example", Some(PHONE));
        assert_eq!(severities(unknown("pbx.firma.example", 1), vec![elsewhere]), []);
        let once = vec![failing(NXDOMAIN, &[("pbx.firma.example", 1, tries(4, (0, 5)))])];
        assert_eq!(severities(once, Vec::new()), [], "tried for five seconds only");
    }

    #[test]
    fn a_server_that_fails_is_told_unless_the_address_came_otherwise() {
        let fails = |kind| vec![failing(SERVFAIL, &[("_sip._udp.firma.example", kind, tries(3, (0, 4)))])];
        assert_eq!(told(world(), fails(33), Vec::new())[0].severity, Severity::Error);
        let address = asked("firma.example", Some(PUBLIC));
        assert!(told(world(), fails(33), vec![address]).is_empty());
        let mut registered = world();
        registered.traffic.registrations =
            vec![registration(&format!("{PBX}:5060"), &format!("{PUBLIC}:5060"))];
        registered.traffic.registrations[0].granted = Some((at(0), at(0)));
        assert_eq!(told(registered, fails(33), Vec::new())[0].severity, Severity::Warning);
    }
}
