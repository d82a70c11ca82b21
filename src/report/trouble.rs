//! Takes why a live capture cannot be, or what became of its records; says it in the language of the run. English is that of
//! the errors themselves; libpcap's and the system's own words stay as they are.

use super::Language;
use crate::capture::{FilterError, InterfacesError, LiveError, Recorded};

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
