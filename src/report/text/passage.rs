//! Takes what lies between two places where packets came by (QOS-002); gives the sentences in both languages that say
//! at which device or switch the marking of voice is lost, and what to do.

use std::net::IpAddr;

use crate::check::{Passage, Station};
use crate::report::escape::{FIELD, escape_terminal};
use crate::report::language::Language::{self, De, En};

/// What lies between the two places. `device` names an address.
pub(super) fn detail(passage: &Passage, device: impl Fn(IpAddr) -> String, language: Language) -> String {
    let station = passage.station.as_ref().map(|station| name(station, device, language));
    let between = match (language, passage.routers, station) {
        (De, 0, None) if passage.vlans.is_some() => String::new(),
        (De, 0, None) => "Sonst gleichen sich beide Aufzeichnungen, auch in der TTL: Dazwischen liegt kein \
                          Router, sondern ein Switch oder ein Gerät, das wie ein Switch weitergibt."
            .to_owned(),
        (De, 0, Some(who)) => format!(
            "Beim zweiten Mal kommen sie von der {who}, mit derselben TTL: Dazwischen liegt dieses Gerät, und es gibt sie \
             weiter, ohne Router zu sein (zum Beispiel eine Firewall als Bridge)."
        ),
        (De, 1, None) => "Beim zweiten Mal ist die TTL um 1 kleiner: Dazwischen liegt ein Router.".to_owned(),
        (De, 1, Some(who)) => format!(
            "Beim zweiten Mal ist die TTL um 1 kleiner, und sie kommen von der {who}: Das ist der Router dazwischen."
        ),
        (De, routers, None) => {
            format!("Beim zweiten Mal ist die TTL um {routers} kleiner: Dazwischen liegen {routers} Router.")
        }
        (De, routers, Some(who)) => format!(
            "Beim zweiten Mal ist die TTL um {routers} kleiner, und sie kommen von der {who}: Dazwischen liegen {routers} \
             Router, und das ist der letzte davon."
        ),
        (En, 0, None) if passage.vlans.is_some() => String::new(),
        (En, 0, None) => {
            "Otherwise both copies are alike, in the TTL too: there is no router between, but a \
                          switch or a device that passes on as one."
                .to_owned()
        }
        (En, 0, Some(who)) => format!(
            "The second time they come from {who}, with the same TTL: that device lies between and passes them on without \
             being a router (a bridging firewall, for instance)."
        ),
        (En, 1, None) => "The second time the TTL is lower by 1: there is a router between.".to_owned(),
        (En, 1, Some(who)) => {
            format!(
                "The second time the TTL is lower by 1, and they come from {who}: that is the router between."
            )
        }
        (En, routers, None) => {
            format!("The second time the TTL is lower by {routers}: there are {routers} routers between.")
        }
        (En, routers, Some(who)) => format!(
            "The second time the TTL is lower by {routers}, and they come from {who}: there are {routers} routers between, \
             and that is the last of them."
        ),
    };
    let vlans = passage.vlans.map(|vlans| {
        let [before, after] = vlans.map(|vlan| self::vlan(vlan, language));
        match language {
            De => format!("Vorher laufen sie {before}, danach {after}."),
            En => format!("Before it they run {before}, behind it {after}."),
        }
    });
    let sentences = [Some(between).filter(|told| !told.is_empty()), vlans];
    sentences.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// What to do.
pub(super) fn action(passage: &Passage, language: Language) -> &'static str {
    match (language, passage.routers, passage.station.is_some()) {
        (De, 0, false) => {
            "Aktivieren Sie an den Ports des Switches zwischen den beiden Messstellen das Vertrauen in DSCP (Trust DSCP) oder \
             die richtige Neumarkierung."
        }
        (De, 0, true) => {
            "Lassen Sie DSCP an diesem Gerät unverändert durch, oder stellen Sie die richtige Neumarkierung ein."
        }
        (De, 1, _) => {
            "Aktivieren Sie an diesem Router das Vertrauen in DSCP oder die richtige Neumarkierung."
        }
        (De, ..) => {
            "Aktivieren Sie an den Routern dazwischen das Vertrauen in DSCP oder die richtige Neumarkierung; welcher von ihnen \
             die Kennzeichnung ändert, zeigt eine Messstelle zwischen ihnen."
        }
        (En, 0, false) => {
            "Enable DSCP trust or correct re-marking at the ports of the switch between the two places of capture."
        }
        (En, 0, true) => "Have this device pass DSCP unchanged, or set up correct re-marking there.",
        (En, 1, _) => "Enable DSCP trust or correct re-marking at this router.",
        (En, ..) => {
            "Enable DSCP trust or correct re-marking at the routers between; which of them changes the marking shows a capture \
             between them."
        }
    }
}

/// `MAC-Adresse 00:04:0e:00:00:01 (AVM), das ist 192.168.10.1`.
fn name(station: &Station, device: impl Fn(IpAddr) -> String, language: Language) -> String {
    let maker = station
        .maker
        .as_ref()
        .map_or_else(String::new, |maker| format!(" ({})", escape_terminal(maker, FIELD)));
    let mac = match language {
        De => format!("MAC-Adresse {}{maker}", station.mac),
        En => format!("MAC address {}{maker}", station.mac),
    };
    match (station.address.map(device), language) {
        (None, _) => mac,
        (Some(who), De) => format!("{mac}, das ist {who}"),
        (Some(who), En) => format!("{mac}, which is {who}"),
    }
}

fn vlan(vlan: Option<u16>, language: Language) -> String {
    match (vlan, language) {
        (Some(id), _) => format!("in VLAN\u{a0}{id}"),
        (None, De) => "ohne VLAN-Tag".to_owned(),
        (None, En) => "without a VLAN tag".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::fixture::{ip, mac};

    #[test]
    fn what_the_copies_differ_in_names_the_place() {
        let told = |routers, vlans, station: Option<(Option<&str>, Option<&str>)>| {
            let station = station.map(|(maker, address)| Station {
                mac: mac(7),
                maker: maker.map(Into::into),
                address: address.map(ip),
            });
            let passage = Passage { routers, vlans, station };
            (detail(&passage, |host| host.to_string(), De), action(&passage, De))
        };
        let (router, remedy) = told(1, None, Some((Some("AVM"), Some("192.168.10.1"))));
        let mac = mac(7);
        assert!(
            router.contains(&format!("MAC-Adresse {mac} (AVM), das ist 192.168.10.1: Das ist der Router"))
        );
        assert!(remedy.contains("an diesem Router"), "{remedy}");
        assert!(told(1, None, None).0.ends_with("Dazwischen liegt ein Router."));
        assert!(told(3, None, None).0.contains("3 Router"));
        assert!(told(0, None, Some((None, None))).0.contains(&format!("{mac}, mit derselben TTL")));
        let (tags, remedy) = told(0, Some([Some(20), None]), None);
        assert_eq!(tags, "Vorher laufen sie in VLAN\u{a0}20, danach ohne VLAN-Tag.");
        assert!(remedy.contains("Switches"), "{remedy}");
        assert!(told(0, None, None).0.contains("kein Router, sondern ein Switch"));
    }
}
