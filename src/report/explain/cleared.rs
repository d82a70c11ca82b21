//! When a live run takes a finding for cleared, or why it never does: what `src/check/mended.rs` looks for, in words.

use crate::check::Code;

/// German and English.
pub(super) fn cleared(code: Code) -> [&'static str; 2] {
    match code {
        Code::Port001 => [
            "Das Gerät weist spätere Verbindungen auf den eigenen Port ab, oder derselbe Dienst läuft später mit denselben \
             Gegenstellen über den dokumentierten Port. Ruft das Gerät einen fremden Port, der zu keinem dokumentierten Dienst \
             gehört, zeigt kein Paket, dass es damit aufgehört hat: Dann bleibt der Befund.",
            "The device refuses later connections to its own port, or the same service later runs with the same peers on the \
             documented port. Where the device calls a port of somebody else that belongs to no documented service, no packet \
             shows that it has stopped: then the finding stays.",
        ],
        Code::Port002 => [
            "So viele spätere Ströme benutzen dokumentierte Ports und keiner einen anderen, dass beim bisherigen Anteil drei \
             falsche darunter wären.",
            "So many later streams use documented ports, and none another, that at the rate so far three of them would have been \
             wrong.",
        ],
        Code::Port003 => [
            "Derselbe Dienst antwortet dem Gerät, zum Beispiel auf ein SYN.",
            "The same service answers the device, for instance a SYN.",
        ],
        Code::Port004 => [
            "Die Zeile gilt als benutzt, sobald der Dienst gesehen wird.",
            "The row counts as used as soon as the service is seen.",
        ],
        Code::Port005 => [
            "Die Anlage spricht denselben Provider später von einem dokumentierten Port an und bekommt Antwort.",
            "The PBX later asks the same provider from a documented port and gets an answer.",
        ],
        Code::Port006 => [
            "So viele spätere Ströme benutzen Ports des angegebenen Modells und keiner einen anderen, dass beim bisherigen Anteil \
             drei falsche darunter wären.",
            "So many later streams use ports of the stated model, and none another, that at the rate so far three of them would \
             have been wrong.",
        ],
        Code::Port007 => [
            "Nie: Dass die Kanäle zur nächsten Spitze reichen, zeigt kein Paket. Weniger Gespräche am Abend sind kein Beleg.",
            "Never: no packet shows that there are enough channels for the next peak. Fewer calls in the evening prove nothing.",
        ],
        Code::Port008 => [
            "So viele spätere Ströme benutzen gerade Ports und keiner einen ungeraden, dass beim bisherigen Anteil drei ungerade \
             darunter wären.",
            "So many later streams use even ports, and none an odd one, that at the rate so far three of them would have been odd.",
        ],
        Code::Port009 => [
            "Jedes Gerät, das über TCP oder TLS kam, meldet sich später über UDP erfolgreich an.",
            "Each device that came over TCP or TLS later registers over UDP.",
        ],
        Code::Qos001 | Code::Qos003 | Code::Qos008 => [
            "Die letzten 100 Sprachpakete des Geräts tragen die erwartete Kennzeichnung, höchstens 2 % ausgenommen; auch mitten \
             im Gespräch.",
            "The latest 100 voice packets of the device have the expected mark, 2 % at most excepted; also in the middle of a call.",
        ],
        Code::Qos002 => [
            "Bei mindestens 100 späteren Paketen kommt auch die zweite Kopie mit der Kennzeichnung an.",
            "Of at least 100 later packets the second copy has the mark as well.",
        ],
        Code::Qos004 => [
            "Die letzten zehn SIP-Nachrichten des Geräts tragen die erwartete Kennzeichnung. Über TLS zählen nur Verbindungen, die \
             später beginnen, nachdem die letzte ohne die Kennzeichnung verstummt ist, und die sie mit mindestens zehn Paketen \
             durchgehend tragen: In einer laufenden Verbindung ist der Wechsel nicht zu sehen.",
            "The latest ten SIP messages of the device have the expected mark. Over TLS only connections count that begin after the \
             last one without the mark has fallen silent, and that have it on all of at least ten packets: within a connection \
             that goes on the change cannot be seen.",
        ],
        Code::Qos005 => [
            "Ein späterer Strom mit mindestens 100 Paketen trägt nur noch die erwartete Priorität.",
            "A later stream of at least 100 packets has the expected priority only.",
        ],
        Code::Qos007 => [
            "Die letzten 100 Sprachpakete auf diesem Weg tragen die erwartete Kennzeichnung, höchstens 2 % ausgenommen.",
            "The latest 100 voice packets on this way have the expected mark, 2 % at most excepted.",
        ],
        Code::Qos009 => [
            "Ein späterer Strom mit mindestens 100 Paketen hat nur einen DSCP-Wert.",
            "A later stream of at least 100 packets has one DSCP value only.",
        ],
        Code::Qos010 => [
            "Zu jedem Dienst, den der Rechner mit der Kennzeichnung von Sprache benutzt hat, gibt es eine spätere Verbindung mit \
             mindestens 20 Paketen ohne sie. Dass ihr Anteil sinkt, weil mehr telefoniert wird, zählt nicht.",
            "To every service that the host used with the mark of voice there is a later connection of at least 20 packets without \
             it. That its share falls because there are more calls does not count.",
        ],
        Code::Rtp001 => [
            "Von der stummen Seite kommen in einem späteren Gespräch mit derselben Gegenstelle mindestens 100 Sprachpakete.",
            "In a later call with the same peer at least 100 voice packets come from the silent side.",
        ],
        Code::Rtp002 => [
            "Ein späteres angenommenes Gespräch derselben beiden hat mindestens 100 Sprachpakete; beim Fax kommen nach einer späteren \
             Umstellung auf T.38 mindestens 50 Pakete.",
            "A later answered call between the same two has at least 100 voice packets; of a fax at least 50 packets come once a \
             later call was switched to T.38.",
        ],
        Code::Rtp003 | Code::Rtp005 => [
            "Auf demselben Weg kommen so viele Pakete hintereinander fast vollständig an (höchstens 0,5 % fehlen), dass beim \
             bisherigen Anteil fünf gefehlt hätten: mindestens 100, höchstens 1000.",
            "On the same way so many packets in a row arrive nearly complete (0.5 % missing at most) that at the rate so far five \
             would have been lost: at least 100, at most 1000.",
        ],
        Code::Rtp004 => [
            "Bei den letzten 200 Paketen auf demselben Weg bleibt der Jitter unter 15 ms.",
            "With the latest 200 packets on the same way the jitter stays below 15 ms.",
        ],
        Code::Rtp006 => [
            "Zu jeder dieser Gegenstellen hält ein späterer Strom des Geräts die vereinbarte Paketdauer ein.",
            "To each of these peers a later stream of the device keeps to the agreed packet time.",
        ],
        Code::Rtp007 => [
            "Zu jeder dieser Gegenstellen trägt ein späterer Strom des Geräts nur, was das SDP des Empfängers nennt.",
            "To each of these peers a later stream of the device carries only what the receiver's SDP lists.",
        ],
        Code::Rtp008 => [
            "In einem späteren Gespräch mit derselben Gegenstelle sendet das Gerät bis zum Ende.",
            "In a later call with the same peer the device sends to the end.",
        ],
        Code::Rtp009 => [
            "In so vielen späteren Gesprächen kommt die Sprache von Anfang bis Ende aus einer Quelle, dass beim bisherigen \
             Anteil drei mit Wechsel darunter wären.",
            "In so many later calls the voice comes from one source from beginning to end that at the rate so far three of them \
             would have had a change.",
        ],
        Code::Rtp013 => [
            "In ebenso vielen späteren Gesprächen derselben beiden, höchstens drei, kommt die Sprache von der angekündigten \
             Adresse.",
            "In as many later calls between the same two, three at most, the voice comes from the announced address.",
        ],
        Code::Rtp014 => [
            "Zu einem späteren Strom zur selben Gegenstelle meldet der Empfänger keinen auffälligen Verlust mehr.",
            "Of a later stream to the same peer the receiver no longer reports such a loss.",
        ],
        Code::Sig001 | Code::Sig002 => [
            "Eine spätere Anmeldung desselben Kontos an derselben Stelle gelingt. Gelingt eine andere zum ersten Mal, gilt das \
             ebenso, wenn die erste seit einer Minute nicht mehr versucht wird.",
            "A later registration of the same account at the same registrar succeeds. That another one succeeds for the first time \
             counts as well if the first has not been tried for a minute.",
        ],
        Code::Sig003 => [
            "Der Registrar sieht das Gerät ohne Neustart dreimal so lange unter demselben Port, wie vorher höchstens bis zum \
             Wechsel vergangen ist.",
            "The registrar sees the device under one port, without a restart, three times as long as it took at most until a \
             change before.",
        ],
        Code::Sig004 => [
            "Die letzten drei endgültigen Antworten desselben Servers auf diese Methode bringen den Via-Eintrag so zurück, wie er \
             gesendet wurde.",
            "The latest three final answers of the same server to this method bring the Via back as it was sent.",
        ],
        Code::Sig005 => [
            "Ebenso viele spätere Gespräche mit derselben Seite werden angenommen, höchstens drei; scheiterten Gespräche nach außen, \
             dann solche nach außen. Brachen Gespräche ab, hält mit jeder Gegenseite ein späteres länger als alle, die abbrachen.",
            "As many later calls with the same side are answered, three at most; where calls to the outside failed, calls to the \
             outside. Where calls came down, a later one with each peer stands longer than any that did.",
        ],
        Code::Sig006 => [
            "Drei spätere SIP-Nachrichten in Fragmenten kommen auf demselben Weg vollständig an.",
            "Three later SIP messages in fragments arrive complete on the same way.",
        ],
        Code::Sig007 => [
            "Eine Verbindung zum selben Server kommt zustande; war das Zertifikat abgelaufen, zeigt er ein gültiges. TLS 1.3 \
             verbirgt Zertifikate, dann bleibt dieser Befund.",
            "A connection to the same server stands; if its certificate had expired, it shows one that is valid. TLS 1.3 hides \
             certificates, and then that finding stays.",
        ],
        Code::Sig008 => [
            "Zwei Anmeldezeiten lang, mindestens fünf Minuten, schweigt die Verbindung nie länger als 66 s.",
            "For two registration times, five minutes at least, the connection is never silent for more than 66 s.",
        ],
        Code::Sig009 => [
            "Die letzten drei Anfragen dieser Methode an dieselbe Stelle werden beim ersten Mal beantwortet. Bei \
             TCP-Verbindungen nie: Dass keine mehr abreißt, zeigt kein Paket.",
            "The latest three requests of this method to the same place are answered the first time. Never with TCP \
             connections: that none breaks any more is shown by no packet.",
        ],
        Code::Net004 => [
            "Ein späterer Strom mit mindestens 100 Paketen läuft nur noch in einem VLAN der Standortdatei.",
            "A later stream of at least 100 packets is only in a VLAN of the site file.",
        ],
        Code::Sec001 | Code::Sec004 => [
            "Mindestens zwei fremde Adressen im Internet fragen später je zweimal an, und das Gerät, das sonst weiter sendet, \
             antwortet keiner. Kommen keine Anfragen mehr an, weil die Firewall sie vorher abweist, zeigt das hier kein Paket: \
             Prüfen Sie es von außen.",
            "At least two addresses of strangers in the Internet later ask twice each, and the device, which goes on sending \
             elsewhere, answers none. Where requests no longer come because the firewall turns them away before, no packet shows \
             it here: test it from outside.",
        ],
        Code::Sec002 => [
            "Nie: Dass ein Scanner aufgegeben hat, zeigt kein Paket.",
            "Never: no packet shows that a scanner has given up.",
        ],
        Code::Sec003 => [
            "Mit jeder Gegenstelle läuft jeder lesbare Dienst später verschlüsselt über die Zeile, die dafür dokumentiert ist.",
            "With each peer each readable service later runs encrypted by the row that is documented for it.",
        ],
        Code::Cap001 | Code::Cap002 | Code::Cap004 | Code::Cap006 | Code::Cap011 => [
            "Nie: Was im Mitschnitt fehlt oder falsch ist, bleibt es. Beginnen Sie nach der Abhilfe eine neue Messung.",
            "Never: what is missing or wrong in a capture stays so. Begin a new one when it is put right.",
        ],
        Code::Cap003 => [
            "Von zwei Geräten, die miteinander sprechen, sind beide Richtungen zu sehen.",
            "Of two devices that talk to each other both directions are seen.",
        ],
        Code::Cap008 => [
            "Nie: Was verschlüsselt war, lässt sich auch später nicht lesen.",
            "Never: what was encrypted cannot be read later either.",
        ],
        Code::Cap010 => ["Ein Gespräch ist zu sehen.", "A call is seen."],
    }
}
