//! Pages about what the Internet can reach.

use super::{Page, Text};

pub(super) const SEC_001: Page = Page {
    de: Text {
        meaning: "Ein Gerät beantwortet SIP-Anfragen aus dem Internet, die nicht vom Provider kommen. Angreifer finden \
                  solche Anlagen binnen Stunden; die Folge sind Gebührenbetrug und nächtliche Geisteranrufe.",
        measured: "Eine SIP-Antwort an eine öffentliche Adresse, die weder als Provider erkannt noch als solcher angegeben \
                   ist. Unbeantwortete Anfragen und solche in einem Dialog, der schon stand, zählen nicht. Wer am dokumentierten \
                   Port für den Provider anruft und mit der Anlage spricht, ist nur eine Info. Dazu wird gesagt, ob von dort \
                   Kennwörter probiert werden (ein Konto mindestens zehnmal und zehnmal je Minute abgelehnt), welche Anmeldung \
                   von dort angenommen wurde und wie viele Gespräche damit zustande kamen.",
        action: "Entfernen Sie die Portfreigabe sofort. Zugriff von außen nur über VPN; ist eine NAT-Regel nötig, nur für \
                 die Adressen des Providers.",
        pitfalls: "Ein Provider, den pbxray nicht kennt, sieht aus wie ein Fremder: Nennen Sie seine Adressen in der \
                   Standortdatei. Bekannt ist er mit allen Adressen des Namens, den die Anlage für ihn aufgelöst hat. Die Quellports der Anlage zum Provider sind nicht gemeint. Bei pascom sind \
                   freigegebene TLS-Ports vorgesehen und kein Befund.",
        source: "AGFEO Vorwort: auf keinen Fall den SIP-Port freigeben; Abschnitt 1.2: IP-Adress-Whitelisting. RFC 3261.",
    },
    en: Text {
        meaning: "A device answers SIP requests from the Internet that do not come from the provider. Attackers find such \
                  systems within hours; toll fraud and ghost calls at night follow.",
        measured: "A SIP response to a public address that is neither the provider nor stated to be one. Unanswered \
                   requests, and those within a dialog that stood before, do not count. Who calls on the documented port for \
                   the provider and talks to the PBX is an info only. It is told, too, whether passwords are tried from there (one \
                   account refused at least ten times, and ten times a minute), which registration from there was accepted \
                   and how many calls came about with it.",
        action: "Remove the port forwarding at once. Access from outside by VPN only; if a NAT rule is needed, allow the \
                 provider's addresses only.",
        pitfalls: "A provider that pbxray does not know looks like a stranger: name its addresses in the site file. It is \
                   known with all addresses of the name that the PBX resolved for it. The \
                   source ports of the PBX towards the provider are not meant. With pascom, forwarded TLS ports are \
                   intended and no finding.",
        source: "AGFEO preface: never forward the SIP port; section 1.2: IP address whitelisting. RFC 3261.",
    },
};

pub(super) const SEC_002: Page = Page {
    de: Text {
        meaning: "Jemand im Internet sucht nach offenen Telefonanlagen und probiert Teilnehmer oder Kennwörter durch.",
        measured: "Anfragen mit der Kennung bekannter Scanner, oder mindestens zehn verschiedene Teilnehmer je Minute \
                   von einer öffentlichen Adresse, deren Anfragen zu weniger als 10 % angenommen werden. Kritisch, wenn \
                   eine Anfrage beantwortet wurde; sonst ein Hinweis. Wer nur von Port 5060 an den Ports der Amtsleitung \
                   anfragt, kann der Provider sein: Dann steht es bei SEC-001.",
        action: "Entfernen Sie vor allem die Portfreigabe; sperren Sie zusätzlich die Adresse. Wurde geantwortet, \
                 ändern Sie Kennwörter und prüfen die Verbindungsdaten.",
        pitfalls: "Die Kennung kann gefälscht sein, auch als AGFEO. Überwachungen des Providers fragen regelmäßig, aber \
                   immer nach demselben Teilnehmer.",
        source: "Kennungen der Scanner: Abschnitt „SIP scanners“ in rules/makers.toml. RFC 3261 Abschnitt 20.41.",
    },
    en: Text {
        meaning: "Someone on the Internet looks for open telephone systems and tries users or passwords.",
        measured: "Requests with the agent string of known scanners, or at least ten different users a minute from one \
                   public address of whose requests less than 10 % are accepted. Critical if a request was answered, \
                   otherwise a notice. Whoever asks from port 5060 and at the ports of the trunk alone may be the provider: \
                   SEC-001 tells of it.",
        action: "Above all remove the port forwarding; block the address as well. If there was an answer, change \
                 passwords and check the call records.",
        pitfalls: "The agent string may be forged, even as AGFEO. A provider's monitoring asks regularly, but always for \
                   the same user.",
        source: "Agent strings of scanners: section “SIP scanners” of rules/makers.toml. RFC 3261 section 20.41.",
    },
};

pub(super) const SEC_003: Page = Page {
    de: Text {
        meaning: "Anmeldungen, Rufnummern oder das Telefonbuch gehen im Klartext durch das LAN, obwohl der Hersteller TLS und \
                  SRTP voreinstellt. Jemand hat die Verschlüsselung abgeschaltet, oder ein Gerät beherrscht sie nicht.",
        measured: "Lesbares SIP zwischen der Anlage und Geräten, die sich an ihr anmelden, oder lesbares LDAP: ein Verkehr, den \
                   nur eine Zeile mit dem Vermerk „unverschlüsselt“ erklärt.",
        action: "Stellen Sie die Schnittstelle auf „sicher (TLS/SRTP)“ und das Telefonbuch auf LDAPS.",
        pitfalls: "Der VoIP-Modus „Einfach“ kann gewollt sein; dann gehört er als Ausnahme in die Standortdatei. \
                   Amtsleitungen zum Provider und Gateways sind üblicherweise unverschlüsselt und werden nicht gemeldet, \
                   ebenso Klartext in einem VPN-Tunnel.",
        source: "Erweitertes Profil, Zeilen PX05 und PX09. RFC 3261 Abschnitt 26.2.",
    },
    en: Text {
        meaning: "Registrations, numbers or the phone book cross the LAN in clear text, although the vendor's setting is TLS \
                  and SRTP. Someone has turned encryption off, or a device cannot do it.",
        measured: "Readable SIP between the PBX and devices that register at it, or readable LDAP: traffic that only a row \
                   marked as clear text explains.",
        action: "Set the interface to “secure (TLS/SRTP)” and the phone book to LDAPS.",
        pitfalls: "VoIP mode “Einfach” (plain) may be intended; then it belongs into the site file as an exception. Trunks to \
                   the provider and gateways usually are in clear text and are not reported, nor is clear text inside a VPN \
                   tunnel.",
        source: "Extended profile, rows PX05 and PX09. RFC 3261 section 26.2.",
    },
};

pub(super) const SEC_004: Page = Page {
    de: Text {
        meaning: "Der Verwaltungszugang eines Gerätes antwortet auf Zugriffe aus dem Internet. Wer das Kennwort errät oder \
                  eine Lücke kennt, übernimmt die Anlage.",
        measured: "Eine TCP-Verbindung von einer öffentlichen Adresse auf einen Port, den der Hersteller nicht freigegeben \
                   sehen will, mit Daten in beiden Richtungen.",
        action: "Entfernen Sie die Portfreigabe sofort. Fernwartung nur über VPN oder den Fernwartungsdienst des \
                 Herstellers.",
        pitfalls: "AGFEO will nichts freigegeben haben, pascom lässt bestimmte Ports ausdrücklich freigeben; beurteilt wird \
                   nach dem erkannten Hersteller. Zugriffe über VPN kommen von privaten Adressen.",
        source: "AGFEO Vorwort „Informationen für einen Betrieb hinter Firewall-Systemen“; pascom-Dokumentation zur \
                 Serververwaltung.",
    },
    en: Text {
        meaning: "The management access of a device answers the Internet. Whoever guesses the password or knows a \
                  weakness takes over the system.",
        measured: "A TCP connection from a public address to a port that the vendor does not want forwarded, with data in \
                   both directions.",
        action: "Remove the port forwarding at once. Remote maintenance by VPN or the vendor's remote service only.",
        pitfalls: "AGFEO wants nothing forwarded, pascom asks for certain ports to be forwarded; the recognised vendor \
                   decides. Access by VPN comes from private addresses.",
        source: "AGFEO preface “Informationen für einen Betrieb hinter Firewall-Systemen”; pascom documentation on server \
                 management.",
    },
};
