//! Pages about what the network does for telephony, and where in it devices are.

use super::{Page, Text};

pub(super) const NET_004: Page = Page {
    de: Text {
        meaning: "Ein Gerät sendet Sprache in einem anderen VLAN als in denen, die die Standortdatei dafür nennt. Vorrang, \
                  DHCP-Vorgaben und Firewall-Regeln des Sprach-VLAN gelten dort nicht.",
        measured: "Mindestens 50 Sprachpakete eines Gerätes im LAN tragen ein VLAN, das nicht unter voice_vlans steht. Bei \
                   mehreren Tags zählt das innerste. Ohne voice_vlans in der Standortdatei wird nicht geurteilt.",
        action: "Prüfen Sie am Gerät, am Switch-Port und in LLDP-MED oder DHCP, welches Sprach-VLAN eingestellt ist.",
        pitfalls: "Spiegelports und Netzwerktreiber entfernen Tags: Sprache ohne Tag wird deshalb nicht beanstandet. Ein PC, \
                   der als Softphone erkannt ist, gehört ins Datennetz und wird nicht beurteilt; geben Sie bei einem anderen \
                   seine Rolle an.",
        source: "Standortdatei; IEEE 802.1Q.",
    },
    en: Text {
        meaning: "A device sends voice in another VLAN than those that the site file names for it. Priority, DHCP options and \
                  firewall rules of the voice VLAN do not hold there.",
        measured: "At least 50 voice packets of a device in the LAN carry a VLAN that is not in voice_vlans. Of several tags the \
                   innermost counts. Without voice_vlans in the site file nothing is judged.",
        action: "Check at the device, at the switch port and in LLDP-MED or DHCP which voice VLAN is set.",
        pitfalls: "Mirror ports and network drivers take tags off: voice without a tag is therefore not objected to. A PC \
                   that is recognised as a softphone belongs in the data network and is not judged; state the role of any \
                   other.",
        source: "Site file; IEEE 802.1Q.",
    },
};

pub(super) const NET_001: Page = Page {
    de: Text {
        meaning: "Ein Telefon oder die Anlage bekommt einen Namen nicht aufgelöst: Der DNS-Server antwortet nicht, lehnt ab oder \
                  kennt den Namen nicht. Ohne DNS finden Geräte Provider, Cloud und Zeitserver nicht.",
        measured: "Mindestens drei Versuche im Abstand von mindestens einer Sekunde. Ohne Antwort: über drei Sekunden, seit der \
                   letzten Antwort dieses Servers, wenn auch kein anderer hilft und andere Pakete zeigen, dass Antworten zu sehen \
                   wären. Mit Fehler: SERVFAIL oder REFUSED bei jedem Versuch; NXDOMAIN über zehn Sekunden und nur für Adressen. \
                   Warnung statt Fehler bei NXDOMAIN und bei Telefonen, deren Anmeldung trotzdem angenommen wird.",
        action: "Prüfen Sie den DNS-Server, den Weg dorthin (UDP und TCP 53), die Vorgabe im Gerät oder im DHCP und die Schreibweise \
                 des Namens.",
        pitfalls: "Nicht gezählt werden Rückwärtsanfragen, mDNS und LLMNR, angehängte Suchdomänen, Namen ohne Punkt und was das Gerät \
                   von einem anderen Server erfährt. Fehlende SRV- oder NAPTR-Einträge sind normal. PCs werden nicht beurteilt: Ihre \
                   Programme fragen oft nach Namen, die es nicht gibt. Von einem Rechner, der nicht als Anlage erkannt ist, an dem sich aber Telefone anmelden, zählen nur \
                   SIP-Dienste und die Domänen der Konten, und es bleibt bei einer Warnung.",
        source: "RFC 1035, RFC 3263; Portlisten der Hersteller (DNS).",
    },
    en: Text {
        meaning: "A telephone or the PBX gets a name not resolved: the DNS server does not answer, refuses, or does not know the name. \
                  Without DNS devices do not find provider, cloud and time server.",
        measured: "At least three tries, a second or more apart. Without an answer: over three seconds, since the latest answer of this \
                   server, if no other one helps either and other packets show that answers would be seen. With an error: SERVFAIL or \
                   REFUSED at every try; NXDOMAIN over ten seconds and for addresses only. A warning instead of an error for NXDOMAIN, \
                   and for telephones whose registration is accepted all the same.",
        action: "Check the DNS server, the way there (UDP and TCP 53), what is set in the device or in DHCP, and the spelling of the \
                 name.",
        pitfalls: "Not counted are reverse queries, mDNS and LLMNR, appended search domains, names without a dot, and what the device \
                   learns from another server. Missing SRV or NAPTR records are normal. Computers are not judged: their programs often \
                   ask for names that do not exist. Of one that is not known as a PBX, but at which telephones register, only SIP services and the domains of the \
                   accounts count, and it stays a warning.",
        source: "RFC 1035, RFC 3263; port lists of the vendors (DNS).",
    },
};

pub(super) const NET_002: Page = Page {
    de: Text {
        meaning: "Ein Telefon oder die Anlage bekommt von keinem Zeitserver eine Antwort. Mit falscher Uhrzeit scheitern \
                  Zertifikatsprüfungen, und Anzeigen und Journale stimmen nicht.",
        measured: "Mindestens drei NTP-Anfragen über mindestens drei Sekunden, keine einzige Antwort irgendeines Zeitservers, und andere \
                   Pakete zeigen, dass Antworten zu sehen wären.",
        action: "Geben Sie UDP 123 frei, oder tragen Sie einen erreichbaren Zeitserver ein, etwa den Router oder pool.ntp.org.",
        pitfalls: "Antworten können einen Weg nehmen, der nicht mitgeschnitten wird. Weist eine Firewall per ICMP ab, meldet das PORT-003.",
        source: "RFC 5905; Portlisten der Hersteller (NTP).",
    },
    en: Text {
        meaning: "A telephone or the PBX gets an answer from no time server. With a wrong clock certificate checks fail, and displays and \
                  journals are wrong.",
        measured: "At least three NTP requests over at least three seconds, not one answer of any time server, and other packets show that \
                   answers would be seen.",
        action: "Allow UDP 123, or enter a time server that can be reached, such as the router or pool.ntp.org.",
        pitfalls: "Answers may take a way that is not captured. Where a firewall turns them away by ICMP, PORT-003 says so.",
        source: "RFC 5905; port lists of the vendors (NTP).",
    },
};

pub(super) const NET_003: Page = Page {
    de: Text {
        meaning: "Zwei DHCP-Server bieten einem Gerät auf dieselbe Anfrage Verschiedenes an. Je nachdem, welcher schneller ist, bekommt \
                  ein Telefon eine falsche Adresse, ein falsches Gateway oder einen falschen DNS-Server.",
        measured: "Angebote (OFFER) zweier Server zu einer Anfrage, die sich in Netz, Gateway oder DNS-Servern unterscheiden. \
                   Unterscheiden sich nur die DNS-Server, ist es eine Warnung.",
        action: "Schalten Sie den Server ab, der nicht vorgesehen ist: oft ein zweiter Router (FRITZ!Box) oder die Anlage.",
        pitfalls: "Zwei Server mit denselben Vorgaben (Ausfallpaar, Relay) sind in Ordnung, ebenso Server verschiedener VLANs und solche, \
                   die nur das Starten über das Netz (PXE) regeln.",
        source: "RFC 2131, RFC 2132.",
    },
    en: Text {
        meaning: "Two DHCP servers offer a device something different on the same request. Depending on which is faster, a telephone gets \
                  a wrong address, a wrong gateway or a wrong DNS server.",
        measured: "Offers of two servers on one request that differ in network, gateway or DNS servers. Where only the DNS servers differ it \
                   is a warning.",
        action: "Switch off the server that is not meant to be there: often a second router (FRITZ!Box) or the PBX.",
        pitfalls: "Two servers with the same settings (failover pair, relay) are fine, and so are servers of different VLANs and those that \
                   only serve network boot (PXE).",
        source: "RFC 2131, RFC 2132.",
    },
};

pub(super) const NET_005: Page = Page {
    de: Text {
        meaning: "Zwei Geräte haben dieselbe IP-Adresse. Pakete kommen mal beim einen, mal beim anderen an: Anmeldungen brechen ab, \
                  Gespräche kommen nicht zustande.",
        measured: "Mindestens drei ARP-Anfragen über mindestens drei Sekunden, die jeweils zwei MAC-Adressen binnen 0,3 s beantworten. \
                   Beurteilt werden Adressen von Telefonen und Anlagen und solche, nach denen diese fragen.",
        action: "Geben Sie einem Gerät eine andere Adresse; feste Adressen dürfen nicht im DHCP-Bereich liegen.",
        pitfalls: "Nicht gezählt werden virtuelle Router (VRRP, CARP, HSRP, GLBP), Proxy-ARP, ein Wechsel des Gerätes, gebündelte \
                   Anschlüsse und WLAN-Repeater. Ein Gerät mit zwei Anschlüssen im selben Netz kann wie zwei aussehen.",
        source: "RFC 826, RFC 5227.",
    },
    en: Text {
        meaning: "Two devices have the same IP address. Packets reach now one and now the other: registrations break off, calls fail.",
        measured: "At least three ARP requests over at least three seconds, each answered by two MAC addresses within 0.3 s. Judged are \
                   addresses of telephones and PBXs, and those that these ask for.",
        action: "Give one device another address; fixed addresses must not lie in the DHCP range.",
        pitfalls: "Not counted are virtual routers (VRRP, CARP, HSRP, GLBP), proxy ARP, an exchange of the device, bonded ports and \
                   wireless repeaters. One device with two ports in the same network may look like two.",
        source: "RFC 826, RFC 5227.",
    },
};
