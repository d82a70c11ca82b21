//! Takes that a device which answers the Internet has the public address itself (SEC-001, SEC-004); gives the sentence and what to
//! do: there is no port forwarding to remove. Does not find that out.

use crate::check::{Detail, Finding, Severity};
use crate::report::language::Language::{self, De, En};
use crate::site::Confidence;

/// A sentence behind others; nothing where a router may forward the port.
pub(super) fn sentence(is_direct: bool, device: &str, language: Language) -> String {
    match language {
        _ if !is_direct => String::new(),
        De => format!(
            " {device} steht selbst mit dieser öffentlichen Adresse im Internet: Die Antworten gehen unverändert (TTL) von dort aus, kein \
             NAT setzt sie um."
        ),
        En => format!(
            " {device} itself stands on the Internet with that public address: the answers leave unaltered (TTL), no NAT translates \
             them."
        ),
    }
}

/// What to do about it; `None` where a router may forward the port.
pub(super) fn action(finding: &Finding) -> Option<[&'static str; 2]> {
    let is_suspected = finding.confidence == Confidence::Suspected;
    Some(match &finding.detail {
        Detail::Sec001 { is_direct: true, .. } if finding.severity == Severity::Info => [
            "Tragen Sie die Adressen Ihres Providers in die Standortdatei ein. Kommen diese Anrufe nicht von ihm, sperren Sie sie in \
             einer Firewall vor dem Gerät.",
            "Enter the addresses of your provider in the site file. If these calls are not his, block them in a firewall in front of the \
             device.",
        ],
        Detail::Sec001 { is_direct: true, .. } if is_suspected => [
            "Klären Sie zuerst, ob die Anfragen von Ihrem Provider kommen: Dann tragen Sie seine Adressen in die Standortdatei ein. \
             Sonst stellen Sie das Gerät hinter eine Firewall, die SIP nur von den Adressen des Providers durchlässt; Zugriff von \
             außen nur über VPN.",
            "First find out whether the requests come from your provider: then enter his addresses in the site file. Otherwise put the \
             device behind a firewall that lets SIP through from the provider's addresses only; access from outside by VPN only.",
        ],
        Detail::Sec001 { is_direct: true, .. } => [
            "Stellen Sie das Gerät sofort hinter eine Firewall, die SIP nur von den Adressen des Providers durchlässt. Zugriff von \
             außen nur über VPN.",
            "Put the device behind a firewall at once that lets SIP through from the provider's addresses only. Access from outside by \
             VPN only.",
        ],
        Detail::Sec004 { is_direct: true, .. } if is_suspected => [
            "Klären Sie zuerst, welches Gerät dort antwortet. Ist es die Anlage oder ein Telefon, sperren Sie den Zugang in einer \
             Firewall davor. Fernwartung nur über VPN oder den Dienst des Herstellers.",
            "First find out which device answers there. If it is the PBX or a telephone, block the access in a firewall in front of it. \
             Remote maintenance by VPN or the vendor's service only.",
        ],
        Detail::Sec004 { is_direct: true, .. } => [
            "Sperren Sie den Zugang sofort in einer Firewall vor dem Gerät. Fernwartung nur über VPN oder den Dienst des Herstellers.",
            "Block the access at once in a firewall in front of the device. Remote maintenance by VPN or the vendor's service only.",
        ],
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_router_forwards_needs_a_firewall() {
        assert_eq!(sentence(false, "A", De), "");
        assert!(sentence(true, "A", De).starts_with(" A steht selbst"));
        assert!(sentence(true, "A", En).starts_with(" A itself"));
        for finding in crate::report::fixture::audit().findings {
            let (Detail::Sec001 { is_direct, .. } | Detail::Sec004 { is_direct, .. }) = finding.detail else {
                continue;
            };
            let told = action(&finding).map(|[de, en]| de.contains("Firewall") && en.contains("firewall"));
            assert_eq!(told, is_direct.then_some(true));
        }
    }
}
