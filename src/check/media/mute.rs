//! Takes the case; gives answered calls without voice whose signalling, or what went on their ports, says why.

use super::super::case::{Case, Span};
use super::super::finding::Mute;
use super::{Answered, LEAST_CALL};
use crate::observe::message::App;
use crate::observe::{Answer, Call, CallProtocol};

/// Packets of DTLS of a side that are more than a handshake which just goes on.
const LEAST_KEYS: u64 = 3;

/// Their places, ascending.
pub(in crate::check) fn calls(case: &Case<'_>) -> Vec<(usize, Mute)> {
    let calls = case.traffic.calls.iter().enumerate();
    calls.filter_map(|(id, call)| Some((id, why(case, id, call)?))).collect()
}

fn why(case: &Case<'_>, id: usize, call: &Call) -> Option<Mute> {
    let (_, at) = call.answered.filter(|_| call.answer == Answer::Answered && call.came_about())?;
    let until = call.end.map(|(_, end)| end).or_else(|| case.now())?;
    let has_lasted = at.is_known() && until.since(at) >= LEAST_CALL;
    let is_quiet = case.streams_in(id).next().is_none() && call.also_heard.is_empty();
    if call.protocol != CallProtocol::Sip || !has_lasted || !is_quiet {
        return None;
    }
    if call.declines_audio && !call.offers_nothing && call.fax.is_none() {
        return Some(Mute::Declined);
    }
    (!call.may_be_silent && has_only_keys(case, call)).then_some(Mute::Keys)
}

/// Whether both sides want voice, and on their ports nothing goes but DTLS, again and again.
fn has_only_keys(case: &Case<'_>, call: &Call) -> bool {
    let span: Span = Answered::span_of(call);
    let is_agreed = !call.caller_media.is_empty() && !call.callee_media.is_empty();
    let ends = || call.caller_media.iter().chain(&call.callee_media);
    let mut keys = 0;
    for view in ends().flat_map(|end| case.datagrams_of(*end)) {
        match view.flow.app {
            App::Dtls => keys = keys.max(case.sent_in(&view, span)).max(case.received_in(&view, span)),
            App::Stun | App::Rtcp => {}
            _ => return false,
        }
    }
    is_agreed && keys >= LEAST_KEYS
}
