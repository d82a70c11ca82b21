//! Pages about where in the network devices are.

use super::{Page, Text};

pub(super) const NET_004: Page = Page {
    de: Text {
        meaning: "Ein Gerät sendet Sprache in einem anderen VLAN als in denen, die die Standortdatei dafür nennt. Vorrang, \
                  DHCP-Vorgaben und Firewall-Regeln des Sprach-VLAN gelten dort nicht.",
        measured: "Mindestens 50 Sprachpakete eines Gerätes im LAN tragen ein VLAN, das nicht unter voice_vlans steht. Bei \
                   mehreren Tags zählt das innerste. Ohne voice_vlans in der Standortdatei wird nicht geurteilt.",
        action: "Prüfen Sie am Gerät, am Switch-Port und in LLDP-MED oder DHCP, welches Sprach-VLAN eingestellt ist.",
        pitfalls: "Spiegelports und Netzwerktreiber entfernen Tags: Sprache ohne Tag wird deshalb nicht beanstandet. Ein PC mit \
                   Softphone steht oft mit Absicht im Datennetz; ergänzen Sie dann dessen VLAN.",
        source: "Standortdatei; IEEE 802.1Q.",
    },
    en: Text {
        meaning: "A device sends voice in another VLAN than those that the site file names for it. Priority, DHCP options and \
                  firewall rules of the voice VLAN do not hold there.",
        measured: "At least 50 voice packets of a device in the LAN carry a VLAN that is not in voice_vlans. Of several tags the \
                   innermost counts. Without voice_vlans in the site file nothing is judged.",
        action: "Check at the device, at the switch port and in LLDP-MED or DHCP which voice VLAN is set.",
        pitfalls: "Mirror ports and network drivers take tags off: voice without a tag is therefore not objected to. A PC with a \
                   softphone is often in the data network on purpose; then add its VLAN.",
        source: "Site file; IEEE 802.1Q.",
    },
};
