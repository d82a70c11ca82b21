//! What reading the start of a TCP direction can give while the direction still grows.

/// Outcome of reading a growing prefix. Call again with more bytes while it is [`Reading::Partial`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading<T> {
    /// Not this protocol: no further byte can change that.
    Foreign,
    /// Nothing contradicts the protocol so far; with what can be read already.
    Partial(Option<T>),
    /// Further bytes would add nothing.
    Whole(T),
}

impl<T> Reading<T> {
    /// What was read, whole or not: the last word on a direction that ended, was cut or grew too long.
    #[must_use]
    pub fn known(self) -> Option<T> {
        match self {
            Self::Foreign => None,
            Self::Partial(known) => known,
            Self::Whole(whole) => Some(whole),
        }
    }
}
