//! Takes a port in SDP that the router did not open (RTP-001); gives why nothing comes and what to do, in both languages.

use std::net::SocketAddr;

use crate::report::language::Language::{self, De, En};

/// That the port which was named (`to`) is another one than a STUN server saw, as a sentence behind the one that names it. `packet`:
/// where that is told, as it is to be shown.
pub(super) fn told(to: SocketAddr, port: u16, packet: Option<&str>, language: Language) -> String {
    let (ip, named) = (to.ip(), to.port());
    let packet = packet.map_or_else(String::new, |packet| match language {
        De => format!(" (Paket {packet})"),
        En => format!(" (packet {packet})"),
    });
    match language {
        De => format!(
            "Ein STUN-Server hatte den eigenen Port {named} dieses Gerätes zuvor aber als {ip}:{port} gesehen{packet}: Der Router setzt ihn auf \
             einen anderen um, und für den angekündigten besteht dort wohl keine Zuordnung. Sprache dorthin verwirft er dann; das ist \
             vermutlich die Ursache."
        ),
        En => format!(
            "A STUN server, however, had seen this device's own port {named} as {ip}:{port} before{packet}: the router maps it to another \
             one, and probably has no mapping for the one that is announced. Then it drops voice to that one, which is probably the cause."
        ),
    }
}

/// What to do.
pub(super) const fn action(language: Language) -> &'static str {
    match language {
        De => {
            "Das Gerät übernimmt aus STUN nur die Adresse und nicht den Port: Prüfen Sie seine NAT-Einstellungen (STUN, ICE, externer Port) \
             und seine Firmware. Sonst leiten Sie seine RTP-Ports im Router fest und unverändert weiter, oder lassen Sie STUN aus, wenn \
             der Provider dorthin antwortet, woher die Sprache kommt."
        }
        En => {
            "The device takes only the address from STUN and not the port: check its NAT settings (STUN, ICE, external port) and its \
             firmware. Otherwise forward its RTP ports in the router as they are, or leave STUN off if the provider answers to where the \
             voice comes from."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ports_and_the_packet_are_named() {
        let to = "83.36.48.212:5010".parse().unwrap();
        for language in [De, En] {
            let whole = told(to, 14_851, Some("90"), language);
            assert!(
                whole.contains("83.36.48.212:14851") && whole.contains(" 5010 ") && whole.contains(" 90)")
            );
            assert!(!told(to, 14_851, None, language).contains('('), "a packet that is in no file");
        }
    }
}
