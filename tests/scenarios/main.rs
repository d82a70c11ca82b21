//! Every scenario of the generator against what must and must not be said about it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper that cannot go on fails the test")]

#[path = "../support/mod.rs"]
mod support;

mod asip;
mod complaints;
mod exclusions;
mod inferred;
mod roles;
mod rows;
mod samples;
mod stated;
mod traps;
