//! Why SIP turned something away, as findings tell it.

use crate::observe::{Break, Offered};

/// An answer that turned a request away for good (RFC 3261 section 21).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// Status code.
    pub status: u16,
    /// Reason phrase of the answer; hostile, may be empty.
    pub reason: Box<str>,
    /// The request brought credentials: only then a password can be wrong.
    pub with_credentials: bool,
    /// Whoever turned it away is a provider or stands outside the LAN.
    pub outside: bool,
    /// What the latest of the calls offered that were refused for their offer.
    pub offered: Option<Box<Offered>>,
}

/// Words by which a server says itself that it is about credentials or the SIP domain.
const OF_CREDENTIALS: [&str; 7] =
    ["password", "passwort", "kennwort", "credential", "wrong domain", "unknown domain", "invalid domain"];

impl Rejection {
    /// Whether the words of the answer say that the credentials or the domain are wrong.
    #[must_use]
    pub fn names_credentials(&self) -> bool {
        names_credentials(&self.reason)
    }
}

/// The same of a reason phrase.
pub(super) fn names_credentials(reason: &str) -> bool {
    let reason = reason.to_lowercase();
    OF_CREDENTIALS.iter().any(|word| reason.contains(word))
}

/// What a call shows about why it was turned away, beside the status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Circumstance {
    /// Its offer (RFC 3264) names no medium that could be used.
    NoMediaOffered,
    /// The caller had no registration there yet; it came later.
    NotRegistered,
    /// The body of the INVITE is shorter than its Content-Length says (RFC 3261 section 18.3).
    ShortBody,
    /// The registration of whom it was meant for had run out, since his device renews it later than that.
    Lapsed,
    /// The Reason of the refusal says that no channel was free (Q.850, 34).
    NoChannel,
    /// Whoever refused could not resolve the name of the domain, as the words of the answer say (RFC 3263).
    NameUnresolved,
    /// It says so, but serves the domain itself, as others registered for it there; the called number did not.
    TargetUnknown,
    /// The words of the refusal blame the credentials, although the same account had registered there with credentials
    /// before.
    AccountAccepted(Unlike),
    /// It came from a provider, for a number that the own system does not know.
    FromLine,
    /// It was answered, and the caller never acknowledged (RFC 3261 section 13.3.1.4). `over_tcp`: the answer went over TCP, so
    /// that it was not lost on the way. `spoken`: for how long (ns) at most both sides spoke all the same, in each call, and whether
    /// it was always the called one that hung up.
    Unacknowledged { over_tcp: bool, spoken: Option<(i64, bool)> },
    /// It stood, and came down: how it was in the latest of these calls.
    Broken(Break),
    /// All that lasted longest were ended after the same time.
    SameLength(SameLength),
}

/// In what calls of an account that is accepted differ from those that were let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unlike {
    /// At least so long (ns) after the first INVITE the credentials came, later than in any call that was let through.
    pub late: Option<i64>,
    /// Calls of the account to other numbers were let through, and none to these.
    pub elsewhere: bool,
}

/// That calls were ended after the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SameLength {
    /// The longest of them, in ns.
    pub length: i64,
    /// By how much (ns) they differ.
    pub spread: i64,
    /// Session-Expires (s) of all of them, where that explains the length.
    pub session: Option<i64>,
}
