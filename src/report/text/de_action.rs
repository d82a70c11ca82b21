//! German words of the findings: what to do.

use jiff::tz::TimeZone;

use super::connection::secure;
use super::export::export_whole;
use super::exposed;
use super::words::OTHER_VERSION;
use super::{
    blocked, clock, dscp_name, life, misled, mute, network, no_voice, passage, signalling, stalled, trace,
    uneven, unmapped, unmarked_leg, voice,
};
use crate::capture::Ended;
use crate::check::{
    Astray, Detail, Export, Finding, Life, LossSign, Lost, Mute, Named, Refusal, Severity, Trace,
    VoiceSender, VoiceSent,
};
use crate::observe::{Stuck, is_public};
use crate::report::language::Language::De;
use crate::site::Confidence;

pub(super) fn action(finding: &Finding, zone: &TimeZone) -> String {
    let detail = &finding.detail;
    if let Some(text) = exposed::action(finding) {
        return text[0].to_owned();
    }
    let is_suspected = finding.confidence == Confidence::Suspected;
    let text = match detail {
        Detail::Port001 { .. } => {
            "Prüfen Sie, wofür der Port benutzt wird. Ist er gewollt, tragen Sie ihn mit Begründung in die \
             Standortdatei ein; sonst kontrollieren Sie Einstellung und Gerät."
        }
        Detail::Port002 { stated, .. } if !stated.is_empty() => {
            "Stellen Sie den RTP-Bereich auf den angegebenen Wert, oder berichtigen Sie die Standortdatei sowie Firewall- und \
             QoS-Regeln."
        }
        Detail::Port002 { .. } => {
            "Stellen Sie den RTP-Bereich auf den dokumentierten Wert, oder passen Sie Firewall- und QoS-Regeln an \
             den tatsächlichen Bereich an."
        }
        Detail::Port003 { .. } => return unblock(detail, zone),
        Detail::Port005 { .. } => {
            "Prüfen Sie die Einstellungen des SIP-Kontos und die NAT-Regeln der Firewall."
        }
        Detail::Port006 { .. } => {
            "Berichtigen Sie die Angabe zum Anlagentyp (--pbx oder Standortdatei), oder passen Sie die auf den Typ \
             zugeschnittenen QoS- und Firewall-Regeln an."
        }
        Detail::Port007 { .. } => {
            "Prüfen Sie, ob alle Gespräche nötig sind (Warteschleifen, hängende Verbindungen), und planen Sie weitere Kanäle \
             oder ein größeres System."
        }
        Detail::Port008 { ports, .. } if ports.is_empty() => {
            "Prüfen Sie Firmware und RTP-Einstellungen des Gerätes; geben Sie bis dahin auf Firewalls den ganzen Bereich frei, \
             nicht nur jeden zweiten Port."
        }
        Detail::Port008 { .. } => "Stellen Sie den Startport für RTP auf eine gerade Zahl.",
        Detail::Port009 { .. } => {
            "Stellen Sie die Endgeräte auf SIP über UDP, wenn Anmeldungen unzuverlässig sind; sonst ist nichts \
             zu tun."
        }
        Detail::Qos001 { sender: VoiceSender::Promised, .. } => {
            "Prüfen Sie, ob der Switch-Port der Kennzeichnung des Gerätes vertraut (Trust DSCP), und messen Sie \
             direkt am Gerät."
        }
        Detail::Qos001 { sender: VoiceSender::Other, .. } => {
            "Prüfen Sie, ob der Switch-Port der Kennzeichnung des Gerätes vertraut (Trust DSCP), und danach die \
             QoS-Einstellung des Gerätes. Messen Sie im Zweifel direkt am Gerät."
        }
        Detail::Qos001 { sender: VoiceSender::PhoneOrSoftphone, .. } => {
            "Stellen Sie fest, ob das ein Telefon oder ein PC mit Softphone ist. Beim Telefon: Prüfen Sie, ob der \
             Switch-Port der Kennzeichnung vertraut (Trust DSCP), und die QoS-Einstellung. Beim Windows-PC: Richten Sie \
             dort „Richtlinienbasierter QoS“ ein."
        }
        Detail::Qos001 { sender: VoiceSender::System, .. } | Detail::Qos008 { .. } => {
            "Prüfen Sie die QoS-Einstellung der Anlage und ob ihr Switch-Port der Kennzeichnung vertraut. Lässt \
             sich die Anlage nicht einstellen, kennzeichnen Sie ihre Sprache am Switch-Port."
        }
        Detail::Qos002 { passage, .. } => passage::action(passage, De),
        Detail::Qos003 { media_ports, expected, signalling, .. } => {
            return group_policy(media_ports.as_deref(), *expected, *signalling);
        }
        Detail::Qos004 { expected, .. } => {
            return format!(
                "Gleichen Sie die Signalisierung bei Bedarf auf DSCP\u{a0}{} an, damit der Rufaufbau auch bei Last \
                 schnell bleibt.",
                dscp_name(*expected)
            );
        }
        Detail::Qos005 { .. } => "Setzen Sie am Switch die CoS-Zuordnung für das Sprach-VLAN.",
        Detail::Qos007 { peers, .. } => {
            let host = finding.subject.as_ref().map(|subject| subject.address);
            unmarked_leg::action((host, peers), De)
        }
        Detail::Qos009 { .. } => {
            "Vergleichen Sie den Zeitpunkt mit Vermitteln, Halten oder WLAN-Wechsel. Ohne solchen Anlass \
             prüfen Sie die QoS-Regeln der Switches auf dem Weg."
        }
        Detail::Qos010 { .. } => {
            "Nehmen Sie diesem Verkehr die EF-Kennzeichnung: am Gerät, in der Gruppenrichtlinie oder am \
             Switch-Port. Bei Bildtelefonie kann sie gewollt sein."
        }
        Detail::Rtp001 { peers, astray: Some(astray), .. }
            if matches!(astray.lost, Lost::Private | Lost::Rewritten | Lost::Unasked) =>
        {
            return misled::action(astray, peers, De);
        }
        Detail::Rtp001 { astray: Some(Astray { outside: true, announcer, .. }), .. } => {
            return voice::name_inner_address(*announcer, De);
        }
        Detail::Rtp001 { astray: Some(Astray { by_listener: true, .. }), .. } => {
            "Der Empfänger spricht selbst, nimmt aber nichts an: Prüfen Sie die Firewall auf diesem Gerät (etwa die von Windows) und \
             die Freigabe für sein Telefonprogramm."
        }
        Detail::Rtp001 { trace: Trace::Reported(_), .. } => {
            "Dieses Gerät sendet, aber seine Sprache kommt am Messpunkt nicht an: Prüfen Sie die Strecke zwischen beiden, etwa \
             Paketfilter in Switch, WLAN oder Router und eine Firewall auf dem Gerät selbst."
        }
        Detail::Rtp001 { trace: Trace::Halted(..), .. } => {
            "Prüfen Sie am Router, der die Adressen umsetzt, Firewall und NAT: Er bekommt diese Sprache und leitet sie nicht weiter."
        }
        Detail::Rtp001 { trace: Trace::Unread(unread), .. } => return trace::let_in(finding, *unread, De),
        Detail::Rtp001 { astray: Some(_), .. } => {
            "Prüfen Sie, welche Adresse und welchen Port die Gegenseite im SDP ankündigt und ob sie dort empfängt: STUN, externe \
             Adresse, NAT, SIP ALG."
        }
        Detail::Rtp001 { export: Export::Possible, .. } => export_whole(De),
        Detail::Rtp001 { named: Some(Named { mapped: Some(_), .. }), .. } => unmapped::action(De),
        Detail::Rtp001 { named: Some(Named { is_rewritten: true, .. }), .. } => misled::switch_off_alg(De),
        Detail::Rtp001 { at_tap: true, near: true, .. } => {
            "Messen Sie zuerst an anderer Stelle, etwa am Spiegelport des Switches. Fehlt die Sprache auch dort, prüfen Sie \
             Headset, Softphone und eigene Firewall dieses Gerätes."
        }
        Detail::Rtp001 { at_tap: true, .. } => {
            "Messen Sie zuerst an anderer Stelle, etwa am Spiegelport des Switches. Fehlt die Sprache auch dort, prüfen Sie \
             Headset und Softphone dieses Gerätes, danach NAT und Firewall."
        }
        Detail::Rtp001 { near: true, .. } => {
            "Beide Seiten liegen im selben Subnetz, dazwischen ist also kein Router; filtern kann dort höchstens ein Switch oder \
             WLAN. Prüfen Sie, ob dieses Gerät sendet (Stummschaltung, Halten, eigene Firewall) und wohin: an die Adresse, welche die \
             Gegenseite im SDP ankündigt."
        }
        Detail::Rtp001 { .. }
            if finding.subject.as_ref().is_some_and(|subject| is_public(subject.address)) =>
        {
            "Was diese Gegenstelle sendet, kommt an der Messstelle nicht an. Prüfen Sie auf Ihrer Seite NAT und Firewall für den \
             RTP-Bereich und Adresse und Port, die Ihr Gerät im SDP ankündigt; schalten Sie SIP ALG ab."
        }
        Detail::Rtp001 { .. } => {
            "Prüfen Sie NAT und Firewall für den RTP-Bereich dieses Gerätes und die Adresse, die es im SDP ankündigt; \
             schalten Sie SIP ALG ab."
        }
        Detail::Rtp002 { why: why @ (Mute::Declined | Mute::Keys | Mute::Fax), .. } => mute::action(*why, De),
        Detail::Rtp002 { near: true, .. } => {
            "Prüfen Sie zuerst, ob der Messpunkt den Sprechweg erfasst, danach, ob beide Geräte Sprache senden und welche \
             Adressen sie im SDP ankündigen."
        }
        Detail::Rtp002 { .. } => {
            "Prüfen Sie zuerst, ob der Messpunkt den Sprechweg erfasst, danach die Firewall-Regeln für RTP."
        }
        Detail::Rtp003 { .. } => voice::find_loss(detail, De),
        Detail::Rtp004 { how, own, link, .. } => uneven::even_out(*how, *own || *link, De),
        Detail::Rtp006 { clock: Some(_), .. } => uneven::set_clock(De),
        Detail::Rtp006 { agreed, .. } => {
            return format!("Stellen Sie die Paketlänge (ptime) auf beiden Seiten auf {agreed} ms.");
        }
        Detail::Rtp005 { .. } => "Beheben Sie den Paketverlust; siehe den Befund RTP-003.",
        Detail::Rtp007 { unseen: true, .. } => {
            "Messen Sie noch einmal, und zeichnen Sie auch die Signalisierung ganz auf (SIP auf allen Wegen)."
        }
        Detail::Rtp007 { keys: Some(Some(_)), .. } => {
            "Das sendende Gerät muss den Payload-Typ nehmen, den der Empfänger im SDP nennt (RFC 3264): Stellen Sie für DTMF auf \
             beiden Seiten denselben ein (üblich ist 101), oder aktualisieren Sie die Firmware des Gerätes."
        }
        Detail::Rtp007 { keys: Some(None), .. } => {
            "Schalten Sie DTMF nach RFC 4733 (telephone-event) auch beim Empfänger ein, oder stellen Sie an diesem Gerät DTMF auf \
             den Weg um, den der Empfänger versteht (SIP INFO oder im Sprachkanal)."
        }
        Detail::Rtp007 { .. } => {
            "Gleichen Sie die Codec-Listen beider Seiten ab, und aktualisieren Sie die Firmware des Gerätes."
        }
        Detail::Rtp008 { refused: 1.., .. } => {
            "Das Gerät ist im Netz erreichbar, nur hört dort kein Telefonprogramm mehr zu: Prüfen Sie, ob es abgestürzt ist, beendet \
             oder neu gestartet wurde (Protokoll des Gerätes)."
        }
        Detail::Rtp008 { near: true, .. } => {
            "Beide Seiten liegen im selben Subnetz, dazwischen ist also kein Router. Prüfen Sie, ob das Gerät noch \
             sendet (Stummschaltung, Halten, Firmware) und ob sein Netzanschluss oder WLAN in diesem Moment ausfiel."
        }
        Detail::Rtp008 { .. } => {
            "Prüfen Sie UDP-Timeout der Firewall und Session-Timer auf dem Weg, und ob das Gerät Sprache noch sendet."
        }
        Detail::Rtp009 { .. } => {
            "Keine, wenn beide Seiten weiter hören. Andernfalls prüfen Sie, was die Anlage zu diesem Zeitpunkt umschaltet (Wartemusik, Vermittlung)."
        }
        Detail::Rtp013 { .. } => {
            "Prüfen Sie RTP-Port und NAT-Einstellung des Gerätes. Firewalls und Gegenstellen, die nur die angekündigte Adresse zulassen, verwerfen diese Sprache."
        }
        Detail::Rtp014 { jam: Some(_), .. } => {
            "Beheben Sie, was die Sprache stocken lässt; siehe den Befund RTP-004."
        }
        Detail::Rtp014 { hop: Some(_), .. } => {
            "Prüfen Sie, was zwischen den beiden Stellen liegt (Schnittstellen des Mitschnitts): Switch, Router oder Firewall verwirft dort."
        }
        Detail::Rtp014 { .. } => {
            "Messen Sie näher am Empfänger, und prüfen Sie die Strecke zwischen Messpunkt und Empfänger."
        }
        Detail::Sig001 { .. } | Detail::Sig002 { .. } | Detail::Sig005 { .. } | Detail::Sig009 { .. } => {
            return signalling::action(detail, zone, De).unwrap_or_default();
        }
        Detail::Stalled { .. } => return stalled::action(detail, De).unwrap_or_default(),
        Detail::Net001 { .. } | Detail::Net002 { .. } | Detail::Net003(_) | Detail::Net005 { .. } => {
            return network::action(detail, De).unwrap_or_default();
        }
        Detail::Sig003 { addresses: None, .. } => {
            "Erhöhen Sie das UDP-Aging der Firewall auf mindestens 60 s, besser 180 s, oder verkürzen Sie das \
             Keep-Alive-Intervall."
        }
        Detail::Sig003 { addresses: Some(_), .. } => {
            "Nichts zu tun, wenn der Anschluss planmäßig neu einwählt; sonst klären Sie den Wechsel mit dem Provider."
        }
        Detail::Sig004 { .. } => {
            "Schalten Sie SIP ALG (SIP NAT Helper) in Router und Firewall ab, wie der Hersteller es verlangt."
        }
        Detail::Sig007 { stuck: Some(Stuck::Holes), .. } => {
            "Prüfen Sie die MTU auf dem Weg: Stellen Sie am Router MSS-Clamping ein, und lassen Sie ICMP „Fragmentierung nötig“ durch."
        }
        Detail::Sig007 { stuck: Some(Stuck::PlainSip | Stuck::Plain), .. } => {
            "Vergleichen Sie Port und Transport: Stellen Sie am Server TLS auf diesem Port ein oder am Gerät den TLS-Port des Servers."
        }
        Detail::Sig007 { stuck: Some(Stuck::Mute), .. } => {
            "Prüfen Sie, ob der Dienst auf dem Server läuft und auf diesem Port TLS spricht, und ob eine Firewall dazwischen TLS aufhält."
        }
        Detail::Sig007 { lacks_certificate: true, .. } | Detail::Sig007 { alert: Some((116, false)), .. } => {
            "Der Server verlangt ein Client-Zertifikat: Spielen Sie eines ins Gerät ein, oder schalten Sie diese Prüfung am Server ab."
        }
        Detail::Sig007 { early: Some(_), .. } => {
            "Prüfen Sie die Uhr von Server und Gerät; stimmt sie, stellen Sie ein Zertifikat aus, das schon gilt."
        }
        Detail::Sig007 { expired: Some(_), .. } => {
            "Erneuern Sie das Zertifikat des Servers. Ist es nicht abgelaufen, prüfen Sie die Uhr des mitschneidenden Rechners."
        }
        Detail::Sig007 { alert: Some((48, true)), .. } => {
            "Das Gerät kennt den Aussteller des Zertifikats nicht: Spielen Sie dessen CA-Zertifikat ins Gerät ein, und lassen Sie den Server seine Zwischenzertifikate mitsenden."
        }
        Detail::Sig007 { alert: Some((48, false)), .. } => {
            "Der Server kennt den Aussteller des Gerätezertifikats nicht: Spielen Sie dessen CA-Zertifikat in den Server ein."
        }
        Detail::Sig007 { alert: Some((42..=46, _)), .. } => {
            "Prüfen Sie Gültigkeit und Namen des Zertifikats und die Uhrzeit des Gerätes."
        }
        Detail::Sig007 { alert: Some((40 | 70 | 71, _)), .. } => {
            "Vergleichen Sie TLS-Version und Firmware beider Seiten."
        }
        Detail::Sig007 { alert: Some((112, _)), .. } => {
            "Der Server kennt den Namen nicht, unter dem das Gerät ihn anspricht: Prüfen Sie die Serveradresse am Gerät."
        }
        Detail::Sig007 { .. } => {
            "Vergleichen Sie TLS-Version und Firmware beider Seiten, und prüfen Sie Namen und Zertifikat des Servers."
        }
        Detail::Sig008 { .. } => {
            "Schalten Sie Keep-Alive alle 30 s ein, oder stellen Sie den UDP-Timer der Firewall auf mindestens 180 s."
        }
        Detail::Sig006 { near: true, .. } => {
            "Kürzen Sie die Codec-Liste, damit die Nachricht in ein Paket passt, oder nutzen Sie SIP über TCP, wo der Hersteller \
             es vorsieht. Prüfen Sie Switch und WLAN auf Verlust von Fragmenten."
        }
        Detail::Sig006 { .. } => {
            "Lassen Sie IP-Fragmente in der Firewall zu, kürzen Sie die Codec-Liste, oder nutzen Sie SIP über TCP, wo der \
             Hersteller es vorsieht."
        }
        Detail::Net004 { .. } => {
            "Prüfen Sie am Gerät, am Switch-Port und in LLDP-MED oder DHCP, welches Sprach-VLAN eingestellt ist. Gehört Sprache \
             auch in dieses VLAN, ergänzen Sie voice_vlans in der Standortdatei."
        }
        Detail::Sec001 { gained, .. } if gained.keeps_open => {
            "Nichts zu veranlassen, wenn es Ihr Provider ist: Tragen Sie seine Adressen in die Standortdatei ein."
        }
        Detail::Sec001 { .. } if finding.severity == Severity::Info => {
            "Tragen Sie die Adressen Ihres Providers in die Standortdatei ein. Kommen diese Anrufe nicht von ihm, entfernen Sie \
             die Portfreigabe."
        }
        Detail::Sec001 { .. } if is_suspected => {
            "Klären Sie zuerst, ob die Anfragen von Ihrem Provider kommen: Dann tragen Sie seine Adressen in die Standortdatei \
             ein. Sonst entfernen Sie die Portfreigabe; Zugriff von außen nur über VPN. Ist eine NAT-Regel nötig, nur für die \
             Adressen des Providers."
        }
        Detail::Sec001 { .. } => {
            "Entfernen Sie die Portfreigabe sofort. Zugriff von außen nur über VPN; ist eine NAT-Regel nötig, nur \
             für die Adressen des Providers."
        }
        Detail::Sec002 { answered: true, .. } => {
            "Entfernen Sie die Portfreigabe, sperren Sie zusätzlich die Adresse und ändern Sie schwache Kennwörter. \
             Prüfen Sie die Verbindungsdaten auf Missbrauch."
        }
        Detail::Sec002 { answered: false, .. } => {
            "Prüfen Sie, warum diese Anfragen bis zum Messpunkt gelangen, und sperren Sie sie in der Firewall."
        }
        Detail::Sec003 { apps, .. } => return secure(apps, De),
        Detail::Sec004 { .. } if is_suspected => {
            "Klären Sie zuerst, welches Gerät dort antwortet. Ist es die Anlage oder ein Telefon, entfernen Sie die \
             Portfreigabe. Fernwartung nur über VPN oder den Dienst des Herstellers."
        }
        Detail::Sec004 { .. } => {
            "Entfernen Sie die Portfreigabe sofort. Fernwartung nur über VPN oder den Dienst des Herstellers."
        }
        Detail::Cap001 { signs } if signs.iter().all(|sign| matches!(sign, LossSign::Thinned { .. })) => {
            "Werten Sie den vollständigen Mitschnitt aus, oder messen Sie noch einmal an einem weniger belasteten Messpunkt."
        }
        Detail::Cap001 { .. } => {
            "Wiederholen Sie die Messung an einem weniger belasteten Messpunkt oder mit einem Mitschnittfilter."
        }
        Detail::Cap002 { two_clocks: 1.., .. } => {
            "Werten Sie die Mitschnitte einzeln aus, oder gleichen Sie vor dem Zusammenfügen ihre Uhren ab (editcap -t)."
        }
        Detail::Cap002 { received: 1.., .. } | Detail::Cap002 { is_scattered: true, .. } => {
            "Suchen Sie, was die Pakete verdoppelt: eine Schleife, zwei gleichzeitig genutzte Wege (Bonding, Redundanz) oder ein \
             VPN, das doppelt sendet."
        }
        Detail::Cap002 { .. } => {
            "Keine Maßnahme nötig. Wenn Sie nicht zwei Stellen vergleichen wollen, messen Sie beim nächsten Mal nur an einer: \
             ein gespiegelter Port oder ein VLAN, eine Schnittstelle statt „any“."
        }
        Detail::Cap003 { .. } => {
            "Messen Sie erneut: am Spiegelport mit Senden und Empfangen, auf einem Gerät selbst ohne Filter auf eine Richtung."
        }
        Detail::Cap004 { .. } => "Schneiden Sie mit voller Paketlänge mit (Snaplen 0 oder 262144).",
        told @ Detail::Cap006 { .. } => clock::action(told, De),
        Detail::Cap008 { .. } => {
            "Keine Maßnahme. Ist der Rufaufbau gestört, werten Sie die Protokolle der Anlage aus."
        }
        Detail::Cap010(reason) => no_voice::action(reason, De),
        Detail::Cap011 { ended: Ended::Damaged { reason, .. }, .. } if reason.starts_with(OTHER_VERSION) => {
            "Fragen Sie, mit welchem Programm die Datei geschrieben wurde, und speichern Sie sie dort als pcapng 1.0."
        }
        Detail::Cap011 { .. } => "Wiederholen Sie den Mitschnitt, oder übertragen Sie die Datei noch einmal.",
    };
    text.to_owned()
}

/// What to do about a PORT-003.
fn unblock(detail: &Detail, zone: &TimeZone) -> String {
    let Detail::Port003 { target, joined, protocol: transport, refusal, outbound, life, serves, voice } =
        detail
    else {
        return String::new();
    };
    let port = blocked::ports(*transport, *target, joined, De);
    if let Some(VoiceSent { ports: Some(ports), .. }) = voice {
        return trace::let_out(target.ip(), *ports, De);
    }
    if voice.is_some() {
        return format!(
            "Vergleichen Sie {target} mit Adresse und Port, die die Gegenseite im SDP für ihren Sprechweg nennt. Stimmen sie \
             überein, prüfen Sie die Gegenseite und den Weg zu ihr (Routing, NAT), sonst das Gerät, das sendet."
        );
    }
    if let Some(text) = life::reach_as_others(*serves, *life, (target.ip(), &port, *outbound), zone, De) {
        return text;
    }
    if *outbound {
        return format!(
            "Geben Sie {port} in der Firewall abgehend zu {} frei. Ist der Port frei, prüfen Sie, ob der Dienst \
             am Ziel läuft.",
            target.ip()
        );
    }
    match refusal {
        Refusal::Reset => format!(
            "Prüfen Sie, ob der Dienst auf {} eingeschaltet ist; er nimmt {port} nicht an.",
            target.ip()
        ),
        Refusal::Silence | Refusal::Icmp { .. } if *life == Life::Sends => format!(
            "{} ist in Betrieb, das zeigt sein anderer Verkehr. Prüfen Sie, ob der Dienst dort auf {port} läuft und ob \
             eine Firewall ihn sperrt, auch die des Gerätes selbst.",
            target.ip()
        ),
        Refusal::Silence if *life != Life::Unseen => format!(
            "Prüfen Sie zuerst, ob {} noch in Betrieb und am Netz ist: Strom, Netzwerkkabel, Switch-Port. Ist es das, prüfen \
             Sie, ob der Dienst dort läuft und ob eine Firewall {port} sperrt.",
            target.ip()
        ),
        Refusal::Silence | Refusal::Icmp { .. } => format!(
            "Prüfen Sie, ob {} in Betrieb ist, ob der Dienst dort läuft und ob eine Firewall {port} sperrt.",
            target.ip()
        ),
    }
}

fn group_policy(media_ports: Option<&str>, expected: u8, signalling: Option<u8>) -> String {
    let ports = media_ports.map_or_else(String::new, |ports| format!(" für die Zielports {ports} (UDP)"));
    let signalling = signalling
        .map_or_else(String::new, |value| format!(", für die Signalisierung DSCP\u{a0}{}", dscp_name(value)));
    format!(
        "Richten Sie in Windows „Richtlinienbasierter QoS“ ein: Sprache DSCP\u{a0}{}{ports}{signalling}.",
        dscp_name(expected)
    )
}
