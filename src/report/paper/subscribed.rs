//! Whose subscriptions were refused, and who tries in vain to reach its SIP server over TCP.

use super::{Maker, Part, shown, socket};
use crate::report::text::{Unsubscribed, refused_over_tcp};

/// A sentence for each client and server.
pub(super) fn refused(maker: &Maker<'_>) -> impl Iterator<Item = Part> {
    maker.document.refused_subscriptions.iter().map(|row| {
        let refused: Vec<(u16, u64)> = row.refused.iter().map(|one| (one.status, one.count)).collect();
        let packages: Vec<(String, u64)> =
            row.packages.iter().map(|one| (shown(&one.name), one.count)).collect();
        let relay = row.relay.as_deref().map(shown);
        let told = Unsubscribed {
            client: &shown(&row.client),
            server: &shown(&row.server),
            relay: relay.as_deref(),
            refused: &refused,
            packages: &packages,
            accepted: row.accepted,
        };
        Part::Text(told.sentences(maker.language))
    })
}

/// Who tries SIP over TCP in vain.
pub(super) fn over_tcp(maker: &Maker<'_>) -> impl Iterator<Item = Part> {
    maker.document.refused_over_tcp.iter().map(|way| {
        let waited = (way.waited_ms * 1e6).round() as i64;
        let (client, server) = (shown(&way.client), socket(&way.server));
        Part::Text(refused_over_tcp(&client, &server, way.attempts, waited, maker.language))
    })
}
