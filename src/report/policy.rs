//! Takes what switches tell telephones of the voice VLAN and its marks (LLDP-MED, CDP), gives the fields of a row.

use super::json::document::VoicePolicy;
use super::json::network::VOICE;
use super::number::NO_VALUE;
use super::text::{EXPEDITED_FORWARDING, PaperWords, dscp_name};

/// Heads of the fields.
pub(super) fn heads(words: &PaperWords) -> [&'static str; 6] {
    [words.sender, words.sender_port, words.application, "VLAN", "802.1p", "DSCP"]
}

/// Sender, its port, application, VLAN, 802.1p, DSCP. `host`: the sender's address, where known.
pub(super) fn fields(policy: &VoicePolicy, host: Option<&str>, words: &PaperWords) -> [String; 6] {
    let number = |value: Option<u8>| value.map_or_else(|| NO_VALUE.to_owned(), |value| value.to_string());
    let sender = match policy.system.as_deref().or(host) {
        Some(name) => format!("{name} ({})", policy.sender),
        None => policy.sender.clone(),
    };
    let sender = if policy.by_endpoint { format!("{} {sender}", words.telephone_says) } else { sender };
    [
        sender,
        policy.port.clone().unwrap_or_else(|| NO_VALUE.to_owned()),
        (words.med_application)(policy.application).to_owned(),
        policy.vlan.map_or_else(|| words.untagged.to_owned(), |vlan| vlan.to_string()),
        number(policy.pcp),
        policy.dscp.map_or_else(|| NO_VALUE.to_owned(), dscp_name),
    ]
}

/// Whether it asks for what voice is to have.
pub(super) fn is_right(policy: &VoicePolicy) -> bool {
    policy.application != VOICE || policy.dscp.is_none_or(|dscp| dscp == EXPEDITED_FORWARDING)
}
