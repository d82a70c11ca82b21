//! Takes nothing, gives the shape of a language's words: what every language must have.

use crate::capture::Ended;
use crate::check::{Beside, Party, RowStatus, Severity, Unjudged, Verdict};
use crate::decode::Skip;
use crate::observe::media::Keying;
use crate::observe::{Answer, CallSide};
use crate::site::{Confidence, EvidenceKind};

/// With this the reader's reason begins where a section of a file is whole, and of a version that nobody knows.
pub(super) const OTHER_VERSION: &str = "pcapng version";

/// Whether the input ends within a packet: the words for it have a verb of their own.
pub(super) fn ends_within(ended: &Ended) -> bool {
    matches!(ended, Ended::Cut { at, end } if end > at)
}

/// A noun in both numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Noun {
    /// With 1.
    pub(crate) one: &'static str,
    /// With any other number.
    pub(crate) many: &'static str,
}

/// Words of one language, apart from the findings'.
#[derive(Debug)]
pub(crate) struct Words {
    /// Titles of the sections.
    pub(crate) headings: Headings,
    /// What stands before a fact, and heads of columns.
    pub(crate) labels: Labels,
    /// Sentences that introduce or replace a table.
    pub(crate) notes: Notes,
    /// Things that are counted.
    pub(crate) nouns: Nouns,
    /// The whole report in one line.
    pub(crate) verdict: fn(Verdict, &[Unjudged]) -> &'static str,
    /// A severity as a mark before a finding.
    pub(crate) severity: fn(Severity) -> &'static str,
    /// Findings of a severity, to be counted.
    pub(crate) findings: fn(Severity) -> Noun,
    /// How sure a statement is.
    pub(crate) confidence: fn(Confidence) -> &'static str,
    /// Who can mend it.
    pub(crate) party: fn(Party) -> &'static str,
    /// What became of a documented row, and whether that is not the whole of it.
    pub(crate) row_status: fn(RowStatus, Beside) -> &'static str,
    /// Why a frame gave no packet.
    pub(crate) skip: fn(Skip) -> String,
    /// Why reading ended.
    pub(crate) ended: fn(&Ended) -> String,
    /// Leaps in time: how many, the largest in nanoseconds and the packet that it led to.
    pub(crate) leaps: fn(u64, i64, Option<&str>) -> String,
    /// What kind of sign identifies a device.
    pub(crate) evidence: fn(EvidenceKind) -> &'static str,
    /// How a call went.
    pub(crate) answer: fn(Answer) -> String,
    /// A call that only its voice tells: name of its protocol, and whether both sides are heard.
    pub(crate) untold: fn(&str, bool) -> String,
    /// The same of one that rang before it was refused as busy: the called person may have pressed a key.
    pub(crate) busy_after_ringing: &'static str,
    /// Who ended it.
    pub(crate) hung_up: fn(CallSide) -> &'static str,
    /// Shortest and longest time between the grants of a registration.
    pub(crate) renewed: fn(&str, &str) -> String,
    /// What the capture cannot show, and why.
    pub(crate) unjudged: fn(Unjudged) -> &'static str,
}

impl Words {
    /// How a call went. `rang`: the called side rang.
    pub(crate) fn outcome(&self, answer: Answer, rang: bool) -> String {
        match answer {
            Answer::Rejected(status @ (486 | 600)) if rang => {
                format!("{} ({status})", self.busy_after_ringing)
            }
            other => (self.answer)(other),
        }
    }
}

impl Words {
    /// Whether a stream is encrypted, and what agreed on its keys, as far as that is known.
    pub(crate) fn protection(&self, keying: Option<Keying>, is_probable: bool) -> Option<String> {
        let by = match keying {
            Some(Keying::Sdp) => "SRTP",
            Some(Keying::Dtls) => "DTLS",
            Some(Keying::Zrtp) => "ZRTP",
            None => return is_probable.then(|| self.notes.probably_srtp.to_owned()),
        };
        Some(format!("{} ({by})", self.notes.encrypted))
    }

    /// That a stream goes over a TURN server, and to whom. Of how it does: the channel, whether it is multiplexed instead, and
    /// packets in indications.
    pub(crate) fn relayed(
        &self,
        (channel, multiplexed, indicated): (Option<u16>, bool, u64),
        peer: Option<&str>,
    ) -> [Option<String>; 2] {
        let notes = &self.notes;
        let how = match channel {
            _ if multiplexed => notes.multiplexed.to_owned(),
            Some(number) if indicated > 0 => {
                format!("{} 0x{number:04x}, {indicated} {}", notes.in_channel, notes.in_indications)
            }
            Some(number) => format!("{} 0x{number:04x}", notes.in_channel),
            None => notes.in_indications.to_owned(),
        };
        [Some(how), peer.map(|peer| format!("({} {peer})", notes.peer))]
    }
}

/// Whether the capture shows the installation.
fn shows_site(unjudged: &[Unjudged]) -> bool {
    let hides = [Unjudged::NoDevice, Unjudged::OneDirection, Unjudged::OwnOnly];
    hides.iter().all(|what| !unjudged.contains(what))
}

/// Whether a device of a known installation asks in vain to be registered, and the capture lacks what would tell why.
pub(super) fn is_unregistered(unjudged: &[Unjudged]) -> bool {
    let others = [Unjudged::NoDevice, Unjudged::OneDirection, Unjudged::OwnOnly];
    unjudged.contains(&Unjudged::UnseenAnswers) && !others.iter().any(|what| unjudged.contains(what))
}

/// Whether the capture shows the installation, only not the whole of it.
pub(super) fn is_partial(unjudged: &[Unjudged]) -> bool {
    let gaps = [Unjudged::Incomplete, Unjudged::Damaged, Unjudged::CutSip];
    shows_site(unjudged) && gaps.iter().any(|what| unjudged.contains(what))
}

/// Whether the capture is whole and shows the installation: then nothing that is documented was to be seen.
pub(super) fn is_unused(unjudged: &[Unjudged]) -> bool {
    shows_site(unjudged) && !is_partial(unjudged)
}

/// Whether all that is missing is to know whose devices these are: there is voice, both ways, and it can be read.
pub(super) fn is_only_unknown(unjudged: &[Unjudged]) -> bool {
    unjudged.contains(&Unjudged::NoDevice)
        && unjudged.iter().all(|what| {
            matches!(
                what,
                Unjudged::NoDevice
                    | Unjudged::NoRule
                    | Unjudged::OneSided
                    | Unjudged::OneSidedIpsec
                    | Unjudged::OneSidedTunnel
                    | Unjudged::UnheardCalls
                    | Unjudged::Clock
                    | Unjudged::TwoClocks
            )
        })
}

/// Titles of the sections.
#[derive(Debug)]
pub(crate) struct Headings {
    pub(crate) findings: &'static str,
    /// What no finding tells.
    pub(crate) remarks: &'static str,
    pub(crate) not_judged: &'static str,
    pub(crate) devices: &'static str,
    pub(crate) rows: &'static str,
    pub(crate) media: &'static str,
    /// Where some of it is video.
    pub(crate) media_with_video: &'static str,
    pub(crate) unexplained: &'static str,
    pub(crate) calls: &'static str,
    pub(crate) registrations: &'static str,
    pub(crate) capture: &'static str,
    pub(crate) exceptions: &'static str,
    pub(crate) sources: &'static str,
}

impl Headings {
    /// What streams are called.
    pub(crate) const fn streams(&self, has_video: bool) -> &'static str {
        if has_video { self.media_with_video } else { self.media }
    }
}

/// What stands before a fact, and heads of columns.
#[derive(Debug)]
pub(crate) struct Labels {
    pub(crate) device: &'static str,
    pub(crate) seen: &'static str,
    pub(crate) action: &'static str,
    pub(crate) responsible: &'static str,
    pub(crate) evidence: &'static str,
    pub(crate) filter: &'static str,
    pub(crate) source: &'static str,
    pub(crate) confidence: &'static str,
    pub(crate) address: &'static str,
    pub(crate) known_by: &'static str,
    pub(crate) against: &'static str,
    pub(crate) row: &'static str,
    pub(crate) service: &'static str,
    pub(crate) status: &'static str,
    pub(crate) packets: &'static str,
    pub(crate) route: &'static str,
    pub(crate) codec: &'static str,
    pub(crate) loss: &'static str,
    pub(crate) jitter: &'static str,
    pub(crate) transport: &'static str,
    pub(crate) bytes: &'static str,
    pub(crate) content: &'static str,
    pub(crate) start: &'static str,
    pub(crate) length: &'static str,
    pub(crate) rang_after: &'static str,
    pub(crate) parties: &'static str,
    pub(crate) result: &'static str,
    pub(crate) account: &'static str,
    pub(crate) registrar: &'static str,
    pub(crate) attempts: &'static str,
    pub(crate) file: &'static str,
    pub(crate) period: &'static str,
    /// Before the time of all packets behind a finding, of which the first few are named.
    pub(crate) time_of_all: &'static str,
    pub(crate) link_type: &'static str,
    pub(crate) drops: &'static str,
    pub(crate) not_decoded: &'static str,
    pub(crate) cut: &'static str,
    pub(crate) timeless: &'static str,
    pub(crate) wrapped: &'static str,
    /// Packets whose content IPsec hides.
    pub(crate) sealed: &'static str,
    pub(crate) duplicates: &'static str,
    pub(crate) both_ways: &'static str,
    pub(crate) passed_over: &'static str,
    pub(crate) incomplete: &'static str,
    pub(crate) nameless_sip: &'static str,
    pub(crate) malformed_sip: &'static str,
    pub(crate) storm: &'static str,
    pub(crate) over_cap: &'static str,
    pub(crate) filtered: &'static str,
    pub(crate) reading: &'static str,
    /// Leaps of a day or more from one packet to the next.
    pub(crate) time_gap: &'static str,
    /// Before the number of a document's section.
    pub(crate) section: &'static str,
    pub(crate) meaning: &'static str,
    pub(crate) measured: &'static str,
    pub(crate) pitfalls: &'static str,
    pub(crate) cleared: &'static str,
}

/// Sentences that introduce or replace a table. `{}` stands for a number or a list.
#[derive(Debug)]
pub(crate) struct Notes {
    pub(crate) no_findings: &'static str,
    pub(crate) everything_judged: &'static str,
    pub(crate) no_devices: &'static str,
    pub(crate) no_rows: &'static str,
    pub(crate) unused_rows: &'static str,
    pub(crate) no_media: &'static str,
    pub(crate) no_unexplained: &'static str,
    pub(crate) unexplained_are_told: &'static str,
    pub(crate) no_calls: &'static str,
    /// Voice is there, and no call to which it belongs.
    pub(crate) no_signalling: &'static str,
    pub(crate) exception_unused: &'static str,
    pub(crate) disclaimer: &'static str,
    pub(crate) more: &'static str,
    pub(crate) drops_unknown: &'static str,
    /// Where to learn why a file was passed over.
    pub(crate) why_passed_over: &'static str,
    pub(crate) of: &'static str,
    /// Before the address at which a registrar sees its client.
    pub(crate) seen_as: &'static str,
    /// Behind the address of a proxy that registers for others.
    pub(crate) passes_on: &'static str,
    pub(crate) unknown: &'static str,
    /// A payload type that only SDP could explain.
    pub(crate) dynamic: &'static str,
    pub(crate) few_packets: &'static str,
    /// Of registrations from the Internet that nobody answers.
    pub(crate) strangers: &'static str,
    /// Of packets that come by twice, with another mark the second time.
    pub(crate) remarked: &'static str,
    /// What the figures of a stream mean.
    pub(crate) voice_key: &'static str,
    /// Beside the codec of pictures.
    pub(crate) video: &'static str,
    pub(crate) fitted: &'static str,
    /// Confidence of a device that is listed and against which nothing is held.
    pub(crate) only_suspected: &'static str,
    pub(crate) every_time_in: &'static str,
    /// Of a call that was answered and whose end was not seen.
    pub(crate) end_unseen: &'static str,
    /// Of a call that somebody ended although the capture shows no answer.
    pub(crate) answer_unseen: &'static str,
    /// Of a call over TCP without a final answer.
    pub(crate) dropped: &'static str,
    pub(crate) answered_elsewhere: &'static str,
    /// Of a leg: who called went on to wait.
    pub(crate) given_up: &'static str,
    /// The answer of a call that its caller never acknowledged.
    pub(crate) unacknowledged: &'static str,
    /// What the mark before a call means.
    pub(crate) marked_calls: &'static str,
    /// That jitter is listed and not judged.
    pub(crate) jitter_unjudged: &'static str,
    /// That loss, jitter and MOS may be those of an incomplete capture.
    pub(crate) figures_unjudged: &'static str,
    /// Of voice that ICMP turned away.
    pub(crate) turned_away: &'static str,
    /// What the jitter of pictures is.
    pub(crate) video_jitter: &'static str,
    /// What numbers are that the sender left out.
    pub(crate) skipped: &'static str,
    /// Why a jitter above the guide value is no finding.
    pub(crate) jitter_untold: &'static str,
    pub(crate) times_unjudged: &'static str,
    /// Behind the number of packets of a stream that are copies.
    pub(crate) twice: &'static str,
    pub(crate) keys: &'static str,
    pub(crate) repeated: &'static str,
    /// What a pause at a new offer is.
    pub(crate) paused: &'static str,
    /// Of a capture from before there were captures.
    pub(crate) clock_unset: &'static str,
    /// Before the bytes kept of a packet.
    pub(crate) at_most: &'static str,
    /// Of tunnels that hold something else than readable IP as well.
    pub(crate) unread_inside: &'static str,
    /// What is not among the packets that could be copies.
    pub(crate) uncompared: &'static str,
    pub(crate) encrypted: &'static str,
    pub(crate) probably_srtp: &'static str,
    /// VLAN of the outermost of several tags.
    pub(crate) outer_vlan: &'static str,
    /// Before another hardware address of a device.
    pub(crate) also_from: &'static str,
    /// Before the number of a channel.
    pub(crate) in_channel: &'static str,
    pub(crate) in_indications: &'static str,
    pub(crate) multiplexed: &'static str,
    /// Before the address behind the TURN server.
    pub(crate) peer: &'static str,
    /// What makes such leaps: whether all are between different interfaces, and whether one leads to a later time.
    pub(crate) why_time_gap: fn(bool, bool) -> &'static str,
    pub(crate) time_gaps_across: fn(u64) -> String,
}

/// Things that are counted.
#[derive(Debug)]
pub(crate) struct Nouns {
    pub(crate) packet: Noun,
    pub(crate) voice_packet: Noun,
    pub(crate) message: Noun,
    pub(crate) file: Noun,
    pub(crate) row: Noun,
    /// Of a document.
    pub(crate) entry: Noun,
    pub(crate) time: Noun,
}
