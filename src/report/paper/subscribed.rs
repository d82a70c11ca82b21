//! Whose subscriptions were refused.

use super::{Maker, Part, shown};
use crate::report::text::unsubscribed;

/// A sentence for each client and server.
pub(super) fn refused(maker: &Maker<'_>) -> impl Iterator<Item = Part> {
    maker.document.refused_subscriptions.iter().map(|row| {
        let refused: Vec<(u16, u64)> = row.refused.iter().map(|one| (one.status, one.count)).collect();
        let (client, server) = (shown(&row.client), shown(&row.server));
        Part::Text(unsubscribed(&client, &server, &refused, row.accepted, maker.language))
    })
}
