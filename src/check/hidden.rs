//! What a capture cannot show, by code: the checks leave out what is hidden, and a comparison takes its absence for nothing.

use super::finding::{Code, Unjudged};

/// Whether no finding of this code is made where the capture lacks this.
pub(super) fn is_left_out(code: Code, unjudged: &[Unjudged]) -> bool {
    unjudged.iter().any(|what| prevents(*what, code))
}

fn prevents(what: Unjudged, code: Code) -> bool {
    use Code::{
        Net001, Net002, Net003, Net005, Port003, Port007, Rtp001, Rtp002, Rtp003, Rtp004, Rtp005, Rtp006,
        Rtp008, Rtp009, Rtp014, Sig001, Sig002, Sig003, Sig004, Sig005, Sig006, Sig007, Sig008, Sig009,
    };
    match what {
        // An answer may be what is missing.
        Unjudged::OneDirection => {
            matches!(code, Net001 | Net002 | Port003 | Rtp001 | Rtp002 | Sig002 | Sig008 | Sig009)
        }
        // Missing packets look like lost ones, and those behind them like late ones.
        Unjudged::Incomplete => {
            matches!(code, Net001 | Net002 | Rtp003 | Rtp004 | Rtp005 | Rtp014 | Sig006 | Sig008 | Sig009)
        }
        Unjudged::Clock => code == Rtp004,
        // What is there twice looks like what was sent again, and what belongs together lies apart.
        Unjudged::TwoClocks => {
            matches!(
                code,
                Net001
                    | Net002
                    | Net003
                    | Net005
                    | Port007
                    | Rtp001
                    | Rtp002
                    | Rtp003
                    | Rtp004
                    | Rtp005
                    | Rtp006
                    | Rtp008
                    | Rtp009
                    | Rtp014
                    | Sig002
                    | Sig006
                    | Sig008
                    | Sig009
            )
        }
        // What there was no room for may be the answer, or the voice.
        Unjudged::OverLimit => matches!(code, Net001 | Net002 | Rtp001 | Rtp002),
        // What is cut short may be the answer, or the try that succeeded.
        Unjudged::CutSip => matches!(code, Sig001 | Sig002 | Sig003 | Sig004 | Sig005 | Sig007 | Sig009),
        Unjudged::NoDevice
        | Unjudged::NoVoice
        | Unjudged::OwnOnly
        | Unjudged::OneSided
        | Unjudged::OneSidedIpsec
        | Unjudged::OneSidedTunnel
        | Unjudged::UnheardCalls
        | Unjudged::NoRule
        | Unjudged::FewPackets
        | Unjudged::FewAtPort
        | Unjudged::NoMarks
        | Unjudged::Encrypted
        | Unjudged::Compressed
        | Unjudged::Damaged
        | Unjudged::Export
        | Unjudged::UnseenAnswers => false,
    }
}

impl Unjudged {
    /// Whether it may be the reason that a capture has no finding of this code.
    #[must_use]
    pub fn hides(self, code: Code) -> bool {
        let text = code.as_str();
        let is_mark_of_voice = text.starts_with("QOS") && code != Code::Qos004;
        let may_hide = match self {
            Self::NoDevice => text.starts_with("PORT") || text.starts_with("QOS"),
            Self::NoVoice => text.starts_with("RTP") || is_mark_of_voice,
            Self::OwnOnly | Self::OverLimit => true,
            Self::OneSided | Self::OneSidedIpsec | Self::OneSidedTunnel => code == Code::Rtp001,
            Self::UnheardCalls => code == Code::Rtp002,
            Self::NoRule => text.starts_with("QOS"),
            Self::FewPackets | Self::NoMarks => is_mark_of_voice,
            Self::FewAtPort => code == Code::Port002,
            Self::Encrypted | Self::Compressed | Self::CutSip => text.starts_with("SIG"),
            Self::Export => text.starts_with("PORT") || text.starts_with("SEC") || code == Code::Sig007,
            Self::UnseenAnswers => code == Code::Sig002,
            Self::OneDirection | Self::Incomplete | Self::Clock | Self::TwoClocks | Self::Damaged => false,
        };
        may_hide || prevents(self, code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_check_leaves_out_a_comparison_takes_for_nothing() {
        for (what, codes) in [
            (Unjudged::Incomplete, [Code::Rtp005, Code::Rtp014, Code::Sig008, Code::Sig009]),
            (Unjudged::OneDirection, [Code::Sig008, Code::Sig009, Code::Rtp001, Code::Port003]),
        ] {
            for code in codes {
                assert!(is_left_out(code, &[what]) && what.hides(code), "{what:?} {code:?}");
            }
        }
        assert!(
            Unjudged::Encrypted.hides(Code::Sig001) && !is_left_out(Code::Sig001, &[Unjudged::Encrypted])
        );
        assert!(!is_left_out(Code::Rtp003, &[Unjudged::Clock]));
        for code in [Code::Rtp001, Code::Rtp003, Code::Rtp008, Code::Sig009] {
            assert!(is_left_out(code, &[Unjudged::TwoClocks]), "{code:?}");
        }
        assert!(!is_left_out(Code::Sig001, &[Unjudged::TwoClocks]));
    }
}
