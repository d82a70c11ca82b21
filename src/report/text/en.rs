//! English words of every report, apart from those of the findings.

use super::frame;
use super::signalling::meaning;
use super::words::{
    Headings, Labels, Notes, Noun, Nouns, OTHER_VERSION, Words, is_only_unknown, is_partial, is_unregistered,
    is_unused,
};
use crate::capture::{Ended, LinkType};
use crate::check::{Beside, Party, RowStatus, Severity, Unjudged, Verdict};
use crate::decode::Skip;
use crate::observe::{Answer, CallSide};
use crate::report::escape::{FIELD, escape_terminal};
use crate::report::language::Language;
use crate::report::link;
use crate::report::number::{count, duration, grouped};
use crate::site::{Confidence, EvidenceKind};

pub(super) const WORDS: Words = Words {
    headings: HEADINGS,
    labels: LABELS,
    notes: NOTES,
    nouns: NOUNS,
    verdict,
    severity,
    findings,
    confidence,
    party,
    row_status,
    skip,
    ended,
    leaps,
    evidence,
    answer,
    untold,
    busy_after_ringing: "declined or not answered",
    hung_up,
    renewed,
    unjudged,
};

const HEADINGS: Headings = Headings {
    findings: "Findings",
    not_judged: "Cannot be judged",
    devices: "Devices",
    rows: "Documented ports: expected and seen",
    media: "Voice streams (RTP)",
    media_with_video: "Voice and video streams (RTP)",
    unexplained: "Undocumented flows",
    calls: "Calls",
    remarks: "Notes",
    registrations: "Registrations",
    capture: "Capture",
    exceptions: "Exceptions and changed ports from the site file",
    sources: "Sources",
};

const LABELS: Labels = Labels {
    device: "Device",
    seen: "Seen",
    action: "What to do",
    responsible: "Responsible",
    evidence: "Evidence",
    filter: "Wireshark filter",
    source: "Source",
    confidence: "How certain",
    address: "Address",
    known_by: "Known by",
    against: "Against it",
    row: "Row",
    service: "Service",
    status: "Status",
    packets: "Packets",
    route: "From → to",
    codec: "Codec",
    loss: "Loss",
    jitter: "Jitter max",
    transport: "Protocol",
    bytes: "Data",
    content: "Content",
    start: "Start",
    length: "Length",
    rang_after: "Rang after",
    parties: "Caller → callee",
    result: "Result",
    account: "Account",
    registrar: "Registrar",
    attempts: "Attempts",
    file: "File",
    period: "Period",
    time_of_all: "period",
    link_type: "Link type",
    drops: "Lost while capturing",
    not_decoded: "Not read",
    cut: "Cut short",
    timeless: "Without a usable time",
    wrapped: "VLANs and tunnels",
    sealed: "ESP of IPsec, not read",
    duplicates: "Duplicates (of comparable packets)",
    both_ways: "Pairs of hosts (TCP/UDP) seen both ways",
    passed_over: "Files passed over",
    nameless_sip: "SIP messages without Call-ID or CSeq",
    malformed_sip: "Malformed SIP messages",
    incomplete: "Datagrams with missing fragments",
    storm: "Loop or storm (ARP)",
    over_cap: "Not evaluated (memory limit)",
    filtered: "Left out by filter",
    reading: "Reading",
    time_gap: "Leaps in time",
    section: "section",
    meaning: "Meaning",
    measured: "Measured",
    pitfalls: "What can mislead",
    cleared: "When a live run regards it as cleared",
};

const NOTES: Notes = Notes {
    no_findings: "None.",
    everything_judged: "Nothing: the capture is sufficient for the checks of this version.",
    no_devices: "No device of AGFEO or pascom recognised. Name the PBX with --pbx ADDRESS=MODEL.",
    no_rows: "No recognised device has documented ports to check.",
    unused_rows: "Not observed in this capture, which is no fault:",
    no_media: "No voice stream recognised in the capture.",
    no_unexplained: "None.",
    unexplained_are_told: "None but those that a finding (SEC) is about.",
    no_calls: "No call recognised in the capture.",
    no_signalling: "The capture holds no readable signalling for the voice streams.",
    exception_unused: "was not needed; check whether it is still necessary",
    disclaimer: "Vendor information without warranty; these are defaults, which may have been changed on the device.",
    more: "more",
    drops_unknown: "not stated in the file",
    why_passed_over: "Name such a file itself, and pbxray tells the reason.",
    of: "of",
    seen_as: "seen as",
    passes_on: "passes on",
    unknown: "unknown",
    dynamic: "dynamic",
    voice_key: "Loss: what the capture lacks; “RTCP” below it: what the receiver reports as lost. MOS (1 to 4.5): estimated \
                listening quality by G.107 from codec and loss. Delay and jitter are not in it; “≤” marks jitter above \
                50\u{a0}ms, which a usual buffer does not even out.",
    strangers: "Attempts to register from the Internet that nobody answers are no finding. But the router forwards them to this \
                place: check whether that forwarding is needed.",
    remarked: "“→” with DSCP: the same packets come by a second time with this value; it was changed on the way.",
    video: "video",
    few_packets: "Loss is judged from 100 expected packets on; shorter streams are only listed.",
    fitted: "or larger (by RTP ports)",
    only_suspected: "only suspected (not judged)",
    every_time_in: "All times in time zone",
    end_unseen: "end not in the capture",
    answer_unseen: "answer not in the capture",
    dropped: "other side closed the TCP connection without a final answer",
    given_up: "given up by the PBX",
    answered_elsewhere: "answered at another telephone",
    unacknowledged: "answer not acknowledged",
    clock_unset: "The packets carry no real time (before 1980): the clock of the capturing machine was not set, or the times were taken \
        out later.",
    at_most: "at most",
    unread_inside: "not all of it can be read inside",
    uncompared: "Comparable are packets with payload and a usable time, without those to many that bear no IP identification.",
    encrypted: "encrypted",
    probably_srtp: "probably SRTP",
    outer_vlan: "outer VLAN",
    also_from: "also from",
    in_channel: "in TURN channel",
    in_indications: "in TURN indications",
    multiplexed: "in multiplexed TURN (Microsoft)",
    peer: "peer",
    time_gaps_across: |number| {
        let number = count(number, Language::En);
        format!("{number} of them between different interfaces, whose clocks may differ.")
    },
    why_time_gap: |across, forth| match (across, forth) {
        (true, true) => {
            "The packets before and after come from different interfaces: their clocks differ, several \
            captures were joined, or no packet came for long."
        }
        (true, false) => {
            "The packets before and after come from different interfaces: their clocks differ, or several \
            captures were joined."
        }
        (false, true) => "The clock was set, several captures were joined, or no packet came for long.",
        (false, false) => "The clock was set, or several captures were joined.",
    },
    marked_calls: "Calls marked with ! come first, the worst on top, then the others in the order in which they began; what a PBX passed on stands with its call. ! marks calls that failed (busy, declined and unavailable do not count where the server names no fault), were silent, one-way or encrypted by one side alone, or had more than 1 % loss (by the receiver's count where it reports by RTCP).",
    twice: "twice",
    keys: "key tones",
    repeated: "repeated",
    times_unjudged: "The time stamps of the capture are wrong (CAP-006): times may be off by that leap, or by the difference of the clocks. Where the clock was set during a call, no length is given.",
    turned_away: "turned away by the target (ICMP)",
    video_jitter: "Jitter of video: that of the first packet of each picture; the others carry the same time stamp.",
    skipped: "Skipped numbers: the sender left them out itself, mostly around keys; by its timestamps nothing got lost there. Wireshark counts them as lost.",
    jitter_untold: "Jitter above 20\u{a0}ms without a finding: it follows a new offer (SDP) or falls into the first second, the sender paused itself, the voice was interrupted, or a usual buffer evens it out.",
    figures_unjudged: "The capture is incomplete (CAP-001): loss, jitter and MOS are listed for information only. What is missing may have been lost while capturing.",
    jitter_unjudged: "The time stamps of the capture are wrong (CAP-006): jitter is listed for information only and not judged, and a period across a jump is wrong (it may end before it begins).",
    paused: "Pause: with a new offer (hold, fax, another way) nothing came for so long. Numbers that are missing there do not count \
             as lost.",
};

const NOUNS: Nouns = Nouns {
    packet: Noun { one: "packet", many: "packets" },
    voice_packet: Noun { one: "voice packet", many: "voice packets" },
    message: Noun { one: "message", many: "messages" },
    file: Noun { one: "file", many: "files" },
    row: Noun { one: "row", many: "rows" },
    entry: Noun { one: "entry", many: "entries" },
    time: Noun { one: "time", many: "times" },
};

fn verdict(verdict: Verdict, unjudged: &[Unjudged]) -> &'static str {
    match verdict {
        Verdict::Pass => {
            "PASSED – the ports and markings that were checked are as the vendor documents them."
        }
        Verdict::Notes if unjudged.contains(&Unjudged::NoVoice) => {
            "PASSED, VOICE NOT JUDGED – no fault of the installation found, but no voice either: marking and voice quality stay open."
        }
        Verdict::Notes if unjudged.contains(&Unjudged::NoMarks) => {
            "PASSED WITH NOTES – no fault of the installation found, but no voice stream either whose marking can be judged."
        }
        Verdict::Notes => "PASSED WITH NOTES – no fault of the installation found; see the notes.",
        Verdict::Fail => "NOT PASSED – at least one point must be checked or fixed.",
        Verdict::NotAssessable if is_partial(unjudged) => {
            "NOT FULLY ASSESSABLE – no fault can be seen, but the capture is incomplete."
        }
        Verdict::NotAssessable if is_unregistered(unjudged) => {
            "NOT FULLY ASSESSABLE – at least one device is not registered; whether anybody answers it the capture does not show."
        }
        Verdict::NotAssessable if is_unused(unjudged) => {
            "NOT ASSESSABLE – none of the documented ports is used in the capture."
        }
        Verdict::NotAssessable if is_only_unknown(unjudged) => {
            "NOT ASSESSABLE – the PBX is unknown: name it with --pbx ADDRESS=MODEL."
        }
        Verdict::NotAssessable => "NOT ASSESSABLE – the capture does not show enough for a verdict.",
    }
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "Critical",
        Severity::Error => "Error",
        Severity::Warning => "Warning",
        Severity::Notice => "Notice",
        Severity::Info => "Info",
    }
}

fn findings(severity: Severity) -> Noun {
    match severity {
        Severity::Critical => Noun { one: "critical finding", many: "critical findings" },
        Severity::Error => Noun { one: "error", many: "errors" },
        Severity::Warning => Noun { one: "warning", many: "warnings" },
        Severity::Notice => Noun { one: "notice", many: "notices" },
        Severity::Info => Noun { one: "info", many: "infos" },
    }
}

fn confidence(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Sure => "certain",
        Confidence::Likely => "likely",
        Confidence::Suspected => "suspected",
    }
}

fn party(party: Party) -> &'static str {
    match party {
        Party::Network => "network/firewall",
        Party::Telephony => "telephone technician",
        Party::Provider => "provider",
        Party::Computers => "PC/IT",
        Party::Capture => "whoever makes the capture",
        Party::Nobody => "nobody, for information",
    }
}

fn row_status(status: RowStatus, beside: Beside) -> &'static str {
    let is_mixed = beside == Beside::Others;
    match status {
        RowStatus::Used if beside == Beside::OneSided => "used, one way only",
        RowStatus::Used if beside == Beside::PartlyOneSided => "used, partly one way",
        RowStatus::Used if is_mixed => "used, partly blocked",
        RowStatus::Used => "used",
        RowStatus::Unused if is_mixed => "only attempts seen",
        RowStatus::Unused => "not observed",
        RowStatus::Blocked => "blocked",
        RowStatus::Deviating if is_mixed => "used, partly deviating",
        RowStatus::Deviating => "deviating",
    }
}

fn skip(skip: Skip) -> String {
    match skip {
        Skip::Empty => "empty frame".to_owned(),
        Skip::UnknownLink(link) => {
            format!("link type {}", link::title(&link::name(LinkType(link)), Language::En))
        }
        Skip::CutLink => "link-layer header cut or unreadable".to_owned(),
        Skip::NotIp(kind) => format!("not IP ({})", frame::kind(kind)),
        Skip::Macsec => "encrypted with MACsec".to_owned(),
        Skip::NoData => "no readable data (WLAN: management, control or encrypted)".to_owned(),
        Skip::CutIp => "IP header or extension header cut".to_owned(),
        Skip::BadIp => "IP header contradicts itself".to_owned(),
        Skip::CutTransport => "cut before the port numbers".to_owned(),
        Skip::BadTransport => "TCP or UDP header contradicts itself".to_owned(),
        Skip::TooDeep => "too many layers inside each other".to_owned(),
        Skip::BadTunnel => "tunnel header unreadable".to_owned(),
        Skip::Rest => "further kinds".to_owned(),
    }
}

fn leaps(leaps: u64, largest: i64, frame: Option<&str>) -> String {
    let length = duration(largest, Language::En);
    let back = if largest < 0 { " back" } else { "" };
    let place = frame.map_or_else(String::new, |frame| format!(", before packet {frame}"));
    match leaps {
        1 => format!("one, by {length}{back}{place}"),
        _ => format!("{} of a day or more, the largest by {length}{back}{place}", count(leaps, Language::En)),
    }
}

fn ended(ended: &Ended) -> String {
    let byte = |at: u64| count(at, Language::En);
    match ended {
        Ended::Complete => "complete".to_owned(),
        // What was packed may end between two packets.
        Ended::Cut { at, end } if end <= at => format!("cut off at byte {}", byte(*at)),
        Ended::Cut { at, end } => {
            format!("ends at byte {} within the packet that begins at byte {}", byte(*end), byte(*at))
        }
        Ended::Damaged { at, reason } if reason.starts_with(OTHER_VERSION) => {
            format!(
                "written from byte {} on in a version of pcapng that does not exist officially",
                byte(*at)
            )
        }
        Ended::Damaged { at, reason } => {
            let reason = grouped(&escape_terminal(reason, FIELD), Language::En);
            format!("damaged from byte {} on: {reason}", byte(*at))
        }
        Ended::Unreadable { at, reason } => {
            format!("unreadable from byte {} on; message: “{}”", byte(*at), escape_terminal(reason, FIELD))
        }
        Ended::Stopped => "stopped by the user".to_owned(),
    }
}

fn evidence(kind: EvidenceKind) -> &'static str {
    match kind {
        EvidenceKind::Stated => "stated by you",
        EvidenceKind::MacPrefix => "MAC address (maker)",
        EvidenceKind::Agent => "agent",
        EvidenceKind::NameAsked => "name query",
        EvidenceKind::NameGreeted => "server greeted (TLS or HTTP)",
        EvidenceKind::NameOwned => "own name",
        EvidenceKind::Ports => "typical ports",
        EvidenceKind::Registration => "accepts registrations",
        EvidenceKind::Challenge => "asks for credentials",
        EvidenceKind::Registered => "registered at",
    }
}

fn answer(answer: Answer) -> String {
    match answer {
        Answer::Answered => "answered".to_owned(),
        Answer::Rejected(status) => format!("{} ({status})", rejected(status)),
        Answer::Cancelled => "cancelled by the caller".to_owned(),
        Answer::Unanswered => "no answer seen".to_owned(),
        Answer::Open => "end not in the capture".to_owned(),
    }
}

/// Two times that read the same are one.
fn renewed(shortest: &str, longest: &str) -> String {
    if shortest == longest {
        format!("renewed after {shortest}")
    } else {
        format!("renewed after {shortest} to {longest}")
    }
}

fn untold(protocol: &str, both: bool) -> String {
    if both {
        format!("call by {protocol}, number unknown")
    } else {
        format!("{protocol}: one side heard only, number unknown")
    }
}

fn hung_up(side: CallSide) -> &'static str {
    match side {
        CallSide::Caller => "caller hangs up",
        CallSide::Callee => "callee hangs up",
    }
}

/// RFC 3261 section 21, of INVITE.
fn rejected(status: u16) -> &'static str {
    match status {
        404 | 604 => "unknown number",
        status => meaning(status, Language::En),
    }
}

fn unjudged(what: Unjudged) -> &'static str {
    match what {
        Unjudged::NoDevice => {
            "The vendors' port lists: no device was recognised for which AGFEO or pascom documents ports."
        }
        Unjudged::NoVoice => "EF marking and RTP ports: no voice (RTP) was recognised in the capture.",
        Unjudged::OwnOnly => {
            "Ports, EF marking and voice quality: all IP packets of the capture go from a device to itself (to the same address, or \
             from 127.x to 127.x); who speaks to whom on the network they do not show."
        }
        Unjudged::Export => {
            "All other connections: the capture holds SIP and RTP alone, so it is probably filtered. It does not show undocumented \
             and blocked ports, TLS and access from the Internet."
        }
        Unjudged::OneDirection => "Blocked ports and one-way audio: the capture shows one direction only.",
        Unjudged::OneSided => {
            "One-way audio: in at least one call (next to) nothing is heard of one side. Whether it was silent (hold, mute) or took \
             another way (ICE, direct media, VPN), the capture does not show."
        }
        Unjudged::OneSidedIpsec => {
            "One-way audio: in at least one call (next to) nothing is heard of one side, and at the same time an IPsec tunnel (ESP) \
             runs. Whether the other side speaks in it, the capture does not show. Measure where the voice is not inside the \
             tunnel."
        }
        Unjudged::OneSidedTunnel => {
            "One-way audio: in at least one call (next to) nothing is heard of one side, and at the same time a tunnel runs that \
             pbxray cannot look into (OpenVPN, WireGuard, GRE or L2TPv3). Whether the other side speaks in it, the capture does \
             not show. Measure where the voice is not inside the tunnel."
        }
        Unjudged::UnheardCalls => {
            "Calls without voice: of at least one answered call no packet of voice is in the capture, though other RTP is. \
             Whether nobody sends, the voice takes another way than the one that was measured (directly between the \
             telephones, another interface, VPN) or a display filter left it out when the file was saved, the capture does not show."
        }
        Unjudged::NoRule => {
            "EF marking: for at least one device that sends voice there is no vendor's rule. Its DSCP values are listed with the \
             media streams."
        }
        Unjudged::FewPackets => {
            "EF marking: not every device that sends without the mark has enough packets of voice in the capture to be judged."
        }
        Unjudged::FewAtPort => {
            "Ports of voice: at least one device has voice at a port that is not in the vendor's list, but too few packets of it to \
             be judged (2 to 49). Make a call of one minute while capturing."
        }
        Unjudged::NoMarks => {
            "EF marking: no device has enough packets of voice in the capture to be judged, and what is there lacks the mark. Make \
             a call of one minute while capturing."
        }
        Unjudged::Encrypted => "Calls and registrations: the signalling is encrypted.",
        Unjudged::Compressed => {
            "Calls and registrations over WebSocket: the messages are compressed (permessage-deflate) and cannot be read."
        }
        Unjudged::Incomplete => "Packet loss and jitter: the capture is incomplete.",
        Unjudged::Clock => "Jitter and intervals: the time stamps of the capture are wrong (CAP-006).",
        Unjudged::TwoClocks => {
            "Packet loss, voice quality, one-way audio, lengths of calls and repeated requests: the same packets are in the capture by \
             two clocks."
        }
        Unjudged::UnseenAnswers => {
            "Registrations without an answer: at least one device tries in vain (table of registrations). Nothing from the registrar to \
             the device was captured at that time, so whether it answers cannot be seen."
        }
        Unjudged::OverLimit => {
            "What went over the memory limits of pbxray (numbers with the capture): it may hold devices, connections or answers that are \
             missing here. Narrow the capture to telephony or to a shorter time (--filter)."
        }
        Unjudged::Damaged => "Everything from the place on at which reading ended (CAP-011).",
        Unjudged::CutSip => "Registrations, calls, codecs and RTP ports: the SIP messages are cut short.",
    }
}
