//! Pages about voice: whether it is heard, and how it arrives.

use super::{Page, Text};

pub(super) const RTP_001: Page = Page {
    de: Text {
        meaning: "In einem angenommenen Gespräch kommt Sprache nur von einer Seite. Ein Teilnehmer hört nichts.",
        measured: "Ein Gespräch mit INVITE, Antwort und SDP beider Seiten im Mitschnitt, Sprache einer Seite für \
                   mehr als 2 s nach der Annahme, und zu ihren angekündigten und benutzten Ports kein UDP-Paket \
                   zurück, oder höchstens zwei in den ersten 2 s. Der Mitschnitt muss zeigen, dass Pakete des stillen Gerätes \
                   zum anderen zu sehen wären. Ein Fehler ist es, wenn Pakete abgewiesen werden, das stille Gerät anderswo zu \
                   hören ist oder beim Hörenden mitgeschnitten wurde; sonst eine Warnung. Ebenso gemeldet wird Sprache, die \
                   mindestens 2 s lang an eine Adresse geht, von der nur ICMP-Abweisungen kommen, während ein anderes Gerät \
                   mit dem Absender spricht und nichts von ihm erhält (STUN-Adresse im SDP, kein NAT-Loopback), und Sprache, die der Empfänger \
                   mindestens 3 s lang selbst per ICMP abweist, während er spricht (Firewall auf dem Gerät). Ohne Abweisung wird Sprache gemeldet, die unbeantwortet an eine private Adresse geht, während die \
                   Gegenseite aus dem Internet spricht oder eine Adresse des eigenen Netzes angekündigt hat (NAT, SIP ALG), und an eine \
                   öffentliche, während der Hörer im selben Subnetz spricht; ebenso Sprache, die vom Anfang an zu einem Port geht, den kein SDP \
                   nennt, während die Gegenseite vom angekündigten Port spricht (Warnung). Ist die Signalisierung verschlüsselt, wird Sprache \
                   gemeldet, die mindestens 5 s lang ins Internet geht und auf die nichts zurückkommt, obwohl eine \
                   TLS-Verbindung zwischen beiden in beiden Richtungen zu sehen ist (Warnung). STUN zählt nicht als Sprache.",
        action: "Prüfen Sie, ob das stille Gerät sendet; liegt die Gegenseite in einem anderen Netz, auch NAT und Firewall für \
                 seinen RTP-Bereich, die Adresse in seinem SDP und \
                 SIP ALG.",
        pitfalls: "Gespräche ohne ACK auf die Annahme zählen nicht (SIG-005). Halten, abgelehnte Medien, T.38, ICE, Gespräche unter 3 s und einseitige Mitschnitte werden nicht \
                   beurteilt; ist dabei (fast) nur eine Seite zu hören, steht es unter „Nicht beurteilbar“. Ein Mitschnitt auf dem PC des Softphones enthält manchmal nicht, was dieser PC sendet; sieht er danach \
                   aus, ist der Befund nur eine Warnung. \
                   Sprache, die am Messpunkt vorbei läuft, kann nicht gesehen werden. Enthält der Mitschnitt nichts als SIP und \
                   RTP, ist er wohl ein Export mit Anzeigefilter, in dem Wireshark nur eine Richtung erkannte: Dann ist der \
                   Befund nur ein Verdacht.",
        source: "RFC 3264 Abschnitt 5.1 und 6.1; RFC 3261 Abschnitt 13.",
    },
    en: Text {
        meaning: "In an answered call voice comes from one side only. One party hears nothing.",
        measured: "A call with INVITE, answer and the SDP of both sides in the capture, voice of one side for more \
                   than 2 s after the answer, and no UDP packet back to the ports that it announced and used, or at most two \
                   within the first 2 s. The capture must show that packets of the silent device to the other one would be \
                   seen. It is an error if packets are turned away, if the silent device is heard elsewhere, or if the capture \
                   was made where the other one listens; else a warning. Told as well is voice that goes for 2 s or more to an address \
                   from which nothing but refusals by ICMP come, while another device talks to the sender and gets nothing \
                   of it (address of STUN in SDP, no NAT loopback), and voice that its receiver itself turns away by ICMP for 3 s or more \
                   while it speaks (a firewall on the device). Without refusals, voice is told that goes unanswered to a private address \
                   while the other side speaks from the Internet or has announced an address of the own network (NAT, SIP ALG), and to a public \
                   one while its listener speaks from the same subnet; likewise voice that goes from the beginning to a port that no SDP \
                   names, while the other side speaks from the one it announced (a warning). Where the signalling is encrypted, voice is told that \
                   goes to the Internet for 5 s or more and to which nothing comes back, although a TLS connection between both is seen \
                   in both directions (a warning). STUN does not count as voice.",
        action: "Check whether the silent device sends; if the other side lies in another network, also NAT and firewall for \
                 its RTP range, the address in its SDP, and SIP ALG.",
        pitfalls: "Calls whose answer was never acknowledged do not count (SIG-005). Hold, refused media, T.38, ICE, calls below 3 s and one-sided captures are not judged; if (next to) only one side is heard then, “Cannot be \
                   judged” says so. A capture taken \
                   on the softphone's own PC sometimes lacks what that PC sends; where it looks so, the finding is a warning \
                   only. Voice that passes by the measuring point \
                   cannot be seen. A capture of nothing but SIP and RTP was probably exported with a display filter, in which \
                   Wireshark recognised one direction only: then the finding is a mere suspicion.",
        source: "RFC 3264 sections 5.1 and 6.1; RFC 3261 section 13.",
    },
};

pub(super) const RTP_002: Page = Page {
    de: Text {
        meaning: "Ein Gespräch wurde angenommen und dauerte an, aber keine Seite sendete Sprache.",
        measured: "Annahme und BYE mehr als 3 s auseinander, kein UDP-Paket zu oder von den Ports beider SDP. \
                   Sprache eines der beiden Geräte muss anderswo im Mitschnitt zu sehen sein, und die Sprache muss \
                   denselben Weg nehmen wie die Signalisierung. Auch, wenn jede Annahme Audio mit Port 0 ablehnt (dann ist das Gerät \
                   gemeint, das ablehnt, sonst der Anrufer), und wenn auf \
                   den Ports der Sprache nur DTLS zu sehen ist.",
        action: "Prüfen Sie zuerst den Messpunkt, danach die Firewall-Regeln für RTP zwischen den beiden Geräten.",
        pitfalls: "Halten und ICE werden nicht beurteilt; von T.38 nur, dass nach der Einigung in beiden Richtungen gar nichts mehr kommt. Ein \
                   Mitschnittfilter auf SIP verbirgt jede Sprache.",
        source: "RFC 3264; RFC 3261 Abschnitt 13 und 15.",
    },
    en: Text {
        meaning: "A call was answered and went on, but neither side sent voice.",
        measured: "Answer and BYE more than 3 s apart, no UDP packet to or from the ports of either SDP. Voice of \
                   one of the two devices must be seen elsewhere in the capture, and voice must take the way of the \
                   signalling. Also where each answer refuses audio with port 0 (the device meant is then the one that refuses, else \
                   the caller), and where on the ports of the voice there is only DTLS.",
        action: "First check the measuring point, then the firewall rules for RTP between the two devices.",
        pitfalls: "Hold and ICE are not judged; of T.38 only that nothing at all comes in either direction once it was agreed. A capture filter for \
                   SIP hides all voice.",
        source: "RFC 3264; RFC 3261 sections 13 and 15.",
    },
};

pub(super) const RTP_003: Page = Page {
    de: Text {
        meaning: "Sprachpakete gehen verloren. Der Teilnehmer hört Aussetzer oder verstümmelte Silben.",
        measured: "Lücken in den RTP-Sequenznummern nach Abzug doppelter Pakete, mindestens 100 erwartete Pakete je Sprechweg, \
                   mehr als 1 % verloren (Fehler ab mehr als 3 % und 3 s Sprache). Ein Neubeginn der Zählung ist kein Verlust, \
                   und eine Lücke ab einer halben Sekunde nicht, die mit einem neuen SDP beginnt (T.38, Halten). Fehlen vier \
                   Fünftel in solchen Lücken, ist es eine Unterbrechung. Laufen Zeitstempel und Ankunft über eine Lücke in den \
                   Nummern ohne Pause weiter, hat der Sender die Nummern ausgelassen (Asterisk tut das, wenn es Tasten abfängt): Das \
                   ist kein Verlust und steht gesondert in der Tabelle. Unterbricht ein Gerät die Sprache, an dessen Anschluss aufgezeichnet \
                   wurde, während der Empfänger Tasten drückt und es sie weitergibt, ist es ein Hinweis. \
                   Gewiss ist der Befund, wenn auch der Empfänger per RTCP Verlust meldet. Meldet er, dass er die Pakete \
                   hat, ist es nur ein Hinweis auf den Mitschnitt.",
        action: "Prüfen Sie Auslastung, Duplex-Einstellung, WLAN und Internetanschluss auf der Strecke vor dem \
                 Messpunkt; bei einer Unterbrechung, was zu dieser Zeit geschah. Beginnt sie bei einem neuen Angebot (re-INVITE) und \
                 endet bei einem späteren, ist zuerst das Gerät verdächtig, das dabei umschaltet (Fax, Codec), nicht das Netz.",
        pitfalls: "Ein überlasteter Spiegelport oder Rechner verliert selbst Pakete; zeigt der Mitschnitt das \
                   (CAP-001), wird Verlust nicht beurteilt. Verlust hinter dem Messpunkt ist hier nicht zu sehen. \
                   Wireshark und der Empfänger zählen ausgelassene Nummern als verloren.",
        source: "RFC 3550 Abschnitt 6.4 und Anhang A.1, A.3. Richtwert 1 %: Vorgaben deutscher Netzbetreiber für SIP-Trunks.",
    },
    en: Text {
        meaning: "Voice packets get lost. The party hears drop-outs or clipped syllables.",
        measured: "Gaps in the RTP sequence numbers without duplicates, at least 100 packets expected in a stream, more than \
                   1 % lost (an error above 3 %, with 3 s of voice). A restart of the numbering is no loss, nor is a gap of half \
                   a second or more that begins with a new SDP (T.38, hold). If four fifths are missing in such gaps, it is an \
                   interruption. Where timestamps and arrival go on without a pause across a gap in the numbers, the sender left \
                   the numbers out (Asterisk does when it intercepts keys): that is no loss, and the table tells it apart. If a device \
                   at whose port the capture was made stops its voice while the receiver presses keys that it passes on, it is a notice. \
                   The finding is sure if the \
                   receiver reports loss by RTCP as well. If it reports that it has the packets, it is a mere notice about \
                   the capture.",
        action: "Check load, duplex setting, WLAN and the Internet link on the way before the measuring point; for an \
                 interruption, what happened at that time. If it begins at a new offer (re-INVITE) and ends at a later one, suspect \
                 is first the device that switches over then (fax, codec), not the network.",
        pitfalls: "An overloaded mirror port or computer loses packets itself; where the capture shows that \
                   (CAP-001), loss is not judged. Loss behind the measuring point is not seen here. Wireshark \
                   and the receiver count numbers that were left out as lost.",
        source: "RFC 3550 section 6.4, appendix A.1 and A.3. Guide value 1 %: what German carriers demand for SIP trunks.",
    },
};

pub(super) const RTP_004: Page = Page {
    de: Text {
        meaning: "Sprachpakete kommen so ungleichmäßig an, dass der Puffer des Empfängers nicht mehr ausreicht.",
        measured: "Der laufende Jitter nach RFC 3550 übersteigt 20 ms, mindestens 100 Pakete. Eine Warnung ist es bei 5 % der \
                   Pakete oder zum dritten Mal, sonst eine Information. Stockt die Sprache nur einmal und kommt danach auf \
                   einmal, ist es eine Information, ab 1 s ein Hinweis. Tasten, Komfortrauschen und Pausen des Senders \
                   zählen nicht, auch nicht, was bis 2 s nach einem neuen SDP beginnt und vorübergeht, die erste Sekunde eines \
                   Sprechwegs und was um höchstens 60 ms schwankt: Das gleicht ein üblicher Puffer aus, und manches Softphone \
                   sendet zwei oder drei Pakete auf einmal. Wo der Jitter klein bleibt, zählt die Laufzeit: Steigt und fällt sie dreimal langsam um mehr als \
                   100 ms, ist es eine Warnung, einmal um 200 ms eine Information; kommen 5 % der Pakete um mehr als 100 ms \
                   verspätet, auch dann eine Warnung. Läuft der Takt des \
                   Senders um mehr als 5 % falsch und erklärt das den Jitter, ist es eine Information über den Sender. \
                   Gibt ein Gerät die Sprache so ungleichmäßig weiter, wie sie kommt, wird nur der erste Weg gemeldet. Stocken alle \
                   laufenden Sprechwege mindestens zweier Gerätepaare in beiden Richtungen auf 5 ms zugleich, ist es ein Hinweis auf den \
                   mitschneidenden Rechner. Springt \
                   die Uhr des Mitschnitts (CAP-006), wird nicht geurteilt.",
        action: "Priorisieren Sie Sprache am Engpass. WLAN, Powerline und ein ausgelasteter Internetanschluss sind \
                 die üblichen Ursachen.",
        pitfalls: "Auf dem sendenden Rechner mitgeschnitten, kommt der Jitter von diesem selbst; ebenso \
                   wahrscheinlich, wenn beide an einer Verbindung ohne Router liegen, die Gegenrichtung gleichmäßig ankommt und \
                   der Absender kein erkanntes Telefon ist. Ein virtueller Rechner oder \
                   ein USB-Adapter am Messpunkt kann Pakete verspätet stempeln. Ist der \
                   Takt des Codecs nur geschätzt, ist es ein Verdacht.",
        source: "RFC 3550 Abschnitt 6.4.1 und Anhang A.8. Richtwert 20 ms: Vorgaben deutscher Netzbetreiber für \
                 SIP-Trunks.",
    },
    en: Text {
        meaning: "Voice packets arrive so unevenly that the receiver's buffer no longer suffices.",
        measured: "Running jitter by RFC 3550 above 20 ms, at least 100 packets. It is a warning for 5 % of the packets or the \
                   third time, else information. If the voice stalls only once and then comes all at once, it is information, \
                   from 1 s on a notice. Keys, comfort noise and pauses of the sender do not count, nor does what begins up to \
                   2 s after a new SDP and passes, the first second of a stream, and what swings by 60 ms at most: a usual \
                   buffer evens that out, and some softphones send two or three packets at a time. Where jitter stays small, the time under way counts: if it slowly rises and falls by \
                   more than 100 ms three times it is a warning, once by 200 ms information, or a warning if 5 % of the packets come late by more than 100 ms. If the sender's clock is off by more than 5 % and that explains the jitter, it \
                   is information about the sender. If a device passes voice on as unevenly as it comes, it is reported \
                   of the first section only. If all streams going on, of two pairs of devices at least and in both directions, stall within \
                   5 ms of each other, it is a notice about the capturing computer. If the clock of the capture jumps (CAP-006), nothing is judged.",
        action: "Prioritise voice at the bottleneck. WLAN, powerline and a busy Internet link are the usual causes.",
        pitfalls: "Captured on the sending computer, the jitter is its own; most likely so too where no router lies \
                   between the two, the other direction comes evenly, and the sender is no telephone that was recognised. A virtual machine or a USB adapter at the measuring point may stamp packets late. If the codec's \
                   clock was estimated, it is a suspicion.",
        source: "RFC 3550 section 6.4.1 and appendix A.8. Guide value 20 ms: what German carriers demand for SIP \
                 trunks.",
    },
};

pub(super) const RTP_006: Page = Page {
    de: Text {
        meaning: "Ein Gerät packt mehr oder weniger Sprache in ein Paket als im SDP angegeben. Manche Gegenstellen \
                  spielen das mit Aussetzern ab.",
        measured: "Der Schritt der RTP-Zeitmarken ergibt eine andere Paketlänge als a=ptime des Empfängers, bei mindestens 100 \
                   Paketen und in mindestens 80 % der Schritte. Beide Seiten müssen dieselbe Länge nennen, oder minptime oder \
                   maxptime des Empfängers schließt die gefundene aus; was sie zulassen, ist in Ordnung. Kommen die Pakete im \
                   vereinbarten Abstand und zählen die Zeitmarken doch anders, laufen sie in falschem Takt; das wird eigens gesagt.",
        action: "Stellen Sie auf beiden Seiten dieselbe Länge ein, in der Regel 20 ms (G.723.1: 30 ms).",
        pitfalls: "a=ptime ist ein Wunsch des Empfängers, kein Zwang; viele Geräte kommen mit anderen Längen \
                   zurecht. Hören beide Seiten gut, ist nichts zu tun.",
        source: "RFC 8866 Abschnitt 6.4; RFC 3551 Abschnitt 4.2; RFC 7587 Abschnitt 6.1.",
    },
    en: Text {
        meaning: "A device puts more or less voice into a packet than SDP states. Some far ends play that with drop-outs.",
        measured: "The step of the RTP timestamps gives another packet time than a=ptime of the receiver, over at least 100 \
                   packets and in at least 80 % of the steps. Both sides must name the same one, or minptime or maxptime of the \
                   receiver excludes the one found; what these admit is in order. Where packets come at the agreed pace and timestamps \
                   count otherwise, they run at a wrong clock, which is told as such.",
        action: "Set the same packet time on both sides, as a rule 20 ms (G.723.1: 30 ms).",
        pitfalls: "a=ptime is a wish of the receiver, no duty; many devices cope with other lengths. If both sides \
                   hear well, nothing needs to be done.",
        source: "RFC 8866 section 6.4; RFC 3551 section 4.2; RFC 7587 section 6.1.",
    },
};
