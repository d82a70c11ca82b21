//! Takes what TLS connections say before they are encrypted, in capture order; gives those that failed, and the validity
//! of certificates (RFC 8446 section 6, RFC 5246 section 7.4.2), by client and server.

use std::net::{IpAddr, SocketAddr};

use crate::capture::{Frame, Timestamp};

use super::content::TlsSaid;
use super::shares::Shares;

const ROWS_KEPT: usize = 16_384;
const FRAMES_KEPT: usize = 5;
/// Alternative names kept of a certificate.
const NAMES_KEPT: usize = 4;
const SECOND: i64 = 1_000_000_000;

/// What became of the TLS connections from one client to one server, as far as it can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handshakes {
    /// Who called.
    pub client: IpAddr,
    /// Who was called.
    pub server: SocketAddr,
    /// Connections that an alert ended, with none behind them that was encrypted.
    pub failed: Option<Failed>,
    /// The first certificate of the server; TLS 1.3 shows none.
    pub certificate: Option<Seen>,
    /// The latest one, if it is another.
    pub renewed: Option<Seen>,
}

/// Connections that an alert ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed {
    /// How many.
    pub count: u64,
    /// What the last alert says, RFC 8446 section 6.2.
    pub description: u8,
    /// The client sent it.
    pub by_client: bool,
    /// The client was asked for a certificate before, and had none.
    pub lacks_certificate: bool,
    /// The first few frames with an alert.
    pub frames: Vec<Frame>,
    /// First and last.
    pub span: (Timestamp, Timestamp),
}

/// A certificate with where it was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Common name of its subject.
    pub name: Option<Box<str>>,
    /// Who issued it: common name, else organization.
    pub issuer: Option<Box<str>>,
    /// Its holder issued it.
    pub is_self_issued: bool,
    /// The first few alternative names of its holder.
    pub dns_names: Vec<Box<str>>,
    /// Begin of its validity.
    pub not_before: Option<Timestamp>,
    /// End of its validity.
    pub not_after: Option<Timestamp>,
    /// The frame that completed it.
    pub frame: Frame,
    /// Its time.
    pub time: Timestamp,
}

/// TLS connections while the capture runs.
#[derive(Clone, Debug)]
pub(super) struct HandshakeBook {
    /// Of each client by server.
    rows: Shares<SocketAddr, Handshakes>,
    /// Words that a cap left out.
    pub(super) over_cap: u64,
}

impl Default for HandshakeBook {
    fn default() -> Self {
        Self { rows: Shares::of(ROWS_KEPT), over_cap: 0 }
    }
}

impl HandshakeBook {
    /// Reads what `from` said to `to`.
    pub(super) fn push(
        &mut self,
        frame: Frame,
        time: Timestamp,
        from: SocketAddr,
        to: SocketAddr,
        said: TlsSaid,
    ) {
        let (client, server) = if said.is_client { (from.ip(), to) } else { (to.ip(), from) };
        let fault = said.alert.filter(|alert| alert.is_fault());
        if self.rows.get_mut(client, &server).is_none() {
            if fault.is_none() && said.certificate.is_none() {
                return;
            }
            let new = Handshakes { client, server, failed: None, certificate: None, renewed: None };
            if self.rows.insert(client, server, new).is_none() {
                self.over_cap += 1;
                return;
            }
        }
        let Some(row) = self.rows.get_mut(client, &server) else { return };
        if let Some(certificate) = said.certificate {
            let seen = Seen {
                name: certificate.common_name.map(|name| name.as_str().into()),
                issuer: certificate.issuer.map(|name| name.as_str().into()),
                is_self_issued: certificate.is_self_issued,
                dns_names: certificate
                    .dns_names
                    .iter()
                    .take(NAMES_KEPT)
                    .map(|name| name.as_str().into())
                    .collect(),
                not_before: certificate.not_before.map(at_second),
                not_after: certificate.not_after.map(at_second),
                frame,
                time,
            };
            match &row.certificate {
                None => row.certificate = Some(seen),
                Some(first) if (&first.name, first.not_after) == (&seen.name, seen.not_after) => {
                    row.renewed = None;
                }
                Some(_) => row.renewed = Some(seen),
            }
        }
        if let Some(alert) = fault {
            let failed = row.failed.get_or_insert(Failed {
                count: 0,
                description: alert.description,
                by_client: said.is_client,
                lacks_certificate: false,
                frames: Vec::new(),
                span: (time, time),
            });
            failed.count += 1;
            failed.description = alert.description;
            failed.by_client = said.is_client;
            failed.lacks_certificate = said.lacks_certificate;
            failed.span.1 = time;
            if failed.frames.len() < FRAMES_KEPT {
                failed.frames.push(frame);
            }
        } else if said.is_complete {
            // Another version or another try was accepted: nothing is wrong any more.
            row.failed = None;
        }
    }

    pub(super) fn finish(self) -> Vec<Handshakes> {
        self.rows.into_rows().map(|(_, _, row)| row).collect()
    }
}

/// Seconds since the Unix epoch.
fn at_second(seconds: i64) -> Timestamp {
    Timestamp(seconds.saturating_mul(SECOND))
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::super::fixture::{at, frame, socket};
    use super::super::message::tls::{Alert, Certificate};
    use super::*;

    const CLIENT: &str = "192.168.10.21:40000";
    const SERVER: &str = "192.168.10.2:443";

    fn said(is_client: bool, alert: Option<(u8, u8)>) -> TlsSaid {
        let alert = alert.map(|(level, description)| Alert { level, description });
        TlsSaid {
            is_client,
            alert,
            certificate: None,
            is_complete: alert.is_none(),
            lacks_certificate: false,
        }
    }

    fn rows(words: Vec<TlsSaid>) -> Vec<Handshakes> {
        let mut book = HandshakeBook::default();
        for (nth, said) in (1_u64..).zip(words) {
            let (from, to) = if said.is_client { (CLIENT, SERVER) } else { (SERVER, CLIENT) };
            book.push(frame(nth), at(nth as i64), socket(from), socket(to), said);
        }
        book.finish()
    }

    #[test]
    fn alerts_of_either_side_are_counted_with_their_frames() {
        let rows = rows(vec![said(false, Some((2, 40))), said(true, Some((2, 48)))]);
        let [row] = rows.as_slice() else { panic!("{rows:?}") };
        assert_eq!((row.client, row.server), (socket(CLIENT).ip(), socket(SERVER)));
        let failed = row.failed.as_ref().unwrap();
        assert_eq!((failed.count, failed.description, failed.by_client), (2, 48, true));
        assert_eq!(failed.frames, [1, 2].map(frame));
        assert_eq!(failed.span, (at(1), at(2)));
    }

    #[test]
    fn a_later_success_puts_it_right_and_closing_is_no_fault() {
        let mended = rows(vec![said(false, Some((2, 70))), said(true, None)]);
        assert_eq!(mended[0].failed, None);
        for harmless in [(1, 0), (2, 0), (2, 90), (1, 112)] {
            assert!(rows(vec![said(false, Some(harmless))]).is_empty(), "{harmless:?}");
        }
    }

    #[test]
    fn the_first_certificate_is_kept_and_the_latest() {
        let shown = |end| TlsSaid {
            certificate: Some(Certificate { not_after: Some(end), ..Certificate::default() }),
            ..said(false, None)
        };
        assert_eq!(rows(vec![shown(1), shown(2), shown(1)])[0].renewed, None, "the old one is back");
        let rows = rows(vec![shown(1), shown(2)]);
        let seen = rows[0].certificate.as_ref().unwrap();
        assert_eq!((seen.not_after, seen.frame), (Some(Timestamp(SECOND)), frame(1)));
        assert_eq!(
            rows[0].renewed.as_ref().map(|seen| seen.frame),
            Some(frame(2)),
            "and the latest other one"
        );
    }

    #[test]
    fn servers_beyond_the_cap_are_counted() {
        let mut book = HandshakeBook::default();
        // So many of each that none of them has to give up some for the others.
        for nth in 0..ROWS_KEPT as u32 + 3 {
            let client = SocketAddr::new(Ipv4Addr::from(0x0a00_0000 + nth / 32).into(), 40_000);
            let server = SocketAddr::new(socket(SERVER).ip(), (nth % 32) as u16);
            book.push(frame(1), at(1), server, client, said(false, Some((2, 40))));
        }
        assert_eq!((book.over_cap, book.finish().len()), (3, ROWS_KEPT));
    }
}
