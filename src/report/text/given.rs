//! Words about what the user states or chooses: findings that the site file accepts, ports that it changes, the filter; and of
//! what there is too little to be judged.

use super::{List, Words};
use crate::check::{Audit, Finding, RowResult, Unjudged, Verdict};
use crate::report::language::Language::{self, De, En};
use crate::report::number::{count, counted};

/// Words of what the user gives.
#[derive(Debug)]
pub(crate) struct GivenWords {
    /// Heading of the findings that are accepted.
    pub(crate) accepted: &'static str,
    /// Before the user's reason.
    pub(crate) reason: &'static str,
    /// Before the line of the site file.
    pub(crate) line: &'static str,
    /// Of an exception without a host.
    pub(crate) everywhere: &'static str,
    /// Of ports that the site file states.
    pub(crate) stated: &'static str,
    /// Before the expression of `--filter`.
    pub(crate) filter: &'static str,
    /// Findings that an exception covers.
    pub(crate) findings: super::words::Noun,
    /// Documented connections of which no firewall rule can be made. `{}` stands for the list.
    pub(crate) unbound: &'static str,
    /// No device was recognised whose exposure could be judged.
    pub(crate) no_security: &'static str,
    /// No device was recognised whose connections could be held against a document.
    pub(crate) no_strangers: &'static str,
    /// Behind the findings that are counted.
    pub(crate) counted: &'static str,
}

pub(crate) fn given_words(language: Language) -> &'static GivenWords {
    match language {
        De => &DE,
        En => &EN,
    }
}

const DE: GivenWords = GivenWords {
    accepted: "Hingenommene Abweichungen",
    reason: "Hingenommen",
    line: "Standortdatei, Zeile",
    everywhere: "gilt für den ganzen Standort",
    stated: "laut Standortdatei",
    filter: "Filter (--filter)",
    findings: super::words::Noun { one: "Befund", many: "Befunde" },
    unbound: "Nicht in der Liste, weil das Dokument weder Port noch Gegenstelle nennt, obwohl die Verbindung das LAN verlassen \
              kann: {}. Ob dafür eine Regel nötig ist, hängt von der Einrichtung ab.",
    no_security: "Erreichbarkeit aus dem Internet: nicht beurteilt, denn es wurde keine Anlage erkannt.",
    no_strangers: "Nicht geprüft: Es wurde kein Gerät erkannt, dessen Verbindungen dokumentiert sind.",
    counted: "hingenommen",
};

const EN: GivenWords = GivenWords {
    accepted: "Accepted deviations",
    reason: "Accepted",
    line: "site file, line",
    everywhere: "holds for the whole site",
    stated: "as the site file states",
    filter: "Filter (--filter)",
    findings: super::words::Noun { one: "finding", many: "findings" },
    unbound: "Not in the list, because the document names neither port nor peer although the connection may leave the LAN: {}. \
              Whether a rule is needed depends on the set-up.",
    no_security: "Reachability from the Internet: not judged, since no PBX was recognised.",
    no_strangers: "Not checked: no device was recognised whose connections are documented.",
    counted: "accepted",
};

/// The verdict in one sentence. `accepted`: findings that the site file accepts.
pub(crate) fn verdict_line(
    words: &Words,
    verdict: Verdict,
    unjudged: &[Unjudged],
    accepted: usize,
    language: Language,
) -> String {
    let plain = (words.verdict)(verdict, unjudged);
    if accepted == 0 {
        return plain.to_owned();
    }
    let number = count(accepted as u64, language);
    let is_one = accepted == 1;
    let has_voice = ![Unjudged::NoVoice, Unjudged::NoMarks].iter().any(|what| unjudged.contains(what));
    match (verdict, language) {
        (Verdict::Pass | Verdict::Notes, De) => format!(
            "BESTANDEN MIT {number} {} – was sonst geprüft wurde, hat keinen Fehler{}; {} und {} als hingenommen aufgeführt.",
            if is_one { "HINGENOMMENEN ABWEICHUNG" } else { "HINGENOMMENEN ABWEICHUNGEN" },
            if has_voice { "" } else { " (ohne Kennzeichnung der Sprache, die nicht beurteilt ist)" },
            if is_one { "sie steht in der Standortdatei" } else { "sie stehen in der Standortdatei" },
            if is_one { "ist" } else { "sind" },
        ),
        (Verdict::Pass | Verdict::Notes, En) => format!(
            "PASSED WITH {number} {} – nothing else that was checked is at fault{}; the site file accepts {}, and the report \
             lists {}.",
            if is_one { "ACCEPTED DEVIATION" } else { "ACCEPTED DEVIATIONS" },
            if has_voice { "" } else { " (marking of voice aside, which is not judged)" },
            if is_one { "it" } else { "them" },
            if is_one { "it" } else { "them" },
        ),
        (Verdict::Fail | Verdict::NotAssessable, De) => {
            format!(
                "{plain} Dazu {number} {} laut Standortdatei.",
                if is_one { "hingenommene Abweichung" } else { "hingenommene Abweichungen" }
            )
        }
        (Verdict::Fail | Verdict::NotAssessable, En) => {
            format!(
                "{plain} Besides, the site file accepts {number} {}.",
                if is_one { "deviation" } else { "deviations" }
            )
        }
    }
}

/// Whether a finding holds a device to own ports that the site file puts in the place of those of this row.
pub(crate) fn is_changed(row: &str, finding: &Finding, audit: &Audit) -> bool {
    let device = finding.subject.as_ref().map(|subject| subject.address);
    let of_device = |known: &&RowResult| &*known.row == row && Some(known.device) == device;
    finding.code().as_str().starts_with("PORT")
        && audit.rows.iter().find(of_device).is_some_and(|known| known.stated.is_some())
}

/// `3 Befunde, gilt für den ganzen Standort`: what became of an exception or a changed port of the site file.
pub(crate) fn use_line(
    words: &Words,
    is_exception: bool,
    matched: u64,
    everywhere: bool,
    language: Language,
) -> String {
    let own = given_words(language);
    let noun = if is_exception { own.findings } else { words.nouns.time };
    let used = match matched {
        0 => words.notes.exception_unused.to_owned(),
        _ => counted(matched, noun.one, noun.many, language),
    };
    if everywhere { format!("{used}; {}", own.everywhere) } else { used }
}

/// What is not judged, a line each. `few`: senders of too little voice with its packets, and how many it takes.
pub(crate) fn unjudged_lines(
    words: &Words,
    unjudged: impl IntoIterator<Item = Unjudged>,
    few: &[(String, u64, u64)],
    language: Language,
) -> Vec<String> {
    let lines = unjudged.into_iter().flat_map(|what| {
        // Whose ports must not answer the Internet only the document of a known device says.
        let exposure = (what == Unjudged::NoDevice).then(|| given_words(language).no_security.to_owned());
        std::iter::once(unjudged_line(words, what, few, language)).chain(exposure)
    });
    lines.collect()
}

fn unjudged_line(words: &Words, what: Unjudged, few: &[(String, u64, u64)], language: Language) -> String {
    let plain = (words.unjudged)(what).to_owned();
    let (Unjudged::FewPackets | Unjudged::NoMarks, Some((.., least))) = (what, few.first()) else {
        return plain;
    };
    let list = List::of(few, few.len(), |(sender, packets, _)| match language {
        De => format!("{sender} ({} von mindestens {least})", count(*packets, De)),
        En => format!("{sender} ({} of at least {least})", count(*packets, En)),
    });
    match language {
        De => format!("{plain} Sprachpakete: {}.", list.join("und", "weiteren")),
        En => format!("{plain} Packets of voice: {}.", list.join("and", "more")),
    }
}

/// `dokumentiert ist 10000-10200`: the ranges of the document, and those that the site file puts in their place.
pub(super) fn range(documented: &str, stated: &str, language: Language) -> String {
    match (documented, stated, language) {
        (_, "", De) => format!("dokumentiert ist {documented}"),
        (_, "", En) => format!("documented is {documented}"),
        ("", _, De) => format!("in der Standortdatei angegeben ist {stated}"),
        ("", _, En) => format!("the site file states {stated}"),
        (_, _, De) => {
            format!("in der Standortdatei angegeben ist {stated}, dokumentiert außerdem {documented}")
        }
        (_, _, En) => format!("the site file states {stated}, and documented is {documented} as well"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::text::words;

    #[test]
    fn what_is_accepted_is_in_the_verdict() {
        let told =
            |verdict, accepted, language| verdict_line(words(language), verdict, &[], accepted, language);
        assert!(told(Verdict::Notes, 2, De).starts_with("BESTANDEN MIT 2 HINGENOMMENEN ABWEICHUNGEN –"));
        assert!(told(Verdict::Pass, 1, En).starts_with("PASSED WITH 1 ACCEPTED DEVIATION –"));
        assert!(told(Verdict::Fail, 1, De).ends_with("Dazu 1 hingenommene Abweichung laut Standortdatei."));
        assert_eq!(told(Verdict::Pass, 0, De), (words(De).verdict)(Verdict::Pass, &[]));
    }

    #[test]
    fn a_range_names_its_source() {
        assert_eq!(range("1-2", "", De), "dokumentiert ist 1-2");
        assert_eq!(range("", "1-2", De), "in der Standortdatei angegeben ist 1-2");
        assert!(range("1-2", "3-4", En).contains("states 3-4, and documented is 1-2"));
    }

    #[test]
    fn who_knows_no_device_knows_of_no_exposure() {
        let told = |what: &[Unjudged]| unjudged_lines(words(De), what.iter().copied(), &[], De);
        let lines = told(&[Unjudged::NoDevice, Unjudged::NoVoice]);
        assert_eq!(lines.len(), 3, "{lines:?}");
        assert_eq!(lines[1], given_words(De).no_security);
        assert_eq!(told(&[Unjudged::NoVoice]).len(), 1);
    }

    #[test]
    fn who_sends_too_little_is_named_with_how_much() {
        let few = [("192.168.10.21".to_owned(), 47, 50)];
        let told = unjudged_line(words(De), Unjudged::NoMarks, &few, De);
        assert!(told.ends_with("Sprachpakete: 192.168.10.21 (47 von mindestens 50)."), "{told}");
    }
}
