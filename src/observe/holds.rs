//! Takes the offers of a call and their answers; gives when it was put on hold.

use std::net::IpAddr;

use crate::capture::Timestamp;

use super::call::{CallSide, Hold};
use super::dialogs::Heard;
use super::message::sdp::{Direction, Sdp};
use super::message::sip::{Method, SipMessage};

/// The holds of a call while the capture runs.
#[derive(Clone, Debug, Default)]
pub(super) struct Holds {
    pub(super) first: Option<Hold>,
    /// Who holds it now.
    holding: Option<CallSide>,
    /// The latest offer, as long as nobody has answered.
    offer: Option<Offer>,
}

#[derive(Clone, Copy, Debug)]
struct Offer {
    /// Whether the caller makes it, and its number.
    transaction: (bool, u32),
    side: CallSide,
    at: Timestamp,
    is_hold: bool,
}

impl Holds {
    /// A request that describes the session. `names_caller`: From is the caller's.
    pub(super) fn offer(&mut self, heard: &Heard, names_caller: bool, side: CallSide, sdp: &Sdp) {
        let Some(is_hold) = is_hold(sdp) else { return };
        let transaction = (names_caller, number(&heard.message));
        // Proxies send it on.
        if self.offer.is_none_or(|known| known.transaction != transaction) {
            self.offer = Some(Offer { transaction, side, at: heard.time, is_hold });
        }
    }

    /// Any message: an offer holds where it is answered with 2xx.
    pub(super) fn hear(&mut self, heard: &Heard, names_caller: bool) {
        let message = &heard.message;
        let is_answer = matches!(message.method(), Some(Method::Invite | Method::Update));
        let Some(status) = message.status().filter(|status| is_answer && *status >= 200) else { return };
        let transaction = (names_caller, number(message));
        let Some(offer) = self.offer.take_if(|offer| offer.transaction == transaction) else { return };
        if status < 300 {
            self.agree(offer);
        }
    }

    fn agree(&mut self, offer: Offer) {
        match (offer.is_hold, self.holding) {
            (true, None) => {
                self.holding = Some(offer.side);
                let new = Hold { side: offer.side, from: offer.at, until: None, times: 0 };
                let first = self.first.get_or_insert(new);
                first.times = first.times.saturating_add(1);
            }
            (false, Some(side)) if side == offer.side => {
                self.holding = None;
                if let Some(first) = &mut self.first {
                    first.until.get_or_insert(offer.at);
                }
            }
            _ => {}
        }
    }
}

/// Whether its sender wants to hear nothing; `None` without audio.
fn is_hold(sdp: &Sdp) -> Option<bool> {
    let audio = sdp.media.iter().find(|media| media.kind.as_str() == "audio" && media.port != 0)?;
    let host = audio.connection.as_ref().or(sdp.connection.as_ref()).and_then(|host| host.ip());
    // As RFC 2543 had it.
    let is_nowhere = host.is_some_and(|address: IpAddr| address.is_unspecified());
    Some(is_nowhere || matches!(audio.direction, Direction::SendOnly | Direction::Inactive))
}

fn number(message: &SipMessage) -> u32 {
    message.cseq.as_ref().map_or(0, |cseq| cseq.number)
}
