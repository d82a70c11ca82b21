//! The list that `pbxray interfaces` prints.

use comfy_table::{ContentArrangement, Table, TableStyle};

use super::Language;
use super::escape::escape_terminal;
use crate::capture::Interface;

/// Names come from the system; longer ones are cut.
const LONGEST: usize = 80;

/// One line for each interface: what `-i` will take, its state, its addresses and what a person calls it.
#[must_use]
pub fn interfaces(list: &[Interface], language: Language, width: u16) -> String {
    if list.is_empty() {
        let none = language.either(
            "libpcap sieht keine Schnittstelle. Meist fehlen die Rechte; versuchen Sie es als root.\n",
            "libpcap sees no interface. Most often rights are missing; try as root.\n",
        );
        return none.to_owned();
    }
    let mut table = Table::new();
    let heads = match language {
        Language::De => ["Name", "Zustand", "Adressen", "Beschreibung"],
        Language::En => ["Name", "State", "Addresses", "Description"],
    };
    table.load_style(TableStyle::new());
    table.set_header(heads).set_width(width).set_content_arrangement(ContentArrangement::Dynamic);
    for interface in list {
        let addresses: Vec<String> = interface.addresses.iter().map(ToString::to_string).collect();
        table.add_row([
            escape_terminal(&interface.name, LONGEST),
            state(interface, language).to_owned(),
            addresses.join("\n"),
            escape_terminal(interface.description.as_deref().unwrap_or_default(), LONGEST),
        ]);
    }
    format!("{table}\n")
}

fn state(interface: &Interface, language: Language) -> &'static str {
    match (interface.up, interface.connected) {
        (false, _) => language.either("abgeschaltet", "switched off"),
        (true, Some(false)) => language.either("kein Kabel", "no cable"),
        (true, _) if interface.loopback => language.either("nur dieser Rechner", "this machine only"),
        (true, _) if interface.wireless => language.either("WLAN, bereit", "wireless, ready"),
        (true, _) => language.either("bereit", "ready"),
    }
}
