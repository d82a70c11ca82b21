//! Takes answers of STUN servers; gives from which address and port they saw their client (RFC 8489 section 2). Knows no
//! call and no SDP.

use std::net::SocketAddr;

use super::few::Few;
use super::flow::End;
use super::message::stun::{self, Class};
use crate::capture::Timestamp;

/// A binding response, RFC 8489 section 6 and RFC 3489 section 11.1.
const BINDING_RESPONSE: [u8; 2] = [0x01, 0x01];

/// As whom one end of a flow was seen by the other one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mapped {
    /// The seen end is `a`; while the flow is tracked, its lower end.
    pub is_a: bool,
    /// Its address and port at the server.
    pub to: SocketAddr,
    /// When that was told first.
    pub at: Timestamp,
}

/// Those that differ, in order.
pub type Mappings = Few<Box<Mapped>, 4>;

/// Whether a datagram may tell it.
pub(super) fn is_told(payload: &[u8]) -> bool {
    payload.starts_with(&BINDING_RESPONSE)
}

/// Notes what `from` answers, if that is such an answer.
pub(super) fn note(known: &mut Mappings, (from, at): (End, Timestamp), payload: &[u8], is_cut: bool) {
    if !is_told(payload) || known.is_full() {
        return;
    }
    let said = stun::read(payload, is_cut).filter(|said| said.class == Class::Success);
    if let Some(to) = said.and_then(|said| said.mapped) {
        let is_a = from == End::High;
        if !known.iter().any(|one| (one.is_a, one.to) == (is_a, to)) {
            known.push(Box::new(Mapped { is_a, to, at }));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{at, socket};
    use super::*;

    /// RFC 3489: no cookie, MAPPED-ADDRESS of 83.36.48.212.
    fn answer(kind: u8, port: u16) -> Vec<u8> {
        let [high, low] = port.to_be_bytes();
        let mut bytes = vec![1, kind, 0, 12];
        bytes.extend([0xc1; 16]);
        bytes.extend([0, 1, 0, 8, 0, 1, high, low, 83, 36, 48, 212]);
        bytes
    }

    #[test]
    fn as_whom_a_server_sees_its_client_is_kept_once() {
        let mut known = Mappings::NONE;
        for (kind, port) in [(1, 14_851), (1, 14_851), (0x11, 9), (1, 14_852)] {
            note(&mut known, (End::High, at(0)), &answer(kind, port), false);
        }
        let told: Vec<SocketAddr> = known.iter().map(|one| one.to).collect();
        assert_eq!(told, [socket("83.36.48.212:14851"), socket("83.36.48.212:14852")], "an error tells none");
        assert!(known.iter().all(|one| one.is_a), "the lower end is the client");
        (0..100).for_each(|port| note(&mut known, (End::Low, at(0)), &answer(1, port), false));
        assert_eq!(known.len(), 4);
    }
}
