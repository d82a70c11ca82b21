//! Takes why files cannot be opened or a live capture cannot be, or what became of its records; says it in the language of the run. English is that of
//! the errors themselves; libpcap's and the system's own words stay as they are.

use super::Language;
use super::number::{count, counted};
use crate::capture::{FilterError, InterfacesError, LiveError, Looks, OpenError, Recorded};

/// Why an interface cannot be captured on.
#[must_use]
pub fn live_trouble(error: &LiveError, language: Language) -> String {
    match (language, error) {
        (Language::En, _) => error.to_string(),
        (Language::De, LiveError::Interfaces(error)) => interfaces_trouble(error, language),
        (Language::De, LiveError::Unknown { name, known }) => {
            format!("{name}: diese Schnittstelle gibt es nicht; vorhanden sind: {known}")
        }
        (Language::De, LiveError::Forbidden { name, reason, program }) => format!(
            "{name}: dieser Benutzer darf nicht mitschneiden ({reason}); starten Sie pbxray als root, oder erteilen Sie das \
             Recht einmalig: sudo setcap cap_net_raw+ep {program}"
        ),
        (Language::De, LiveError::Refused { name, reason }) => {
            format!("{name}: lässt sich nicht öffnen: {reason}")
        }
    }
}

/// Why an input cannot be read.
#[must_use]
pub fn open_trouble(error: &OpenError, language: Language) -> String {
    let what = match (language, error) {
        (Language::En, _) => return error.to_string(),
        (Language::De, OpenError::Nothing) => {
            return "kein Mitschnitt angegeben: Nennen Sie eine Datei, ein Verzeichnis oder - für die Standardeingabe".to_owned();
        }
        (Language::De, OpenError::TooMany { count: all, most }) => {
            return format!(
                "{} Dateien sind zu viele für eine Messung: Nennen Sie höchstens {}, oder führen Sie sie mit mergecap zusammen",
                count(*all as u64, language),
                count(*most as u64, language)
            );
        }
        (Language::De, OpenError::Stopped) => return "beendet, bevor etwas gelesen war".to_owned(),
        (Language::De, OpenError::NotFound { path }) => {
            (path, "Es gibt keine solche Datei und kein solches Verzeichnis. Prüfen Sie den Namen".to_owned())
        }
        (Language::De, OpenError::Unreadable { path, reason }) => (
            path,
            format!(
                "lässt sich nicht lesen ({reason}). Prüfen Sie die Zugriffsrechte, oder kopieren Sie die Datei auf einen lokalen \
                 Datenträger"
            ),
        ),
        (Language::De, OpenError::Packed { path, reason }) => (
            path,
            format!(
                "lässt sich nicht entpacken ({reason}). Kopieren Sie die Datei noch einmal von dort, wo sie aufgezeichnet wurde"
            ),
        ),
        (Language::De, OpenError::Empty { path }) => {
            (path, "ist leer. Schneiden Sie noch einmal mit, oder nennen Sie eine andere Datei".to_owned())
        }
        (Language::De, OpenError::NotACapture { path, start, looks }) => (
            path,
            format!(
                "lässt sich nicht lesen. {} (erwartet wird pcap, pcapng oder snoop, auch mit gzip, zstd oder lz4 gepackt; der Anfang \
                 lautet „{start}“)",
                looks_like(*looks)
            ),
        ),
        (Language::De, OpenError::Version { path, version }) => (
            path,
            format!(
                "ist {} in Version {}, und pbxray liest nur {}. Öffnen Sie die Datei mit dem Programm, das sie geschrieben hat, und \
                 speichern Sie sie als pcapng",
                version.format,
                version.found,
                version.read.join(" und ")
            ),
        ),
        (Language::De, OpenError::NoCaptures { path, others }) => (
            path,
            format!(
                "enthält keinen Mitschnitt ({}). Nennen Sie eine Datei oder ein anderes Verzeichnis",
                counted(*others as u64, "andere Datei", "andere Dateien", language)
            ),
        ),
    };
    format!("{}: {}", what.0.display(), what.1)
}

/// What it is instead of a capture, and what to do.
fn looks_like(looks: Looks) -> &'static str {
    match looks {
        Looks::NetworkMonitor => {
            "Das ist ein Mitschnitt von Microsoft Network Monitor. Wandeln Sie ihn um: `editcap -F pcapng ALT NEU`"
        }
        Looks::Archive => "Das ist ein Archiv. Entpacken Sie es zuerst",
        Looks::Short => "Die Datei ist zu kurz für ein Paket. Schneiden Sie noch einmal mit",
        Looks::Unknown => {
            "Wenn es ein Mitschnitt ist, den Wireshark öffnen kann, speichern Sie ihn dort als pcapng"
        }
    }
}

/// Why interfaces cannot be listed.
#[must_use]
pub fn interfaces_trouble(error: &InterfacesError, language: Language) -> String {
    match (language, error) {
        (Language::En, _) => error.to_string(),
        (Language::De, InterfacesError::NeedsLibpcap(_)) => format!(
            "zum Mitschneiden wird libpcap gebraucht; es fehlt oder lässt sich nicht laden: {}",
            InterfacesError::INSTALL
        ),
        (Language::De, InterfacesError::Refused(reason)) => {
            format!("die Schnittstellen lassen sich nicht auflisten: {reason}")
        }
    }
}

/// Why `--filter` cannot be used.
#[must_use]
pub fn filter_trouble(error: &FilterError, language: Language) -> String {
    match (language, error) {
        (Language::En, _) => error.to_string(),
        (Language::De, FilterError::NeedsLibpcap(_)) => format!(
            "--filter braucht libpcap; es fehlt oder lässt sich nicht laden: {}",
            InterfacesError::INSTALL
        ),
        (Language::De, FilterError::Expression { expression, reason }) => format!(
            "--filter {expression:?}: libpcap meldet: {reason}; die Sprache beschreibt `man pcap-filter`"
        ),
        (Language::De, FilterError::Link { expression, link, reason }) => format!(
            "--filter {expression:?} passt nicht zu Paketen des Schnittstellentyps {}: {reason}",
            link.0
        ),
    }
}

/// What was written, and what was not, line by line; of the trouble without the first `told`.
#[must_use]
pub fn recorded(recorded: &Recorded, told: usize, language: Language) -> Vec<String> {
    let files = recorded.files.iter().map(|file| wrote(&file.display().to_string(), language));
    let trouble = recorded.trouble.iter().skip(told).map(|trouble| recording(trouble, language));
    let missed = (recorded.missed > 0).then(|| match language {
        Language::De => {
            format!("{} Blöcke stehen in keiner Datei: Der Datenträger war zu langsam", recorded.missed)
        }
        Language::En => format!("{} blocks are in no file: the disk was too slow", recorded.missed),
    });
    files.chain(trouble).chain(missed).collect()
}

/// That a file was written.
#[must_use]
pub fn wrote(file: &str, language: Language) -> String {
    format!("{} {file}", language.either("geschrieben:", "wrote"))
}

/// What could not be written; the system's words.
#[must_use]
pub fn recording(trouble: &str, language: Language) -> String {
    format!("{}: {trouble}", language.either("Aufzeichnung", "recording"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::OtherVersion;

    #[test]
    fn each_trouble_has_words_of_both_languages_and_keeps_the_names() {
        let [name, reason] = ["eth7", "no such device"].map(str::to_owned);
        let errors = [
            LiveError::Unknown { name: name.clone(), known: "eth0, lo".to_owned() },
            LiveError::Forbidden {
                name: name.clone(),
                reason: reason.clone(),
                program: "/bin/pbxray".to_owned(),
            },
            LiveError::Refused { name, reason },
        ];
        for error in errors {
            let [german, english] =
                [Language::De, Language::En].map(|language| live_trouble(&error, language));
            assert_eq!(english, error.to_string());
            assert!(german.contains("eth7") && german != english, "{german}");
        }
        let path = || std::path::PathBuf::from("eth7.cap");
        let reason = || "no such device".to_owned();
        let version = OtherVersion { format: "pcapng", found: "2.0".to_owned(), read: &["1.0", "1.2"] };
        let looks = [Looks::NetworkMonitor, Looks::Archive, Looks::Short, Looks::Unknown];
        let foreign =
            looks.map(|looks| OpenError::NotACapture { path: path(), start: "GMBU".to_owned(), looks });
        let others = [
            OpenError::NotFound { path: path() },
            OpenError::Unreadable { path: path(), reason: reason() },
            OpenError::Packed { path: path(), reason: reason() },
            OpenError::Empty { path: path() },
            OpenError::Version { path: path(), version },
            OpenError::NoCaptures { path: path(), others: 1 },
        ];
        for error in foreign.into_iter().chain(others) {
            let [german, english] =
                [Language::De, Language::En].map(|language| open_trouble(&error, language));
            assert_eq!(english, error.to_string());
            assert!(german.starts_with("eth7.cap: ") && !german.contains("read"), "{german}");
        }
        for error in
            [OpenError::Nothing, OpenError::Stopped, OpenError::TooMany { count: 70_000, most: 65_536 }]
        {
            let [german, english] =
                [Language::De, Language::En].map(|language| open_trouble(&error, language));
            assert_eq!(english, error.to_string());
            assert_ne!(german, english);
        }
        let told =
            Recorded { files: vec!["a.pcapng".into()], missed: 3, trouble: vec!["x".into(), "y".into()] };
        let [german, english] = [Language::De, Language::En].map(|language| recorded(&told, 1, language));
        assert_eq!(
            english,
            ["wrote a.pcapng", "recording: y", "3 blocks are in no file: the disk was too slow"]
        );
        assert!(german.iter().zip(&english).all(|(german, english)| german != english), "{german:?}");
    }
}
