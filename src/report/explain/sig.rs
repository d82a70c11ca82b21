//! Pages about signalling: registrations, and what becomes of messages on the way.

use super::{Page, Text};

pub(super) const SIG_001: Page = Page {
    de: Text {
        meaning: "Ein Gerät meldet sich an und wird abgewiesen. Es ist nicht erreichbar und kann meist nicht \
                  telefonieren.",
        measured: "Eine zweite Aufforderung (401 oder 407) auf eine Anfrage mit Anmeldedaten, oder ein anderer Status ab \
                   400, ohne dass danach eine Anmeldung gelingt: ein Fehler. Ein Hinweis ist es, wenn sie nach mindestens \
                   drei Ablehnungen über mindestens 60 s doch gelingt, oder wenn derselbe Teilnehmer unter einer \
                   anderen Domäne angenommen wird. Nur für Geräte im LAN und erkannte Geräte.",
        action: "401, 407 und 403 nach Anmeldedaten: Benutzername, Kennwort und Realm. 403 und 404 ohne Frage nach dem Kennwort: \
                 Nebenstelle, SIP-Domäne, erlaubte Adressen. 408, 480 und 504: Der Server erreicht den Registrar nicht, oft \
                 der Domäne oder des DNS wegen. 482 und 483: eine Schleife. 423: die Anmeldedauer. 5xx: der Dienst.",
        pitfalls: "Eine einzelne Aufforderung (401) gehört zu jeder Anmeldung und ist kein Befund, ebenso eine \
                   abgelaufene Nonce (stale). Endet der Mitschnitt vor dem zweiten Versuch, bleibt er außer \
                   Betracht.",
        source: "RFC 3261 Abschnitt 10.3, 21.4 und 22.2.",
    },
    en: Text {
        meaning: "A device registers and is turned away. It cannot be reached and mostly cannot call.",
        measured: "A second challenge (401 or 407) to a request with credentials, or another status from 400 on, without a \
                   registration that succeeds afterwards: an error. It is a notice if it succeeds after all, behind at \
                   least three refusals over at least 60 s, or if the same user is accepted in another domain. Only for \
                   devices in the LAN and recognised ones.",
        action: "401, 407 and 403 after credentials: user name, password and realm. 403 and 404 without a password being asked \
                 for: extension, SIP domain, permitted addresses. 408, 480 and 504: the server does not reach the registrar, \
                 often because of the domain or DNS. 482 and 483: a loop. 423: the registration time. 5xx: the service.",
        pitfalls: "A single challenge (401) belongs to every registration and is no finding, nor is a nonce that has \
                   run out (stale). If the capture ends before the second try, it is left aside.",
        source: "RFC 3261 sections 10.3, 21.4 and 22.2.",
    },
};

pub(super) const SIG_002: Page = Page {
    de: Text {
        meaning: "Ein Gerät will sich anmelden und bekommt keine Antwort. Es ist nicht erreichbar.",
        measured: "Mindestens drei REGISTER über mindestens 1 s ohne irgendeine Antwort danach; oder mindestens drei Versuche über \
                   mindestens 3 s, TCP 5060 oder 5061 eines Servers zu erreichen, mit dem das Gerät auf keinem anderen Weg \
                   spricht, ohne Antwort oder mit Abweisung (RST). Der Mitschnitt muss \
                   zeigen, dass eine Antwort zu sehen wäre: anderer Verkehr vom selben Ziel, seine Antworten auf ARP oder \
                   ICMP zur selben Zeit oder, bei Zielen im Internet, etwas von irgendwo dort; TCP fragt auch nur noch einmal, wenn \
                   nichts kam. Fehlt das alles, wird der Befund nur vermutet: wo das Gerät über UDP mindestens zweimal wiederholt und \
                   der Mitschnitt zeigt, was ihm andere senden.",
        action: "Melden sich andere Geräte dort an, prüfen Sie Konto und Sperrliste der Anlage. Sonst prüfen Sie, ob der \
                 Registrar läuft und ob eine Firewall auf dem Weg den Port sperrt.",
        pitfalls: "Manche Anlagen antworten Unbekannten und Gesperrten mit Absicht nicht. Ein einseitiger Spiegelport verbirgt jede Antwort und wird nicht beurteilt, auch einer, der erst \
                   während der Messung eine Richtung verliert: Dann wird keine Anfrage wiederholt. Eine Antwort nach \
                   einer Wiederholung ist kein Befund; kommt über UDP erst nach mindestens 30 s eine und wird die Anmeldung dann \
                   angenommen, ist es ein Hinweis.",
        source: "RFC 3261 Abschnitt 10.2 und 17.1.2.2.",
    },
    en: Text {
        meaning: "A device asks for a registration and gets no answer. It cannot be reached.",
        measured: "At least three REGISTER over at least 1 s without any answer after them; or at least three tries over at \
                   least 3 s to reach TCP 5060 or 5061 of a server with which the device speaks in no other way, without an \
                   answer or turned away (RST). The capture must show \
                   that an answer would be seen: other traffic from the same target, its ARP answers or ICMP at the same \
                   time or, for targets on the Internet, anything from there; nor does TCP ask again unless nothing came. Without all \
                   that the finding is only suspected: where the device repeats over UDP at least twice and the capture shows what \
                   others send to it.",
        action: "If other devices register there, check the account and the block list of the PBX. Otherwise check whether the \
                 registrar runs and whether a firewall on the way blocks the port.",
        pitfalls: "Some systems leave strangers and blocked devices without an answer on purpose. A one-sided mirror port hides every answer and is not judged, nor one that loses a direction \
                   while it is measured: then no request is sent again. An answer after a repetition is no \
                   finding; where over UDP one comes only after 30 s or more and the registration is then accepted, it is a notice.",
        source: "RFC 3261 sections 10.2 and 17.1.2.2.",
    },
};

pub(super) const SIG_003: Page = Page {
    de: Text {
        meaning: "Der Router vergisst zwischen zwei Anmeldungen, wohin er Antworten des Providers schicken muss. In \
                  dieser Zeit kommen eingehende Rufe nicht an.",
        measured: "rport oder received in den Antworten auf REGISTER wechselt innerhalb einer Call-ID über UDP. \
                   Wechselt die öffentliche Adresse, ist es ein Hinweis, denn viele Anschlüsse wählen einmal am Tag \
                   neu ein.",
        action: "Erhöhen Sie das UDP-Aging der Firewall auf mindestens 60 s, besser 180 s, oder verkürzen Sie das \
                 Keep-Alive-Intervall der Anlage.",
        pitfalls: "Ein Neustart des Gerätes beginnt mit einer neuen Call-ID und zählt nicht. Bei TCP und TLS ist ein \
                   neuer Port normal.",
        source: "RFC 3581 Abschnitt 4; RFC 4787 Abschnitt 4.3. AGFEO Vorwort zum Betrieb hinter Firewall-Systemen \
                 (UDP-Aging).",
    },
    en: Text {
        meaning: "Between two registrations the router forgets where to send what the provider answers. Meanwhile \
                  incoming calls do not arrive.",
        measured: "rport or received in the answers to REGISTER changes within one Call-ID over UDP. If the public \
                   address changes it is a notice, because many lines reconnect once a day.",
        action: "Raise the firewall's UDP aging to at least 60 s, better 180 s, or shorten the keep-alive interval \
                 of the PBX.",
        pitfalls: "A restart of the device begins with a new Call-ID and does not count. With TCP and TLS a new port \
                   is normal.",
        source: "RFC 3581 section 4; RFC 4787 section 4.3. AGFEO preface on operation behind firewalls (UDP aging).",
    },
};

pub(super) const SIG_004: Page = Page {
    de: Text {
        meaning: "Ein Router oder eine Firewall schreibt SIP-Nachrichten um. Folgen sind einseitige Sprache, \
                  verlorene Anmeldungen und abgebrochene Gespräche.",
        measured: "Die Antwort auf eine Anfrage bringt im obersten Via einen anderen Absender oder eine andere \
                   branch zurück, als das Gerät im LAN gesendet hat. Gewiss ist es, wenn beides abweicht. Oder dieselbe Anfrage \
                   (Call-ID, CSeq, branch, Ziel) ist binnen 200 ms zweimal aufgezeichnet, und der zweite Absender steht mit \
                   seiner Adresse im Via, wo der erste stand.",
        action: "Schalten Sie SIP ALG (SIP NAT Helper) in Router und Firewall ab.",
        pitfalls: "Zusätze wie received und rport sind gewöhnliche Adressumsetzung. Verschlüsselte Signalisierung \
                   kann niemand umschreiben. Ein ALG, das seine Änderung auf dem Rückweg zurücknimmt, ist nur mit \
                   zwei Mitschnitten zu finden oder mit einem vor und hinter dem Router (Schnittstelle „any“).",
        source: "RFC 3261 Abschnitt 8.2.6.2 und 18.2.1; RFC 3581. AGFEO Vorwort: SIP ALG ist abzuschalten.",
    },
    en: Text {
        meaning: "A router or firewall rewrites SIP messages. One-way audio, lost registrations and broken calls \
                  follow.",
        measured: "The answer to a request brings back another sender or another branch in the topmost Via than the \
                   device in the LAN sent. It is sure if both differ. Or the same request (Call-ID, CSeq, branch, target) was captured \
                   twice within 200 ms, and the second sender stands in the Via with its address where the first one stood.",
        action: "Switch off SIP ALG (SIP NAT helper) in router and firewall.",
        pitfalls: "Additions such as received and rport are ordinary address translation. Encrypted signalling \
                   cannot be rewritten. An ALG that takes its change back on the return way is found with two \
                   captures only, or with one before and behind the router (interface “any”).",
        source: "RFC 3261 sections 8.2.6.2 and 18.2.1; RFC 3581. AGFEO preface: SIP ALG must be off.",
    },
};

pub(super) const SIG_005: Page = Page {
    de: Text {
        meaning: "Gespräche werden von der Gegenseite oder der Anlage abgewiesen, ohne dass jemand besetzt war, ablehnte \
                  oder auflegte.",
        measured: "Endgültige Antworten ab 400 auf INVITE, außer 422, 423, 486, 487, 491, 494, 600 und 603; 401 und 407 nur, wo der Anrufer danach aufgibt. Bei 404, \
                   410, 480, 484 und 604 erst ab drei Gesprächen und nur, wenn sie die Hälfte ausmachen, außer wo der Wortlaut DNS nennt oder die Anmeldung des Ziels abgelaufen war. Nur für Anrufer \
                   im LAN und erkannte Geräte. Auch eine Annahme (200), die mindestens viermal über 3 s gesendet und nie \
                   bestätigt wird (ACK). Und Gespräche, die abbrechen: Die Annahme wird trotz ACK noch mindestens viermal über 3 s wiederholt; \
                   eine Anfrage im Gespräch (re-INVITE, UPDATE) wird mit 408 oder 481 abgewiesen oder bleibt unbeantwortet, und wer fragte, legt \
                   deshalb auf; oder der Grund im BYE ist der Session Timer. Vermutet wird es, wo dieselbe Gegenseite außerhalb des LANs alle längsten Gespräche \
                   nach derselben Zeit beendet, auf 2 s genau: mindestens drei mit mehreren Teilnehmern nach vollen Minuten ab 5 min, oder zwei, \
                   deren Dauer zu Session-Expires passt und die nie aufgefrischt wurden.",
        action: "Der Status sagt, wo zu suchen ist: 403 Berechtigung oder Kennwort, 404 Rufnummer, 480 Anmeldung des Ziels, 482 \
                 und 483 Schleife, 488 Angebot (Codecs, SRTP, Fax), 5xx Störung der Gegenseite. Der Wortlaut der Antwort sagt \
                 oft mehr: Nennt er DNS („No DNS results“), sind SIP-Domäne und DNS-Server zu prüfen, nicht das Ziel; \
                 nimmt der Antwortende aber Anmeldungen dieser Domäne an, fehlt dort nur der Teilnehmer. Nennt er das Kennwort, obwohl \
                 sich dasselbe Konto dort zuvor mit Anmeldedaten angemeldet hat, liegt es wohl an etwas anderem: am Ziel, oder an Anmeldedaten, \
                 die erst 10 s und mehr nach dem ersten INVITE kommen.",
        pitfalls: "Besetzt (486) und abgelehnt (603) sind Verhalten von Menschen, auch 408 und 480, nachdem es klingelte. Gelingt derselbe Anruf binnen 5 s im zweiten \
                   Versuch, ist es kein Befund. Läuft der Anruf über die Anlage weiter, zählt nur die Strecke dahinter.",
        source: "RFC 3261 Abschnitt 21.",
    },
    en: Text {
        meaning: "Calls are turned away by the other side or the PBX, although nobody was busy, declined or hung up.",
        measured: "Final answers from 400 on to INVITE, except 422, 423, 486, 487, 491, 494, 600 and 603; 401 and 407 only where the caller gives up behind them. With 404, \
                   410, 480, 484 and 604 from three calls on, and only if they make up half, unless the words of the answer name DNS or the registration of the target had run out. Only for callers in the LAN and \
                   recognised devices. Also an answer (200) that is sent at least four times over 3 s and never acknowledged \
                   (ACK). And calls that are cut off: the answer is repeated at least four times over 3 s in spite of its ACK; a request \
                   within the call (re-INVITE, UPDATE) is refused with 408 or 481 or gets no answer, and who asked hangs up because of it; \
                   or the reason in the BYE is the session timer. It is suspected where the same far side outside the LAN ends all the longest \
                   calls after the same time, within 2 s: at least three with several parties after whole minutes from 5 min on, or two whose \
                   length fits Session-Expires and that were never refreshed.",
        action: "The status says where to look: 403 permissions or password, 404 number, 480 registration of the target, 482 and \
                 483 a loop, 488 the offer (codecs, SRTP, fax), 5xx an outage of the other side. The words of the answer often \
                 say more: where they name DNS (“No DNS results”), check SIP domain and DNS server, not the \
                 target; but where the one that answers accepts registrations of that domain, only the user is missing there. \
                 Where they name the password although the same account had registered there with credentials before, it is probably \
                 something else: the number that was called, or credentials that come 10 s and more after the first INVITE.",
        pitfalls: "Busy (486) and declined (603) are what people do, and so are 408 and 480 after ringing. If the same call succeeds within 5 s on a second try it is \
                   no finding. If the PBX passes the call on, only the leg behind it counts.",
        source: "RFC 3261 section 21.",
    },
};

pub(super) const SIG_006: Page = Page {
    de: Text {
        meaning: "Eine große SIP-Nachricht, meist ein INVITE mit langer Codec-Liste, wird in IP-Fragmente zerlegt, \
                  und nicht alle kommen an. Der Ruf kommt nicht zustande.",
        measured: "Mindestens zwei UDP-Datagramme zwischen denselben SIP-Ports, von denen der Anfang da ist und ein \
                   anderes Fragment fehlt. Zeigt der Mitschnitt selbst Verluste (CAP-001), wird nicht geurteilt.",
        action: "Lassen Sie Fragmente in der Firewall zu, kürzen Sie die Codec-Liste, oder nutzen Sie SIP über TCP.",
        pitfalls: "Gekürzt aufgezeichnete Fragmente zählen nicht. Vollständige Fragmente sind in Ordnung.",
        source: "RFC 3261 Abschnitt 18.1.1; RFC 791 Abschnitt 3.2.",
    },
    en: Text {
        meaning: "A large SIP message, mostly an INVITE with a long codec list, is split into IP fragments, and not \
                  all of them arrive. The call does not come about.",
        measured: "At least two UDP datagrams between the same SIP ports whose beginning is there and of which \
                   another fragment is missing. If the capture itself shows losses (CAP-001), nothing is judged.",
        action: "Allow fragments in the firewall, shorten the codec list, or use SIP over TCP.",
        pitfalls: "Fragments that were captured cut short do not count. Complete fragments are fine.",
        source: "RFC 3261 section 18.1.1; RFC 791 section 3.2.",
    },
};

pub(super) const SIG_007: Page = Page {
    de: Text {
        meaning: "Eine verschlüsselte Verbindung, die der Hersteller vorsieht, kommt nicht zustande, oder das Zertifikat des \
                  Servers ist abgelaufen.",
        measured: "Eine lesbare TLS-Meldung (fatal alert) einer der beiden Seiten, und danach keine verschlüsselte Verbindung \
                   desselben Geräts zu diesem Server. Oder ein Zertifikat, dessen Gültigkeit vor der Aufzeichnung endet oder \
                   danach beginnt. Nur auf Verbindungen, die der Hersteller dokumentiert. Oder, dort und auf Port 5061, \
                   mindestens zwei Verbindungen, die nach dem ClientHello nie verschlüsselt werden: Der Server \
                   schweigt, antwortet im Klartext (bei SIP genügt eine), oder von seiner Antwort fehlen Segmente.",
        action: "42 bis 46: Zertifikat und Uhrzeit des Geräts prüfen. 48: das CA-Zertifikat fehlt. 40, 70 und 71: TLS-Version und Firmware beider Seiten \
                 vergleichen. 112: Der Name, nach dem gefragt wird, fehlt im Server.",
        pitfalls: "Ab TLS 1.3 sind Zertifikat und die meisten Meldungen verschlüsselt, bei wieder aufgenommenen Sitzungen fehlt das \
                   Zertifikat: Kein Befund heißt nicht, dass alles in Ordnung ist. Das Schließen (close_notify) zählt nicht. Eine \
                   falsche Uhr des aufzeichnenden Rechners verfälscht das Urteil über die Gültigkeit.",
        source: "RFC 8446 Abschnitt 6, RFC 5246 Abschnitt 7.2, RFC 5280 Abschnitt 4.1.2.5.",
    },
    en: Text {
        meaning: "An encrypted connection that the vendor provides for does not come about, or the server's certificate has \
                  expired.",
        measured: "A readable TLS fatal alert of either side, and no encrypted connection of the same device to this server \
                   afterwards. Or a certificate whose validity ends before the capture or begins behind it. Only on connections that the vendor \
                   documents. Or, there and on port 5061, at least two connections that never are encrypted behind the ClientHello: the \
                   server says nothing, answers in clear text (of SIP one is enough), or segments of its answer are missing.",
        action: "42 to 46: check the certificate and the device's clock. 48: the CA's certificate is missing. 40, 70 and 71: compare TLS version and firmware of \
                 both sides. 112: the server does not know the name that is asked for.",
        pitfalls: "From TLS 1.3 on the certificate and most alerts are encrypted, and resumed sessions show no certificate: no \
                   finding does not mean that all is well. Closing (close_notify) does not count. A wrong clock of the capturing \
                   computer spoils what is said of the validity.",
        source: "RFC 8446 section 6, RFC 5246 section 7.2, RFC 5280 section 4.1.2.5.",
    },
};

pub(super) const SIG_008: Page = Page {
    de: Text {
        meaning: "Zwischen einem Gerät hinter dem Router und seinem Registrar im Internet ist länger Ruhe, als manche Firewall eine \
                  UDP-Zuordnung behält. Danach kommen ankommende Rufe nicht mehr an, bis sich das Gerät neu anmeldet.",
        measured: "Mehr als 66 s ohne ein Paket in einer der beiden Richtungen (60 s und etwas Spiel), über UDP, von einer privaten \
                   IPv4-Adresse zu einer öffentlichen, während eine angenommene Anmeldung von mehr als 60 s besteht. Die Ruhe bis zum Ende der \
                   Aufzeichnung zählt nur, solange das Gerät anderes sendet.",
        action: "Schalten Sie Keep-Alive (CRLF, OPTIONS oder STUN) alle 30 s ein, verkürzen Sie die Anmeldedauer, oder stellen Sie \
                 den UDP-Timer der Firewall auf mindestens 180 s.",
        pitfalls: "Manche Firewall behält Zuordnungen länger; ob eine verloren ging, zeigt SIG-003. TCP und TLS werden nicht beurteilt, \
                   ebenso wenig Aufzeichnungen mit Lücken, nur einer Richtung oder nur SIP und RTP (Export mit Anzeigefilter): Leere \
                   Keep-Alives sind kein SIP.",
        source: "RFC 4787 Abschnitt 4.3, RFC 5626 Abschnitt 4.4.",
    },
    en: Text {
        meaning: "A device behind the router and its registrar on the Internet are silent for longer than some firewalls keep a UDP \
                  mapping. Inbound calls do not arrive any more then, until the device registers anew.",
        measured: "More than 66 s without a packet in either direction (60 s and some play), over UDP, from a private IPv4 address \
                   to a public one, while an accepted registration of more than 60 s stands. Silence until the capture ends counts only as \
                   long as the device sends something else.",
        action: "Switch on keep-alive (CRLF, OPTIONS or STUN) every 30 s, shorten the registration, or set the firewall's UDP timer \
                 to 180 s at least.",
        pitfalls: "Some firewalls keep mappings for longer; whether one was lost is told by SIG-003. TCP and TLS are not judged, nor \
                   are captures with gaps, of one direction, or of SIP and RTP alone (exported with a display filter): empty keep-alives are \
                   no SIP.",
        source: "RFC 4787 section 4.3, RFC 5626 section 4.4.",
    },
};

pub(super) const SIG_009: Page = Page {
    de: Text {
        meaning: "Ein Gerät sendet dieselbe SIP-Anfrage immer wieder, weil die Antwort ausbleibt oder zu spät kommt. Der \
                  Rufaufbau dauert dann Sekunden oder scheitert.",
        measured: "Dieselbe Anfrage (Call-ID und CSeq) mindestens dreimal über UDP, über mindestens 1 s. Der Mitschnitt muss \
                   zeigen, dass eine Antwort zu sehen wäre, oder dass der Absender das Ziel auch per ARP vergeblich sucht. Reicht ein Proxy jede Wiederholung nur weiter, wird gemeldet, wer \
                   wiederholt hat. Über TCP und TLS (SIP, ASIP): dieselben Daten mindestens fünfmal, von der zweiten Sendung an über \
                   mindestens 3 s, und auf der Verbindung kommt danach nichts mehr von der Gegenseite.",
        action: "Kommt die Antwort danach, prüfen Sie Verlust und Überlast; kommt keine, prüfen Sie Ziel und Firewall. Hatte sich von \
                 dort ein Gerät hinter einem NAT angemeldet, hat das NAT seine Zuordnung meist verworfen (Keep-Alive). Steht sie \
                 schon vor den Wiederholungen im Mitschnitt, geht sie hinter dem Messpunkt verloren. Gehen Anfrage oder Antwort in Fragmenten \
                 und meldet der Empfänger per ICMP, dass welche fehlen, ist sie zu groß. \
                 Ruhte eine TCP-Verbindung davor lange, hat meist eine Firewall sie vergessen (Session-Timeout).",
        pitfalls: "Kopien eines Spiegelports zählen nicht. Fehlen im Mitschnitt Pakete oder eine Richtung, wird nicht geurteilt. \
                   Anmeldungen ohne jede Antwort sind SIG-002, verlorene Fragmente SIG-006.",
        source: "RFC 3261 Abschnitt 17.1.1.2 und 17.1.2.2.",
    },
    en: Text {
        meaning: "A device sends the same SIP request again and again, because the answer is missing or comes too late. Call \
                  set-up then takes seconds or fails.",
        measured: "The same request (Call-ID and CSeq) at least three times over UDP, over at least 1 s. The capture must show \
                   that an answer would be seen, or that the sender seeks the target by ARP in vain as well. Where a proxy only passes each sending on, it is told of who repeated it. Over TCP and \
                   TLS (SIP, ASIP): the same data at least five times, from the second sending on over at least 3 s, and nothing more \
                   comes from the other side on that connection.",
        action: "If the answer comes afterwards, check for loss and overload; if none comes, check the target and the firewall. If a \
                 device behind a NAT had registered from there, the NAT has mostly dropped its mapping (keep-alive). If it \
                 is in the capture before the request was repeated, it gets lost behind the measuring point. Where request or answer go in fragments and their \
                 receiver says by ICMP that some are missing, they are too large. Where a TCP connection \
                 had rested for long before, a firewall has mostly forgotten it (session timeout).",
        pitfalls: "Copies of a mirror port do not count. If packets or a direction are missing from the capture, nothing is \
                   judged. Registrations without any answer are SIG-002, lost fragments SIG-006.",
        source: "RFC 3261 sections 17.1.1.2 and 17.1.2.2.",
    },
};
