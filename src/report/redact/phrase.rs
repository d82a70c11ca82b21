//! Words that a packet brings for people: reason phrases of SIP (RFC 3261 section 7.2) and the text of Reason headers (RFC
//! 3326). Whoever sets up a server writes what he likes there, names and numbers too.

use super::HIDDEN;
use crate::check::{Audit, Detail};
use crate::report::json::document::Document;
use crate::report::text::is_standard_phrase;

/// Those of a report that are hidden.
pub(super) fn uncommon(document: &Document) -> impl Iterator<Item = &str> {
    let of_calls = document.calls.iter().flat_map(|call| {
        [call.reason.as_deref(), call.cause.as_ref().and_then(|cause| cause.text.as_deref())]
    });
    let of_messages =
        document.calls.iter().flat_map(|call| &call.messages).map(|message| message.reason.as_deref());
    let of_registrations =
        document.registrations.iter().flat_map(|row| [row.reason.as_deref(), row.refused_reason.as_deref()]);
    of_calls.chain(of_messages).chain(of_registrations).flatten().filter(|phrase| !is_standard_phrase(phrase))
}

pub(super) fn hide_in(document: &mut Document) {
    let of_calls = document.calls.iter_mut().flat_map(|call| {
        let text = call.cause.as_mut().and_then(|cause| cause.text.as_mut());
        let of_messages = call.messages.iter_mut().map(|message| message.reason.as_mut());
        [call.reason.as_mut(), text].into_iter().chain(of_messages)
    });
    let of_registrations =
        document.registrations.iter_mut().flat_map(|row| [row.reason.as_mut(), row.refused_reason.as_mut()]);
    for phrase in of_calls.chain(of_registrations).flatten() {
        if !is_standard_phrase(phrase) {
            HIDDEN.clone_into(phrase);
        }
    }
}

pub(super) fn hide_in_audit(audit: &mut Audit) {
    let hide = |phrase: &mut Box<str>| {
        if !is_standard_phrase(phrase) {
            *phrase = HIDDEN.into();
        }
    };
    for call in &mut audit.traffic.calls {
        call.reason.iter_mut().for_each(hide);
        call.ladder.phrases_mut().for_each(hide);
        if let Some(text) = call.cause.as_mut().map(|cause| &mut cause.text) {
            *text = text.take().filter(|text| is_standard_phrase(text.as_str()));
        }
    }
    for row in &mut audit.traffic.registrations {
        row.reason.iter_mut().for_each(hide);
        row.refused.iter_mut().for_each(|refused| hide(&mut refused.reason));
    }
    let accepted = audit.accepted.iter_mut().map(|one| &mut one.finding);
    for finding in audit.findings.iter_mut().chain(accepted) {
        match &mut finding.detail {
            Detail::Sig001 { rejection, .. } | Detail::Sig005 { rejection, .. } => {
                hide(&mut rejection.reason)
            }
            _ => {}
        }
    }
}
