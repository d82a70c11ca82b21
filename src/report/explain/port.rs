//! Pages about ports.

use super::{Page, Text};

pub(super) const PORT_001: Page = Page {
    de: Text {
        meaning: "Ein Gerät eines bekannten Herstellers benutzt einen Port, den die Portliste des Herstellers nicht \
                  nennt. Das kann eine bewusste Umstellung sein, ein Zusatzdienst oder ein fremdes Programm.",
        measured: "Jede Verbindung einer erkannten Anlage oder eines Endgerätes mit mindestens zwei Paketen, die keine \
                   dokumentierte Zeile, kein üblicher Netzdienst (DNS, DHCP, NTP, TFTP, Gerätesuche) und keine Ausnahme \
                   der Standortdatei erklärt. PCs zählen nicht, Sprache hat eigene Befunde (PORT-002, PORT-006). Alle \
                   Ports eines Gerätes stehen in einem Befund.",
        action: "Klären Sie, wofür der Port benutzt wird. Ist er gewollt, tragen Sie ihn mit einer Begründung in die \
                 Standortdatei ein; sonst kontrollieren Sie die Einstellungen des Gerätes.",
        pitfalls: "Portlisten nennen Werkseinstellungen. AGFEO führt die eigenen Ports der Geräte auf, pascom die Ports \
                   des Servers; der wechselnde Port der Gegenseite ist nie ein Befund. Neuere Versionen können mehr \
                   Ports benutzen, als das Dokument kennt. Beginnt eine verschlüsselte Verbindung vor dem Mitschnitt, ist \
                   der Name des Servers nicht zu sehen: Könnte sie eine dokumentierte sein, zählt sie nicht. Fehlt der Aufbau \
                   einer TCP-Verbindung, entscheiden andere Verbindungen und die Portnummern, welche Seite der Dienst ist; \
                   sagen auch sie nichts, stehen beide Ports da.",
        source: "Portlisten der Hersteller mit ihrem Stand, siehe „pbxray ports“. Zuordnung der Verbindungen nach \
                 Gerät, Richtung und Inhalt, nicht nach der Nummer allein.",
    },
    en: Text {
        meaning: "A device of a known vendor uses a port that the vendor's port list does not name. It may have been \
                  changed on purpose, be an extra service or a foreign program.",
        measured: "Every flow of a recognised PBX or terminal with at least two packets that no documented row, no usual \
                   network service (DNS, DHCP, NTP, TFTP, discovery) and no exception of the site file explains. PCs \
                   do not count, voice has findings of its own (PORT-002, PORT-006). All ports of a device are one \
                   finding.",
        action: "Find out what the port is used for. If it is wanted, enter it in the site file with the reason; if \
                 not, check the settings of the device.",
        pitfalls: "Port lists state defaults. AGFEO lists the devices' own ports, pascom the ports of the server; the \
                   changing port of the other side is never a finding. Newer versions may use more ports than the \
                   document knows. Where an encrypted connection began before the capture, the name of the server is not \
                   seen: what could be a documented one does not count. Where the beginning of a TCP connection is \
                   missing, other connections and the port numbers decide on which side the service is; where they tell \
                   nothing, both ports are named.",
        source: "The vendors' port lists with their dates, see `pbxray ports`. Flows are matched by device, direction \
                 and content, not by number alone.",
    },
};

pub(super) const PORT_002: Page = Page {
    de: Text {
        meaning: "Sprache läuft über Ports außerhalb des Bereichs, den der Hersteller für dieses Gerät nennt. Regeln in \
                  Firewall und Switch, die nach der Liste gebaut sind, treffen diese Gespräche nicht.",
        measured: "RTP-Ströme mit mindestens 50 Paketen, erkannt am SDP, an RTCP oder am Inhalt, deren eigener Port \
                   außerhalb der dokumentierten Bereiche des Gerätes liegt. Hat das Gerät den Port selbst im SDP genannt, \
                   zählt auch, was dort ankommt.",
        action: "Stellen Sie den RTP-Bereich auf den dokumentierten Wert, oder passen Sie die Regeln an den \
                 tatsächlichen Bereich an.",
        pitfalls: "Auf der Internetseite einer NAT-Firewall ist der Port umgesetzt: Messen Sie auf der LAN-Seite. Für \
                   manche Geräte (Türsprechstelle) nennt der Hersteller keinen Bereich; sie werden nicht bemängelt. Der \
                   RTP-Bereich der Anlage hängt vom Modell und von Lizenzen ab.",
        source: "AGFEO Abschnitte 1.3, 2.1.1 und 2.2.1; pascom, Zeilen P02 und P17. RTP: RFC 3550.",
    },
    en: Text {
        meaning: "Voice uses ports outside the range that the vendor states for this device. Firewall and switch rules \
                  built from the list do not match these calls.",
        measured: "RTP streams of at least 50 packets, recognised by SDP, RTCP or content, whose own port lies outside \
                   the documented ranges of the device. Where the device itself named the port in SDP, what comes there \
                   counts as well.",
        action: "Set the RTP range to the documented value, or adapt the rules to the actual range.",
        pitfalls: "On the Internet side of a NAT firewall the port is translated: measure on the LAN side. For some \
                   devices (door station) the vendor states no range; they are never blamed. The range of the PBX \
                   depends on model and licences.",
        source: "AGFEO sections 1.3, 2.1.1 and 2.2.1; pascom rows P02 and P17. RTP: RFC 3550.",
    },
};

pub(super) const PORT_003: Page = Page {
    de: Text {
        meaning: "Ein Gerät versucht, einen dokumentierten Dienst zu erreichen, und bekommt keine Verbindung: Eine \
                  Firewall sperrt, oder der Dienst läuft nicht.",
        measured: "Mindestens zwei Versuche auf einer dokumentierten Zeile ohne Antwort, mit TCP-Reset oder mit einer \
                   ICMP-Fehlermeldung. Schweigen zählt nur, wenn der Mitschnitt an anderer Stelle Antworten vom selben \
                   Ziel oder, bei Zielen im Internet, von anderen dort zeigt. Ein Dienst, der nur unter einer Bedingung \
                   dokumentiert ist oder frei wählbare Ports hat, ist nur ein Hinweis, jeder andere ein Fehler.",
        action: "Geben Sie den Port in der genannten Richtung frei, und prüfen Sie, ob der Dienst am Ziel läuft. Ein \
                 TCP-Reset spricht für „Dienst aus“, Schweigen für „Firewall verwirft“, ICMP nennt den Absender der \
                 Sperre.",
        pitfalls: "Ein Spiegelport, der nur eine Richtung liefert, lässt alles unbeantwortet aussehen; dann gibt es \
                   CAP-003 statt dieses Befundes. Ein abgeschaltetes Ziel sieht aus wie eine Sperre. Erreicht die Anlage ein \
                   Telefon nicht mehr, das sich bei ihr angemeldet hatte, ist kein Port gesperrt (siehe SIG-009), ebenso wenn \
                   ein Gerät Sprache abweist, zu der es kein Gespräch mehr hat, SIP von einem anderen Port aus beantwortet wird oder der \
                   Router abweist, was an die eigene öffentliche Adresse geht.",
        source: "Portlisten der Hersteller. ICMP: RFC 792, RFC 1812 Abschnitt 5.2.7.1, RFC 4443. TCP: RFC 9293.",
    },
    en: Text {
        meaning: "A device tries to reach a documented service and gets no connection: a firewall blocks it, or the \
                  service is not running.",
        measured: "At least two attempts on a documented row without answer, with a TCP reset or with an ICMP error. \
                   Silence counts only where the capture elsewhere shows answers of the same target or, for targets on \
                   the Internet, of others there. A service that is documented under a condition only, or with ports \
                   that may be any, is a notice; every other is an error.",
        action: "Allow the port in the stated direction and check that the service is running at the target. A TCP \
                 reset suggests a service that is off, silence a firewall that drops, ICMP names who blocks.",
        pitfalls: "A mirror port that delivers one direction makes everything look unanswered; CAP-003 then stands in \
                   place of this finding. A target that is switched off looks like a block. Where the PBX no longer reaches \
                   a telephone that had registered, no port is blocked (see SIG-009), nor where a device refuses voice for \
                   which it has no call any more, where SIP is answered from another port, or where the router refuses what \
                   goes to the own public address.",
        source: "The vendors' port lists. ICMP: RFC 792, RFC 1812 section 5.2.7.1, RFC 4443. TCP: RFC 9293.",
    },
};

pub(super) const PORT_004: Page = Page {
    de: Text {
        meaning: "Ein dokumentierter Dienst eines vorhandenen Gerätes kam im Mitschnitt nicht vor. Das ist kein Fehler; \
                  er wurde im Messzeitraum vielleicht nicht gebraucht.",
        measured: "Dokumentierte Zeilen ohne eine einzige Verbindung. Sie stehen nur in der Übersicht „Soll und Ist“ \
                   und zählen nie als Befund.",
        action: "Keine. Wollen Sie den Dienst prüfen, lösen Sie ihn gezielt aus, und messen Sie noch einmal.",
        pitfalls: "Der Messpunkt sieht vielleicht nicht jeden Verkehr, etwa zwischen zwei Telefonen am selben Switch.",
        source: "Portlisten der Hersteller, siehe „pbxray ports“.",
    },
    en: Text {
        meaning: "A documented service of a device that is present did not occur in the capture. This is no fault; it \
                  may not have been needed.",
        measured: "Documented rows without a single flow. They appear in the overview of expected and seen ports only \
                   and never count as a finding.",
        action: "None. To check the service, trigger it and capture again.",
        pitfalls: "The measuring point may not see all traffic, for instance between two phones on one switch.",
        source: "The vendors' port lists, see `pbxray ports`.",
    },
};

pub(super) const PORT_005: Page = Page {
    de: Text {
        meaning: "Die AGFEO-Anlage meldet sich beim Provider von einem Quellport an, den AGFEO dafür nicht nennt. \
                  NAT-Regeln nach der Portliste passen dann nicht.",
        measured: "SIP über UDP von der Anlage zu ihrem Provider mit einem Quellport außerhalb der Zeile A13. Provider ist, wen die \
                   Standortdatei nennt und wo sich die Anlage anmeldet, auch im eigenen Netz; sonst, wen sie im Internet anruft.",
        action: "Prüfen Sie die Einstellungen des SIP-Kontos und die NAT-Regeln der Firewall.",
        pitfalls: "Auf der Internetseite des NAT-Routers gemessen ist der Port umgesetzt. SIP über TCP benutzt immer \
                   wechselnde Ports (Zeile A14) und ist kein Befund.",
        source: "AGFEO Abschnitt 1.2, Zeilen A13 und A14.",
    },
    en: Text {
        meaning: "The AGFEO PBX registers with the provider from a source port that AGFEO does not name for it. NAT \
                  rules built from the port list do not fit.",
        measured: "SIP over UDP from the PBX to its provider with a source port outside row A13. A provider is whom the site file names and \
                   where the PBX registers, in its own network too; else whom it calls in the Internet.",
        action: "Check the settings of the SIP account and the NAT rules of the firewall.",
        pitfalls: "Measured on the Internet side of the NAT router, the port is translated. SIP over TCP always uses \
                   changing ports (row A14) and is no finding.",
        source: "AGFEO section 1.2, rows A13 and A14.",
    },
};

pub(super) const PORT_006: Page = Page {
    de: Text {
        meaning: "Die beobachteten RTP-Ports der Anlage liegen außerhalb des Bereichs, den der Hersteller für das \
                  angegebene oder erkannte Modell nennt. Meist stimmt die Angabe zum Modell nicht.",
        measured: "Kleinster und größter eigener RTP-Port der Anlage gegen den Bereich des Modells. Genannt wird das \
                   kleinste Modell, in das alle Ports passen.",
        action: "Berichtigen Sie die Angabe zum Modell (--pbx oder Standortdatei), oder die auf das Modell \
                 zugeschnittenen Regeln.",
        pitfalls: "Die tatsächliche Größe hängt von Lizenzen ab. Wenige Gespräche zeigen nur den Anfang des Bereichs; \
                   daraus folgt kein kleineres Modell.",
        source: "AGFEO Abschnitt 1.3, Zeilen A15 bis A25.",
    },
    en: Text {
        meaning: "The RTP ports seen at the PBX lie outside the range that the vendor states for the given or inferred \
                  model. Usually the stated model is wrong.",
        measured: "Smallest and greatest own RTP port of the PBX against the range of the model. The smallest model \
                   that all ports fit is named.",
        action: "Correct the stated model (--pbx or site file), or the rules made for that model.",
        pitfalls: "The actual size depends on licences. A few calls show the start of the range only; no smaller model \
                   follows from that.",
        source: "AGFEO section 1.3, rows A15 to A25.",
    },
};

pub(super) const PORT_007: Page = Page {
    de: Text {
        meaning: "Die Anlage hat fast alle Sprechkanäle belegt, die ihr Typ hat. Wer dann anruft, bekommt keinen Kanal.",
        measured: "Gleichzeitige Sprechwege der Anlage in ihrem RTP-Bereich, je zwei Ports ein Kanal, ab 90 % der Kanäle \
                   des angegebenen oder sicher erkannten Typs.",
        action: "Prüfen Sie Warteschleifen und hängende Verbindungen, und planen Sie weitere Kanäle.",
        pitfalls: "Die Zahl der Lizenzen kann kleiner sein als die der Kanäle und ist nicht zu sehen. Ohne bekannten \
                   Anlagentyp wird nicht geurteilt. Gespräche zwischen zwei Telefonen belegen keinen Kanal der Anlage.",
        source: "AGFEO 1.3: RTP-Portbereiche und höchste Zahl der IP-Kanäle je Typ.",
    },
    en: Text {
        meaning: "The PBX has nearly all channels taken that its model has. Whoever calls then gets none.",
        measured: "Voice streams of the PBX at the same time in its RTP range, two ports a channel, from 90 % of the \
                   channels of the stated or surely recognised model on.",
        action: "Check queues and hanging connections, and plan for more channels.",
        pitfalls: "Licences may be fewer than channels and cannot be seen. Without a known model nothing is judged. Calls \
                   between two phones take no channel of the PBX.",
        source: "AGFEO 1.3: RTP port ranges and the most IP channels of each model.",
    },
};

pub(super) const PORT_008: Page = Page {
    de: Text {
        meaning: "Ein Gerät sendet Sprache von einem ungeraden oder RTCP von einem geraden Port. Portpaare aus RTP (gerade) und RTCP (ungerade) \
                  verschieben sich damit, und Regeln für den Bereich treffen einen Port zu wenig.",
        measured: "Sprechwege ab 50 Paketen von einem ungeraden eigenen Port, RTCP ab zwei Paketen von einem geraden; bei \
                   Geräten mit dokumentiertem RTP-Bereich im LAN. Was das SDP des Gerätes mit a=rtcp oder a=rtcp-mux so \
                   ankündigt, zählt nicht, und RTCP zählt nur, wo Gespräche des Gerätes lesbar sind.",
        action: "Stellen Sie den Startport für RTP auf eine gerade Zahl. Kommt nur RTCP von einem geraden Port, prüfen Sie \
                 Firmware und RTP-Einstellungen.",
        pitfalls: "Hinter einem Router sind die Ports die des Routers und werden nicht beurteilt. Manche Geräte anderer \
                   Hersteller vergeben Ports frei; das ist erlaubt, wenn das SDP es sagt.",
        source: "RFC 3550 Abschnitt 11; AGFEO 1.3: zwei Ports je Gespräch.",
    },
    en: Text {
        meaning: "A device sends voice from an odd port, or RTCP from an even one. Pairs of RTP (even) and RTCP (odd) shift, and rules for the range \
                  are one port short.",
        measured: "Voice streams of at least 50 packets from an odd own port, two packets of RTCP from an even one; of devices \
                   with a documented RTP range in the LAN. What the device's SDP announces so with a=rtcp or a=rtcp-mux does \
                   not count, and RTCP counts only where calls of the device can be read.",
        action: "Set the RTP start port to an even number. Where RTCP alone comes from an even port, check firmware and RTP \
                 settings.",
        pitfalls: "Behind a router the ports are the router's and are not judged. Some devices of other makers choose ports \
                   freely; that is allowed if SDP says so.",
        source: "RFC 3550 section 11; AGFEO 1.3: two ports for each call.",
    },
};

pub(super) const PORT_009: Page = Page {
    de: Text {
        meaning: "Endgeräte sprechen den internen Registrar der AGFEO-Anlage über TCP oder TLS an. Der Hersteller \
                  dokumentiert dort nur UDP; ob TCP unterstützt wird, ist nicht zugesagt.",
        measured: "Angenommene TCP-Verbindungen aus dem LAN zum SIP- oder SIPS-Port der Anlage, die SIP oder TLS tragen.",
        action: "Stellen Sie die Endgeräte auf UDP, wenn Anmeldungen unzuverlässig sind. Arbeitet alles, ist nichts \
                 zu tun.",
        pitfalls: "Anmeldungen der Anlage beim Provider dürfen über TCP laufen (Zeile A14) und sind nicht gemeint.",
        source: "AGFEO Abschnitt 1.2, Zeile A12. SIP: RFC 3261 Abschnitt 18.",
    },
    en: Text {
        meaning: "Terminals address the internal registrar of the AGFEO PBX over TCP or TLS. The vendor documents UDP \
                  only there; TCP is not promised.",
        measured: "Accepted TCP connections from the LAN to the SIP or SIPS port of the PBX that carry SIP or TLS.",
        action: "Set the terminals to UDP if registrations are unreliable. If all works, there is nothing to do.",
        pitfalls: "Registrations of the PBX with the provider may use TCP (row A14) and are not meant.",
        source: "AGFEO section 1.2, row A12. SIP: RFC 3261 section 18.",
    },
};
