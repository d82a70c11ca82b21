//! Pages about marking.

use super::{Page, Text};

pub(super) const QOS_001: Page = Page {
    de: Text {
        meaning: "Sprachpakete tragen nicht die Kennzeichnung EF (Expedited Forwarding). Switches und Router behandeln \
                  sie wie gewöhnliche Daten; bei Last entstehen Aussetzer.",
        measured: "Mindestens 5 % von mindestens 50 RTP-Paketen eines Absenders im LAN tragen einen anderen DSCP-Wert. \
                   RTCP und STUN zählen nicht mit, die ECN-Bits sind ausgeblendet. Bei \
                   Endgeräten, für die der Hersteller EF zusagt, ist es ein Fehler; bei Anlage und Server und bei \
                   Telefonen anderer Hersteller eine Warnung.",
        action: "Messen Sie möglichst direkt am Gerät. Ist es dort gekennzeichnet, vertraut ein Switch der \
                 Kennzeichnung nicht (Trust DSCP einschalten). Ist es dort nicht gekennzeichnet, prüfen Sie die \
                 QoS-Einstellung des Gerätes; AGFEO-Endgeräte haben keine, dort lässt sich EF nicht abschalten.",
        pitfalls: "Der Mitschnitt zeigt die Kennzeichnung am Messpunkt, nicht am Gerät. Softphones unter Windows haben \
                   einen eigenen Befund (QOS-003), die Internet-Strecke auch (QOS-007). Treiber können die \
                   Kennzeichnung erst hinter dem Mitschnitt setzen, wenn auf dem sendenden PC gemessen wird: Dann ist der Befund \
                   nur wahrscheinlich.",
        source: "AGFEO „Unterstützung für Quality of Service (QoS)“: EF für alle IP-Telefonendgeräte, nicht \
                 abschaltbar. RFC 3246 (EF), RFC 2474 (DSCP).",
    },
    en: Text {
        meaning: "Voice packets do not carry the EF marking (expedited forwarding). Switches and routers treat them as \
                  ordinary data; under load voice drops out.",
        measured: "At least 5 % of at least 50 RTP packets of a sender in the LAN carry another DSCP value. RTCP and \
                   STUN do not count, ECN bits are masked. For terminals of which the vendor promises EF it is an \
                   error, for PBX and server and for telephones of other makers a warning.",
        action: "Measure right at the device if possible. If it is marked there, a switch does not trust the marking \
                 (enable trust DSCP). If it is not marked there, check the QoS setting of the device; AGFEO terminals have \
                 none, because EF cannot be switched off there.",
        pitfalls: "The capture shows the marking at the measuring point, not at the device. Softphones on Windows have a \
                   finding of their own (QOS-003), so has the Internet leg (QOS-007). Drivers may mark behind the \
                   capture when measuring on the sending PC: then the finding is only likely.",
        source: "AGFEO “Unterstützung für Quality of Service (QoS)”: EF for all IP terminals, cannot be switched off. \
                 RFC 3246 (EF), RFC 2474 (DSCP).",
    },
};

pub(super) const QOS_002: Page = Page {
    de: Text {
        meaning: "Ein Switch oder Router zwischen zwei Stellen des Netzes löscht oder ändert die Kennzeichnung der \
                  Sprache. Ab dort läuft sie ohne Vorrang.",
        measured: "Dasselbe RTP-Paket (gleiche SSRC, Sequenznummer und Zeitmarke) ist zweimal aufgezeichnet, zuerst \
                   mit dem erwarteten DSCP, dann mit einem anderen; mindestens 20 solche Paare bei einem Absender, \
                   nur auf Wegen im LAN.",
        action: "Suchen Sie das Gerät zwischen den beiden Stellen: TTL, VLAN und MAC-Adresse der beiden Kopien \
                 zeigen, wo sie aufgenommen sind. Aktivieren Sie dort das Vertrauen in DSCP.",
        pitfalls: "Kommt die Kopie ohne Kennzeichnung zuerst, kennzeichnet das Netz nach; das ist kein Fehler. Auf \
                   dem Weg ins Internet ist der Verlust der Kennzeichnung üblich.",
        source: "RFC 2474 Abschnitt 2; RFC 3550 Abschnitt 5.1.",
    },
    en: Text {
        meaning: "A switch or router between two places of the network removes or changes the marking of voice. \
                  Beyond it voice has no priority.",
        measured: "The same RTP packet (same SSRC, sequence number and timestamp) was captured twice, first with the \
                   expected DSCP, then with another; at least 20 such pairs of one sender, on ways within the LAN \
                   only.",
        action: "Look for the device between the two places: TTL, VLAN and MAC address of the two copies show where \
                 they were taken. Enable DSCP trust there.",
        pitfalls: "If the copy without the mark comes first, the network marks, which is no fault. Towards the \
                   Internet losing the mark is usual.",
        source: "RFC 2474 section 2; RFC 3550 section 5.1.",
    },
};

pub(super) const QOS_003: Page = Page {
    de: Text {
        meaning: "Ein Softphone auf einem Windows-PC sendet Sprache ohne Kennzeichnung. Windows lässt Programme nicht \
                  selbst kennzeichnen; es braucht eine Gruppenrichtlinie.",
        measured: "RTP eines als Softphone erkannten PCs (AGFEO VISOfon, pascom Client) überwiegend mit DSCP 0, ab \
                   denselben Schwellen wie bei QOS-001. Der Befund steht anstelle von QOS-001.",
        action: "Richten Sie in der Gruppenrichtlinie „Richtlinienbasierter QoS“ ein: EF für die RTP-Zielports der \
                 Anlage, einen eigenen Wert für die Signalisierung. Der Zielbereich hängt vom Anlagentyp ab.",
        pitfalls: "Auf dem PC selbst mitgeschnitten kann die Richtlinie erst hinter dem Messpunkt wirken. Auf anderen \
                   Betriebssystemen kennzeichnet der pascom Client selbst.",
        source: "AGFEO „Unterstützung für Quality of Service (QoS)“; pascom-Dokumentation zur Desktop-Installation.",
    },
    en: Text {
        meaning: "A softphone on a Windows PC sends voice without marking. Windows does not let programs mark on their \
                  own; it takes a group policy.",
        measured: "RTP of a PC recognised as softphone (AGFEO VISOfon, pascom Client) mostly with DSCP 0, from the \
                   same thresholds on as QOS-001. It stands in place of QOS-001.",
        action: "Create a policy-based QoS rule in the group policy: EF for the RTP destination ports of the PBX, and a \
                 value of its own for signalling. The destination range depends on the PBX model.",
        pitfalls: "Captured on the PC itself, the policy may take effect behind the measuring point. On other operating \
                   systems the pascom Client marks by itself.",
        source: "AGFEO “Unterstützung für Quality of Service (QoS)”; pascom documentation on desktop installation.",
    },
};

pub(super) const QOS_004: Page = Page {
    de: Text {
        meaning: "Die Signalisierung trägt nicht den Wert, den pascom dafür nennt (CS3). Auf die Sprachqualität hat das \
                  keinen Einfluss; der Rufaufbau kann bei Last langsamer werden.",
        measured: "DSCP der lesbaren SIP-Nachrichten oder der verschlüsselten SIP-Verbindung eines pascom-Gerätes im LAN: \
                   Von mindestens 10 Paketen trägt mindestens die Hälfte einen anderen Wert.",
        action: "Bei Bedarf am Endgerät oder in der Gruppenrichtlinie angleichen.",
        pitfalls: "AF31 ist die Werkseinstellung vieler Telefone (Yealink, Grandstream) und kein Schaden. AGFEO macht \
                   zur Signalisierung keine Vorgabe; dort gibt es diesen Befund nicht.",
        source: "pascom-Dokumentation zum Cloud-Server (erweitertes Profil). RFC 4594 Abschnitt 4.2.",
    },
    en: Text {
        meaning: "Signalling does not carry the value that pascom states for it (CS3). Voice quality is not affected; \
                  call set-up may be slower under load.",
        measured: "DSCP of readable SIP messages or of the encrypted SIP connection of a pascom device in the LAN: at least \
                   half of at least 10 packets carry another value.",
        action: "Align it at the terminal or in the group policy if wanted.",
        pitfalls: "AF31 is the default of many phones (Yealink, Grandstream) and does no harm. AGFEO states nothing about \
                   signalling; the finding does not exist there.",
        source: "pascom documentation of the cloud server (extended profile). RFC 4594 section 4.2.",
    },
};

pub(super) const QOS_005: Page = Page {
    de: Text {
        meaning: "Sprachpakete in einem VLAN tragen nicht die erwartete 802.1p-Priorität. Switches, die nur auf sie \
                  achten, bevorzugen die Sprache nicht.",
        measured: "Priorität (PCP) im VLAN-Tag der RTP-Pakete eines Absenders im LAN: Mindestens 5 % von mindestens 50 \
                   Paketen tragen eine andere. Pakete ohne Tag zählen nicht. Nennt der Hersteller keine Priorität \
                   (AGFEO), gilt die von pascom als üblich.",
        action: "Setzen Sie am Switch die CoS-Zuordnung für das Sprach-VLAN, oder prüfen Sie die VLAN-Einstellung des \
                 Telefons.",
        pitfalls: "Spiegelports und Netzwerktreiber entfernen Tags oft ganz; dann gibt es keinen Befund. Manche Netze \
                   benutzen eine andere Priorität mit Absicht.",
        source: "pascom-Dokumentation zum Cloud-Server (erweitertes Profil). IEEE 802.1Q.",
    },
    en: Text {
        meaning: "Voice packets in a VLAN do not carry the expected 802.1p priority. Switches that look at nothing else \
                  do not prefer voice.",
        measured: "Priority (PCP) in the VLAN tag of the RTP packets of a sender in the LAN: at least 5 % of at least 50 \
                   packets carry another one. Packets without a tag do not count. Where the vendor states no priority \
                   (AGFEO), that of pascom is taken as usual.",
        action: "Set the CoS mapping for the voice VLAN on the switch, or check the VLAN setting of the phone.",
        pitfalls: "Mirror ports and network drivers often strip tags altogether; then there is no finding. Some networks \
                   use another priority on purpose.",
        source: "pascom documentation of the cloud server (extended profile). IEEE 802.1Q.",
    },
};

pub(super) const QOS_007: Page = Page {
    de: Text {
        meaning: "Sprache ins Internet oder von dort ist nicht gekennzeichnet. AGFEO nennt das normal: \
                  Öffentliche Netze beachten die Kennzeichnung in der Regel nicht.",
        measured: "Mindestens 5 % von mindestens 50 RTP-Paketen ohne EF, deren Absender nicht im LAN am Messpunkt steht \
                   oder die die Anlage an eine öffentliche Adresse sendet.",
        action: "An der Kennzeichnung: keine. Begrenzen Sie am Router die Last des Internetanschlusses, und \
                 priorisieren Sie Sprache dort in Senderichtung.",
        pitfalls: "Ein Endgerät im LAN wird nach seiner Kennzeichnung beurteilt, wohin das Paket auch geht; dafür steht \
                   QOS-001.",
        source: "AGFEO „Unterstützung für Quality of Service (QoS)“: bei öffentlichen Netzen (Internet/VPN/WAN) \
                 wirkungslos.",
    },
    en: Text {
        meaning: "Voice to or from the Internet is not marked. AGFEO calls this normal: public networks usually \
                  ignore the marking.",
        measured: "At least 5 % of at least 50 RTP packets without EF whose sender is not in the LAN of the measuring \
                   point, or which the PBX sends to a public address.",
        action: "About the marking: none. Limit the load of the Internet link at the router, and prefer voice there in \
                 the sending direction.",
        pitfalls: "A terminal in the LAN is judged by what it marks, wherever the packet goes; that is QOS-001.",
        source: "AGFEO “Unterstützung für Quality of Service (QoS)”: without effect on public networks \
                 (Internet/VPN/WAN).",
    },
};

pub(super) const QOS_008: Page = Page {
    de: Text {
        meaning: "In denselben Gesprächen kennzeichnen die Endgeräte, die Anlage aber nicht. Vorrang hat die Sprache nur \
                  in einer Richtung.",
        measured: "RTP der Anlage oder des pascom Servers ohne EF, ab denselben Schwellen wie bei QOS-001, während \
                   Gegenstellen im LAN mit EF senden. Steht nie neben QOS-001 für denselben Absender.",
        action: "Prüfen Sie die QoS-Einstellung der Anlage und ob ihr Switch-Port der Kennzeichnung vertraut. Sonst \
                 kennzeichnen Sie am Switch-Port der Anlage.",
        pitfalls: "Zwei verschiedene Absender sind zwei Ursachen: Der Befund nennt nur den, der nicht kennzeichnet. \
                   Zugesagt ist EF nur für Endgeräte.",
        source: "AGFEO „Unterstützung für Quality of Service (QoS)“. RFC 3246.",
    },
    en: Text {
        meaning: "In the same calls the terminals mark and the PBX does not. Voice has priority in one direction only.",
        measured: "RTP of the PBX or the pascom server without EF, from the same thresholds on as QOS-001, while peers in \
                   the LAN send EF. Never beside QOS-001 for the same sender.",
        action: "Check the QoS setting of the PBX and whether its switch port trusts the marking. Otherwise mark at the \
                 switch port of the PBX.",
        pitfalls: "Two senders are two causes: the finding names the one that does not mark. EF is promised for terminals \
                   only.",
        source: "AGFEO “Unterstützung für Quality of Service (QoS)”. RFC 3246.",
    },
};

pub(super) const QOS_009: Page = Page {
    de: Text {
        meaning: "Die Kennzeichnung eines Sprechwegs wechselt mitten im Strom und bleibt beim neuen Wert. Entweder sendet \
                  nun ein anderes Gerät, oder etwas auf dem Weg schreibt um.",
        measured: "Zwei Werte, die jeweils über mindestens 25 aufeinanderfolgende Pakete desselben RTP-Stroms (SSRC) \
                   gelten, wobei der erste nicht wiederkehrt. Nur für Absender im LAN.",
        action: "Vergleichen Sie die Uhrzeit mit Vermitteln, Halten, Konferenz oder WLAN-Wechsel. Ohne Anlass \
                 prüfen Sie die QoS-Regeln auf dem Weg.",
        pitfalls: "Einzelne Ausreißer sind kein Wechsel. Nach einem Re-INVITE kann ein anderes Gerät denselben Strom \
                   weiterführen.",
        source: "RFC 2474, RFC 3550.",
    },
    en: Text {
        meaning: "The marking of a stream changes in its middle and keeps the new value. Either another device sends now, \
                  or something on the way rewrites.",
        measured: "Two values, each over at least 25 packets in a row of one RTP stream (SSRC), the first never coming \
                   back. Only for senders in the LAN.",
        action: "Compare the time with transfer, hold, conference or a change of WLAN cell. Without such a cause check the \
                 QoS rules on the way.",
        pitfalls: "Single stray values are no change. After a re-INVITE another device may continue the same stream.",
        source: "RFC 2474, RFC 3550.",
    },
};

pub(super) const QOS_010: Page = Page {
    de: Text {
        meaning: "Verkehr, der keine Sprache ist, trägt die Kennzeichnung EF. Er drängt sich in die Warteschlange der \
                  Sprache und nimmt ihr den Vorrang.",
        measured: "Mehr als 5 % aller mit EF gekennzeichneten Bytes des Mitschnitts und mindestens 20 Pakete stammen von \
                   einem Gerät im LAN und sind keine Sprache.",
        action: "Nehmen Sie diesem Verkehr die Kennzeichnung: am Gerät, in der Gruppenrichtlinie oder am Switch-Port.",
        pitfalls: "Bildtelefonie ist oft gewollt gekennzeichnet. Verschlüsselte Sprache in einem Tunnel ist als Sprache \
                   nicht zu erkennen.",
        source: "RFC 3246 Abschnitt 1, RFC 4594 Abschnitt 4.1.",
    },
    en: Text {
        meaning: "Traffic that is not voice carries the EF marking. It pushes into the queue of voice and takes its \
                  priority away.",
        measured: "More than 5 % of all bytes marked EF in the capture, and at least 20 packets, come from one device in \
                   the LAN and are not voice.",
        action: "Take the marking off this traffic: at the device, in the group policy or at the switch port.",
        pitfalls: "Video telephony is often marked on purpose. Encrypted voice in a tunnel cannot be told as voice.",
        source: "RFC 3246 section 1, RFC 4594 section 4.1.",
    },
};
