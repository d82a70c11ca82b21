//! Every scenario of the generator against what must and must not be said about it.

// What a helper cannot do fails the test that called it.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../support/mod.rs"]
mod support;

mod complaints;
mod rows;
mod samples;
mod traps;
