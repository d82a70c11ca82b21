//! Addresses that the user stated and that the capture does not hold.

use super::List;
use crate::report::language::Language::{self, De, En};

/// `Zu 192.168.10.2 (--pbx) enthält der Mitschnitt kein Paket: ...`, by address and option; `None` where there is none.
pub(crate) fn absent(hosts: &[(String, String)], language: Language) -> Option<String> {
    if hosts.is_empty() {
        return None;
    }
    let list = List::of(hosts, hosts.len(), |(address, option)| format!("{address} ({option})"));
    Some(match language {
        De => format!(
            "Zu {} enthält der Mitschnitt kein Paket: Prüfen Sie, ob die Angabe stimmt und der Messpunkt passt.",
            list.join("und", "weiteren")
        ),
        En => format!(
            "The capture holds no packet of {}: check the address and the measuring point.",
            list.join("and", "more")
        ),
    })
}
