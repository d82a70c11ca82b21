//! Takes DSCP values, gives their registered names and what usually leaves such a value on voice.

/// RFC 3246 section 2.7.
pub(crate) const EXPEDITED_FORWARDING: u8 = 0b10_1110;
/// RFC 5865 section 2.3.
const VOICE_ADMIT: u8 = 0b10_1100;
/// RFC 8622 section 1.
const LOWER_EFFORT: u8 = 0b00_0001;
/// The bits that IP precedence used before RFC 2474.
const PRECEDENCE: u8 = 0b11_1000;
/// CS1: since RFC 4594 the mark of background traffic.
const SCAVENGER: u8 = 1 << 3;
/// CS3, RFC 4594 section 2.3: broadcast video, and by custom call signalling.
const CLASS_SELECTOR_3: u8 = 3 << 3;
/// AF31, the older custom for call signalling.
const ASSURED_FORWARDING_31: u8 = 3 << 3 | 1 << 1;

/// What a value on voice packets hints at. A hint, not a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Hint {
    /// 0: never marked, or the mark was taken away.
    Unmarked,
    /// EF with only its precedence bits left: the default table of a switch that turns CoS into DSCP.
    PrecedenceOnly,
    /// CS1, or EF with its precedence bits cleared: a device on the way rewrites.
    Rewritten,
    /// The mark that signalling gets.
    Signalling,
}

/// What `dscp` hints at, if anything.
pub(crate) fn hint(dscp: u8) -> Option<Hint> {
    const PRECEDENCE_ONLY: u8 = EXPEDITED_FORWARDING & PRECEDENCE;
    const PRECEDENCE_CLEARED: u8 = EXPEDITED_FORWARDING & !PRECEDENCE;
    match dscp {
        0 => Some(Hint::Unmarked),
        PRECEDENCE_ONLY => Some(Hint::PrecedenceOnly),
        PRECEDENCE_CLEARED | SCAVENGER => Some(Hint::Rewritten),
        CLASS_SELECTOR_3 | ASSURED_FORWARDING_31 => Some(Hint::Signalling),
        _ => None,
    }
}

/// The value with its registered name: `46 (EF)`, `40 (CS5)`, `26 (AF31)`, `3`.
pub(crate) fn name(dscp: u8) -> String {
    let class = dscp >> 3;
    let low = dscp & !PRECEDENCE;
    match (dscp, low) {
        (EXPEDITED_FORWARDING, _) => format!("{dscp}\u{a0}(EF)"),
        (VOICE_ADMIT, _) => format!("{dscp}\u{a0}(VA)"),
        (LOWER_EFFORT, _) => format!("{dscp}\u{a0}(LE)"),
        // RFC 2474 section 4.2.2.
        (0..64, 0) => format!("{dscp}\u{a0}(CS{class})"),
        // RFC 2597 section 6.
        (8..40, 2 | 4 | 6) => format!("{dscp}\u{a0}(AF{class}{})", low >> 1),
        _ => dscp.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_registry() {
        let shown = [46, 44, 1, 0, 40, 26, 34, 38, 6, 3, 42].map(|dscp| name(dscp).replace('\u{a0}', " "));
        let registered = [
            "46 (EF)",
            "44 (VA)",
            "1 (LE)",
            "0 (CS0)",
            "40 (CS5)",
            "26 (AF31)",
            "34 (AF41)",
            "38 (AF43)",
            "6",
            "3",
            "42",
        ];
        assert_eq!(shown, registered);
    }

    #[test]
    fn hints_follow_the_usual_rewritings_of_ef() {
        let hints = [0, 40, 8, 6, 26, 24, 46, 10].map(hint);
        let expected = [
            Some(Hint::Unmarked),
            Some(Hint::PrecedenceOnly),
            Some(Hint::Rewritten),
            Some(Hint::Rewritten),
            Some(Hint::Signalling),
            Some(Hint::Signalling),
            None,
            None,
        ];
        assert_eq!(hints, expected);
    }
}
