//! Takes session descriptions and RTCP; gives the even ports that RTCP came from, and the ports of which SDP says where their
//! RTCP goes: without a word of it, RTP has the even port of a pair and RTCP the odd one above (RFC 3550 section 11). Which of
//! that is a fault is not known here.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use super::message::sdp::Sdp;
use crate::capture::{Frame, Timestamp};

/// Ports of either kind that are kept.
const PORTS_KEPT: usize = 8_192;
const HOSTS_KEPT: usize = 1_024;
const FRAMES_KEPT: usize = 5;

/// Which ports have RTCP where nobody looks for it.
#[derive(Clone, Debug, Default)]
pub struct RtcpPorts {
    /// Of RTP with `a=rtcp` or `a=rtcp-mux`, and what `a=rtcp` names.
    told: BTreeSet<SocketAddr>,
    /// Hosts of which more were told than there is room for, so that nothing is known of their ports.
    beyond: BTreeSet<IpAddr>,
    /// And of more hosts than there is room for.
    is_full: bool,
    even: BTreeMap<SocketAddr, EvenRtcp>,
    /// What there was no room for.
    pub(crate) over_cap: u64,
}

/// RTCP from an even port.
#[derive(Clone, Debug)]
pub struct EvenRtcp {
    /// Where the first of it went.
    pub to: SocketAddr,
    /// How much of it.
    pub packets: u64,
    /// The first few that went there.
    pub frames: Vec<Frame>,
    /// Time of the first and the last.
    pub span: (Timestamp, Timestamp),
}

impl RtcpPorts {
    /// Takes what a message describes.
    pub(crate) fn hear(&mut self, sdp: &Sdp) {
        for media in sdp.media.iter().filter(|media| media.port != 0) {
            if media.rtcp_port.is_none() && !media.has_rtcp_mux {
                continue;
            }
            let Some(host) = media.connection.as_ref().or(sdp.connection.as_ref()) else { continue };
            let own = host.ip().map(|address| SocketAddr::new(address, media.port));
            let rtcp = media.rtcp_port.and_then(|port| {
                let address = media.rtcp_address.as_ref().unwrap_or(host).ip()?;
                Some(SocketAddr::new(address, port))
            });
            let candidates = media.candidates.iter();
            let candidates = candidates.filter_map(|(host, port)| Some(SocketAddr::new(host.ip()?, *port)));
            for socket in own.into_iter().chain(rtcp).chain(candidates) {
                if self.told.len() < PORTS_KEPT {
                    self.told.insert(socket);
                } else if !self.told.contains(&socket) {
                    self.over_cap += 1;
                    self.is_full |= self.beyond.len() >= HOSTS_KEPT && !self.beyond.contains(&socket.ip());
                    if !self.is_full {
                        self.beyond.insert(socket.ip());
                    }
                }
            }
        }
    }

    /// Takes a packet of RTCP.
    pub(crate) fn note(&mut self, from: SocketAddr, to: SocketAddr, (frame, time): (Frame, Timestamp)) {
        if !from.port().is_multiple_of(2) {
            return;
        }
        if self.even.len() >= PORTS_KEPT && !self.even.contains_key(&from) {
            self.over_cap += 1;
            return;
        }
        let new = || EvenRtcp { to, packets: 0, frames: Vec::new(), span: (time, time) };
        let known = self.even.entry(from).or_insert_with(new);
        known.packets += 1;
        known.span = (known.span.0.min(time), known.span.1.max(time));
        if known.to == to && known.frames.len() < FRAMES_KEPT {
            known.frames.push(frame);
        }
    }

    /// Whether SDP says of this port of RTP where its RTCP goes, or that RTCP goes to this port. Also where so many are told
    /// that it is not known.
    #[must_use]
    pub fn is_told(&self, socket: SocketAddr) -> bool {
        self.is_full || self.beyond.contains(&socket.ip()) || self.told.contains(&socket)
    }

    /// Even ports from which RTCP came, ordered, though no SDP says so.
    pub fn even(&self) -> impl Iterator<Item = (SocketAddr, &EvenRtcp)> {
        self.even.iter().map(|(from, seen)| (*from, seen)).filter(|(from, _)| !self.is_told(*from))
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{at, frame, socket};
    use super::super::message::sdp;
    use super::*;

    fn untold(described: &[&str], sources: &[&str]) -> Vec<u16> {
        let mut ports = RtcpPorts::default();
        for lines in described {
            let text = format!("v=0\r\nc=IN IP4 192.168.10.21\r\n{lines}");
            ports.hear(&sdp::read(text.as_bytes()));
        }
        let to = socket("192.168.10.2:5205");
        (1..).zip(sources).for_each(|(nth, from)| ports.note(socket(from), to, (frame(nth), at(0))));
        ports.even().map(|(from, _)| from.port()).collect()
    }

    #[test]
    fn rtcp_from_an_even_port_is_kept_unless_sdp_says_so() {
        let plain = "m=audio 10000 RTP/AVP 8\r\n";
        let from = |port: u16| format!("192.168.10.21:{port}");
        let (even, odd, own) = (from(10_004), from(10_001), from(10_000));
        assert_eq!(untold(&[plain], &[&even, &odd, &even]), [10_004]);
        let named = format!("{plain}a=rtcp:10004\r\n");
        assert!(untold(&[&named], &[&even]).is_empty(), "RFC 3605");
        let elsewhere = format!("{plain}a=rtcp:10004 IN IP4 192.168.10.99\r\n");
        assert_eq!(untold(&[&elsewhere], &[&even]), [10_004], "at another address");
        assert_eq!(untold(&[plain], &[&own]), [10_000]);
        let shared = format!("{plain}a=rtcp-mux\r\n");
        assert!(untold(&[&shared], &[&own]).is_empty(), "RFC 5761");
        let refused = "m=audio 0 RTP/AVP 8\r\na=rtcp:10004\r\n";
        assert_eq!(untold(&[refused], &[&even]), [10_004]);
    }

    #[test]
    fn of_a_host_with_too_many_ports_nothing_is_known_nor_of_any_of_too_many_hosts() {
        let host = |nth: usize| format!("10.0.{}.{}", nth / 200, nth % 200 + 1);
        let told = |hosts: usize| {
            let mut ports = RtcpPorts::default();
            for nth in 0..hosts {
                let text =
                    format!("v=0\r\nc=IN IP4 {}\r\nm=audio 10000 RTP/AVP 8\r\na=rtcp-mux\r\n", host(nth));
                ports.hear(&sdp::read(text.as_bytes()));
            }
            let last = socket(&format!("{}:40000", host(hosts - 1)));
            (ports.is_told(last), ports.is_told(socket("192.0.2.1:10000")), ports.over_cap)
        };
        assert_eq!(told(PORTS_KEPT), (false, false, 0));
        assert_eq!(told(PORTS_KEPT + 1), (true, false, 1), "of that host alone");
        assert_eq!(told(PORTS_KEPT + HOSTS_KEPT), (true, false, 1_024));
        assert_eq!(told(PORTS_KEPT + HOSTS_KEPT + 1), (true, true, 1_025));
    }
}
