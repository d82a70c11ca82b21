//! Takes REGISTER and its answers; says what they ask for and grant (RFC 3261 section 10).

use super::message::sip::{Contact, SipMessage};

/// What a URI means that names no port, RFC 3261 section 19.1.2.
const SIP_PORT: u16 = 5060;

/// Its number; 0 where it has none.
pub(super) fn number(message: &SipMessage) -> u32 {
    message.cseq.as_ref().map_or(0, |cseq| cseq.number)
}

/// Whether only the nonce was too old. Some registrars say so in the reason phrase alone: `401 nonce has changed`.
pub(super) fn is_stale(message: &SipMessage) -> bool {
    let reason = message.reason().unwrap_or_default();
    message.is_stale_challenge || reason.to_ascii_lowercase().contains("nonce")
}

/// Whether all bindings that the request names are to be removed, RFC 3261 section 10.2.2. A client whose address has
/// changed removes the old one and adds the new one in one request.
pub(super) fn signs_off(message: &SipMessage) -> bool {
    let is_nought = |expires: Option<u32>| expires.or(message.expires) == Some(0);
    match message.contacts.as_slice() {
        [] => message.expires == Some(0),
        contacts => contacts.iter().all(|contact| is_nought(contact.expires)),
    }
}

/// Seconds that a REGISTER asks for, RFC 3261 section 10.2.1.1.
pub(super) fn asked_for(message: &SipMessage) -> Option<u32> {
    let contacts = &message.contacts;
    let added = contacts.iter().find(|contact| contact.expires != Some(0));
    added.or(contacts.first()).and_then(|contact| contact.expires).or(message.expires)
}

/// Seconds that its answer grants, which lists the bindings of other clients as well; `own` is the one that was asked for.
/// A registrar may write it in another way, and only where it lists a single one that one is meant whatever it says.
pub(super) fn granted(message: &SipMessage, own: Option<&Contact>) -> Option<u32> {
    let contacts = &message.contacts;
    let is_same = |contact: &&Contact| own.is_some_and(|own| contact.uri == own.uri);
    let place = |contact: &Contact| contact.host().map(|(host, port)| (host, port.unwrap_or(SIP_PORT)));
    let own_place = own.and_then(place);
    let is_there = |contact: &&Contact| own_place.is_some() && place(contact) == own_place;
    let found = contacts.iter().find(is_same).or_else(|| contacts.iter().find(is_there));
    match contacts.as_slice() {
        [] => message.expires,
        [only] => only.expires.or(message.expires),
        _ => found.and_then(|contact| contact.expires.or(message.expires)),
    }
}
