//! pbxray looks through a packet capture and says whether a telephone installation behaves as its vendor
//! documents it. The modules stand in the order in which a capture passes through them:
//!
//! ```text
//! capture ──► decode ──► observe ──► site ──► rules + check ──► audit ──► report
//!  records     Packet     Traffic     Site      Rulebook, Findings         bytes
//! ```
//!
//! Each stage knows the value types of the stages before it and none after it.

pub mod config;

pub mod capture;
pub mod decode;
pub mod observe;
pub mod site;
pub mod rules;
pub mod check;
pub mod compare;
pub mod report;
pub mod screen;

pub mod annotate;
pub mod confine;
pub mod pipeline;
pub mod cli;
