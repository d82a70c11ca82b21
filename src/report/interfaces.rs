//! The list that `pbxray interfaces` prints.

use comfy_table::{ContentArrangement, Table, TableStyle};

use super::Language;
use super::escape::escape_terminal;
use crate::capture::{Access, Interface};

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
        Language::De => ["Name", "Zustand", "Mitschneiden", "Adressen", "Beschreibung"],
        Language::En => ["Name", "State", "Capturing", "Addresses", "Description"],
    };
    table.load_style(TableStyle::new());
    table.set_header(heads).set_width(width).set_content_arrangement(ContentArrangement::Dynamic);
    for interface in list {
        let addresses: Vec<String> = interface.addresses.iter().map(ToString::to_string).collect();
        table.add_row([
            escape_terminal(&interface.name, LONGEST),
            state(interface, language),
            access(interface, language),
            addresses.join("\n"),
            escape_terminal(interface.description.as_deref().unwrap_or_default(), LONGEST),
        ]);
    }
    format!("{table}\n")
}

fn state(interface: &Interface, language: Language) -> String {
    let state = match (interface.up, interface.connected) {
        (false, _) => language.either("abgeschaltet", "switched off"),
        (true, Some(false)) => language.either("kein Kabel", "no cable"),
        (true, _) if interface.loopback => language.either("nur dieser Rechner", "this machine only"),
        (true, _) if interface.wireless => language.either("WLAN, bereit", "wireless, ready"),
        (true, _) => language.either("bereit", "ready"),
    };
    match interface.speed {
        Some(speed) if speed >= 1_000 && speed % 1_000 == 0 => format!("{state}, {} Gbit/s", speed / 1_000),
        Some(speed) => format!("{state}, {speed} Mbit/s"),
        None => state.to_owned(),
    }
}

fn access(interface: &Interface, language: Language) -> String {
    match &interface.access {
        None => "–".to_owned(),
        Some(Access::Granted) => language.either("möglich", "possible").to_owned(),
        Some(Access::Forbidden) => language.either("Rechte fehlen", "rights missing").to_owned(),
        Some(Access::Refused(reason)) => escape_terminal(reason, LONGEST),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn state_speed_and_access_are_told() {
        let interface = |speed, access| Interface {
            name: "eth1".to_owned(),
            description: None,
            addresses: Vec::new(),
            loopback: false,
            wireless: false,
            up: true,
            running: true,
            connected: Some(true),
            speed,
            access,
        };
        let list = [
            interface(Some(2_500), Some(Access::Forbidden)),
            interface(Some(10_000), Some(Access::Granted)),
            interface(None, None),
        ];
        let text = interfaces(&list, Language::De, 100);
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[1].contains("bereit, 2500 Mbit/s") && lines[1].contains("Rechte fehlen"), "{text}");
        assert!(lines[2].contains("bereit, 10 Gbit/s") && lines[2].contains("möglich"), "{text}");
        assert!(lines[3].contains("bereit ") && lines[3].contains('–'), "{text}");
    }
}
