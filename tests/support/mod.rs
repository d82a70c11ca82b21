//! What the tests share: the program's stages in this process, the collection of captures, and tshark.

#![allow(dead_code, reason = "each test takes what it needs")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper that cannot go on fails the test"
)]

pub(crate) mod captures;
pub(crate) mod schema;
pub(crate) mod site;
pub(crate) mod stages;
pub(crate) mod tshark;
