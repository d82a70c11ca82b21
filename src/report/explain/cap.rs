//! Pages about the capture itself.

use super::{Page, Text};

pub(super) const CAP_001: Page = Page {
    de: Text {
        meaning: "Beim Mitschneiden gingen Pakete verloren. Fehlende Sprachpakete sehen dann aus wie Paketverlust im Netz.",
        measured: "Verlustzähler der Mitschnittdatei, oder mindestens zwei TCP-Verbindungen (und mindestens 2 % aller), in \
                   denen eine Seite Daten bestätigt, die der Mitschnitt nicht enthält, oder mindestens 146.000 solche Byte. Oder der Mitschnitt ist ausgedünnt: Jedem \
                   Sprechweg fehlen in mehreren Lücken vier Fünftel seiner Pakete, und die übrigen kommen genau zu ihrer Zeit; \
                   oder allen Sprechwegen fehlt derselbe Anteil (zwischen zwei Geräten ab 40 %, zwischen mehreren ab 10 %), ohne Jitter. Oder \
                   alle Sprechwege von mindestens drei Geräten setzen zugleich aus, gehen zugleich weiter, und dazwischen ist nichts aufgezeichnet. \
                   Oder in mindestens zwei Gesprächen und der Hälfte derer, die der Anrufer nach mindestens 3 s beendet, fehlt die Bestätigung (ACK), \
                   obwohl die Annahme nicht wiederholt wurde.",
        action: "Messen Sie an einem weniger belasteten Punkt, mit einem Mitschnittfilter oder mit einem schnelleren \
                 Rechner.",
        pitfalls: "Unvollständige TCP-Verbindungen gibt es auch, wenn der Mitschnitt nur eine Richtung sieht (CAP-003).",
        source: "pcapng, Interface Statistics Block. TCP: RFC 9293.",
    },
    en: Text {
        meaning: "Packets were lost while capturing. Missing voice packets then look like packet loss in the network.",
        measured: "Drop counters of the capture file, or at least two TCP connections (and at least 2 % of all) in which a \
                   side acknowledges data that the capture does not hold, or at least 146,000 such bytes. Or the capture was thinned out: every stream lacks four \
                   fifths of its packets in several gaps, and the others come exactly on time; or \
                   all streams lack the same share (from 40 % on between two devices, from 10 % on between more), without jitter. Or all streams of \
                   three devices or more pause and go on together, and nothing is captured between. Or in at least two calls, and in half of those that \
                   their caller ends after at least 3 s, the acknowledgement (ACK) is missing although the answer was not repeated.",
        action: "Capture at a less loaded point, with a capture filter or on a faster machine.",
        pitfalls: "Incomplete TCP connections also occur where the capture sees one direction only (CAP-003).",
        source: "pcapng, Interface Statistics Block. TCP: RFC 9293.",
    },
};

pub(super) const CAP_002: Page = Page {
    de: Text {
        meaning: "Derselbe Verkehr wurde doppelt aufgezeichnet, meist weil der Spiegelport beide Seiten einer Verbindung \
                  oder ein Paket vor und nach dem Router erfasst.",
        measured: "Mehr als 1 % der Pakete mit Nutzdaten und mindestens 10 Pakete sind Kopien eines anderen, das in der \
                   Datei davor steht und höchstens 10 ms (mit IP-Kennung 12 ms) früher oder später aufgezeichnet ist; in kurzen Mitschnitten \
                   genügen 5, wenn es ein Fünftel ist. Nicht verglichen werden Pakete ohne brauchbare Zeit, Fragmente \
                   nach dem ersten und Rundsendungen ohne IP-Kennung (mDNS, LLMNR über IPv6), die ihr Absender \
                   wiederholt. Alle Werte sind ohne die Kopien gerechnet. Oder die Nummern eines Sprechweges laufen hin und her, weil \
                   er mit zwei Uhren im Mitschnitt steht: Dann sind seine Werte nicht beurteilt.",
        action: "Keine nötig, solange nicht ein Empfänger per RTCP mehr Sprachpakete meldet, als gesendet wurden, oder nur hier \
                 und da eines doppelt ist (2 bis 30 % eines Sprechwegs): Dann verdoppelt sie das Netz. Für eine saubere Messung spiegeln Sie nur einen Port oder ein VLAN.",
        pitfalls: "Wiederholungen, die ein Gerät selbst sendet (SIP über UDP), haben eine neue IP-Kennung und sind keine \
                   Kopien. Sind es vor allem gleiche Pings, steht „wahrscheinlich“: Manche Programme senden zwei ohne Unterschied.",
        source: "Verhalten von Spiegelports (SPAN); Kopien werden am Inhalt erkannt.",
    },
    en: Text {
        meaning: "The same traffic was captured twice, usually because the mirror port covers both ends of a connection or \
                  a packet before and after the router.",
        measured: "More than 1 % of the packets with payload, and at least 10 packets, are copies of another that stands before \
                   them in the file and was captured at most 10 ms (12 ms with an IP identification) earlier or later; in short captures 5 will do if they are \
                   a fifth. Not compared are packets without a usable time, fragments behind the first, and what goes to \
                   all without an IP identification (mDNS, LLMNR over IPv6), which its sender repeats. All values are \
                   computed without the copies. Or the numbers of a stream go to and fro, because it is in the capture by two \
                   clocks: then its values are not judged.",
        action: "None needed, unless a receiver reports by RTCP more voice packets than were sent, or only some are there twice \
                 (2 to 30 % of a stream): then the network doubles them. For a clean capture mirror one port or one VLAN only.",
        pitfalls: "Repetitions that a device itself sends (SIP over UDP) have a new IP identification and are no copies. If they \
                   are mostly equal pings, it says “likely”: some programs send two without a difference.",
        source: "Behaviour of mirror ports (SPAN); copies are recognised by content.",
    },
};

pub(super) const CAP_003: Page = Page {
    de: Text {
        meaning: "Der Mitschnitt zeigt jede Verbindung nur in einer Richtung. Was fehlt, kann nicht beurteilt werden: \
                  einseitige Sprache, blockierte Ports, unbeantwortete Anmeldungen.",
        measured: "Kein einziges Gerätepaar, dessen Verkehr üblicherweise beantwortet wird, ist in beiden Richtungen zu \
                   sehen. Es müssen mindestens zwei solche Paare, oder eines mit 100 Sprachpaketen, und 20 Pakete im \
                   Mitschnitt sein.",
        action: "Stellen Sie den Spiegelport auf Senden und Empfangen (both), und messen Sie erneut.",
        pitfalls: "Ein sehr kurzer Mitschnitt kann zufällig nur eine Richtung enthalten. Bei einem einzigen Gerätepaar ist es ein \
                   Verdacht: Die Gegenseite kann auch geschwiegen haben.",
        source: "Grundsatz: Was der Mitschnitt nicht zeigen kann, gilt nicht als bestanden.",
    },
    en: Text {
        meaning: "The capture shows every connection in one direction only. What is missing cannot be judged: one-way \
                  audio, blocked ports, unanswered registrations.",
        measured: "Not a single pair of hosts whose traffic is usually answered is visible in both directions. The capture \
                   must hold at least two such pairs, or one with 100 voice packets, and 20 packets.",
        action: "Set the mirror port to transmit and receive (both), and capture again.",
        pitfalls: "A very short capture may hold one direction by chance. Of a single pair it is suspected only: the other side may \
                   have been silent.",
        source: "Principle: what the capture cannot show never counts as passed.",
    },
};

pub(super) const CAP_004: Page = Page {
    de: Text {
        meaning: "SIP-Nachrichten sind nur mit ihrem Anfang aufgezeichnet. Ports, Codecs und Rufnummern dahinter fehlen; \
                  Sprechwege werden dann am Inhalt erkannt statt am SDP.",
        measured: "SIP oder SDP, das wegen der Snaplen nicht bis zum Ende lesbar ist.",
        action: "Schneiden Sie mit voller Paketlänge mit (Snaplen 0 oder 262144).",
        pitfalls: "Gekürzte Sprachpakete schaden nicht; Kennzeichnung und Ports stehen am Anfang des Pakets.",
        source: "pcap und pcapng: Feld Snaplen. SDP: RFC 8866.",
    },
    en: Text {
        meaning: "SIP messages are captured with their beginning only. Ports, codecs and numbers behind it are missing; \
                  streams are then recognised by content instead of SDP.",
        measured: "SIP or SDP that cannot be read to its end because of the snap length.",
        action: "Capture whole packets (snap length 0 or 262144).",
        pitfalls: "Voice packets cut short do no harm; marking and ports stand at the beginning of the packet.",
        source: "pcap and pcapng: field snap length. SDP: RFC 8866.",
    },
};

pub(super) const CAP_006: Page = Page {
    de: Text {
        meaning: "Die Zeitstempel springen zurück, oder alle Sprechwege zugleich vor. Jitter und Abstände aus diesem Mitschnitt sind wertlos \
                  und werden nicht beurteilt.",
        measured: "Zeitstempel, die um mehr als 100 ms kleiner sind als der vorige derselben Schnittstelle; weniger kann \
                   beim Mitschneiden vertauscht worden sein. Sprünge von einem Tag oder mehr nennt der \
                   Abschnitt „Mitschnitt“ in beiden Richtungen. Weicht ein einziges Paket um einen Tag oder mehr von den \
                   Paketen davor und danach ab, die in derselben Sekunde liegen, ist nur seine Zeit falsch. Kommen dieselben Pakete (IP-Kennung, \
                   RTP-Nummer und Inhalt) um immer dieselbe Zeit von einer halben Sekunde oder mehr später noch einmal, \
                   gehen die Uhren zusammengefügter Mitschnitte auseinander: Dann sind auch Verlust, Sprachqualität, \
                   einseitige Sprache und Wiederholungen nicht beurteilt.",
        action: "Schneiden Sie auf einem Gerät mit stabiler Uhr mit. Virtuelle Maschinen und Zeitumstellungen während der \
                 Messung sind die häufigste Ursache.",
        pitfalls: "Zusammengefügte Dateien sind oft nicht nach Zeit geordnet; übergeben Sie die Dateien einzeln. Zwei Mitschneider mit verschiedenen Uhren gleicht editcap -t ab.",
        source: "RFC 3550 Abschnitt 6.4.1: Jitter braucht verlässliche Ankunftszeiten.",
    },
    en: Text {
        meaning: "Time stamps jump back, or all streams forward at once. Jitter and intervals of this capture are worthless and not judged.",
        measured: "Time stamps more than 100 ms smaller than the one before on the same interface; less may have been \
                   swapped while capturing. Leaps of a day or more in either direction are told in the section about \
                   the capture. Where a single packet is a day or more off the ones before and after it, which lie within a \
                   second, only its time is wrong. Where the same packets (IP identification, RTP number and content) come once \
                   more, always by the same half second or more later, the clocks of merged captures differ: then loss, \
                   voice quality, one-way audio and repeated requests are not judged either.",
        action: "Capture on a machine with a stable clock. Virtual machines and a change of time while capturing are the \
                 usual causes.",
        pitfalls: "Merged files are often not in order of time; give the files one by one. editcap -t puts two recorders with different clocks right.",
        source: "RFC 3550 section 6.4.1: jitter needs reliable arrival times.",
    },
};

pub(super) const CAP_008: Page = Page {
    de: Text {
        meaning: "Die Signalisierung ist verschlüsselt. Das ist richtig, nur lassen sich Anmeldung, Rufaufbau und \
                  vereinbarte Codecs im Mitschnitt nicht lesen.",
        measured: "TLS-Verbindungen, über die nach Gerät und Port SIP läuft.",
        action: "Keine. Bei Störungen des Rufaufbaus werten Sie die Protokolle der Anlage aus.",
        pitfalls: "Bei pascom ist TLS und SRTP der Normalfall. Kennzeichnung, Verlust und Jitter bleiben messbar, weil der \
                   RTP-Header lesbar ist.",
        source: "RFC 8446 (TLS), RFC 3711 (SRTP).",
    },
    en: Text {
        meaning: "Signalling is encrypted. That is right, only registration, call set-up and negotiated codecs \
                  cannot be read from the capture.",
        measured: "TLS connections that carry SIP, going by device and port.",
        action: "None. For faults of call set-up look into the logs of the PBX.",
        pitfalls: "With pascom, TLS and SRTP are normal. Marking, loss and jitter can still be measured, because the RTP \
                   header is readable.",
        source: "RFC 8446 (TLS), RFC 3711 (SRTP).",
    },
};

pub(super) const CAP_010: Page = Page {
    de: Text {
        meaning: "Im Mitschnitt ist kein Sprechweg zu erkennen. Kennzeichnung und Sprachqualität können nicht beurteilt werden.",
        measured: "Kein RTP-Strom, weder am SDP noch am Inhalt erkannt. Gewiss ist das, wenn der Mitschnitt vollständig und \
                   ganz zu lesen ist und weder UDP-Verkehr unbekannten Inhalts zwischen freien Ports noch IPsec (ESP) enthält, sonst \
                   wahrscheinlich.",
        action: "Führen Sie während der Messung mindestens ein Gespräch von einer Minute, am besten intern und extern.",
        pitfalls: "Gespräche zwischen zwei Telefonen berühren den Messpunkt oft nicht. Sprache in einem VPN-Tunnel oder in IPsec, wenige \
                   Pakete ohne SDP und Gespräche über H.323, SCCP, MGCP, H.248 oder IAX2 sind nicht zu erkennen.",
        source: "Grundsatz: Was der Mitschnitt nicht zeigen kann, gilt nicht als bestanden.",
    },
    en: Text {
        meaning: "No voice stream can be made out in the capture. Marking and voice quality cannot be judged.",
        measured: "No RTP stream, recognised neither by SDP nor by content. It is sure if the capture is complete, can all be read, and holds neither \
                   UDP traffic of unknown content between free ports nor IPsec (ESP), else likely.",
        action: "Make at least one call of a minute while capturing, best one internal and one external.",
        pitfalls: "Calls between two phones often do not pass the measuring point. Voice in a VPN tunnel or in IPsec, a few packets without \
                   SDP, and calls by H.323, SCCP, MGCP, H.248 or IAX2 are not recognised.",
        source: "Principle: what the capture cannot show never counts as passed.",
    },
};

pub(super) const CAP_011: Page = Page {
    de: Text {
        meaning: "Die Datei ist beschädigt oder endet mitten in einem Paket. Alles bis dahin ist ausgewertet, der Rest \
                  fehlt.",
        measured: "Ein Datensatz, dessen Längenangaben nicht stimmen, oder das Ende der Datei innerhalb eines Pakets.",
        action: "Übertragen Sie die Datei noch einmal (binär), oder wiederholen Sie den Mitschnitt. Beenden Sie das \
                 Mitschnittprogramm, bevor Sie die Datei kopieren.",
        pitfalls: "Eine Datei, in die noch geschrieben wird, endet oft mitten im Paket und ist nicht beschädigt.",
        source: "Dateiformate pcap und pcapng (IETF opsawg).",
    },
    en: Text {
        meaning: "The file is damaged or ends within a packet. Everything up to there was judged, the rest is missing.",
        measured: "A record whose lengths do not hold, or the end of the file within a packet.",
        action: "Transfer the file again (binary), or repeat the capture. Stop the capture program before copying the \
                 file.",
        pitfalls: "A file that is still being written often ends within a packet and is not damaged.",
        source: "File formats pcap and pcapng (IETF opsawg).",
    },
};
