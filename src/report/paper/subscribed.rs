//! Whose subscriptions were refused.

use super::{Maker, Part, shown};
use crate::report::text::Unsubscribed;

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
