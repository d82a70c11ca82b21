//! Makes the sample captures of pbxray, in memory and as files. The modules stand from the wire upwards:
//!
//! ```text
//! frame ──► talk ──► net ──► scenario ──► file
//!  bytes    messages  hosts, calls  captures with expectations  pcap, pcapng
//! ```
//!
//! [`wrap`] puts the frames of a finished capture into other link layers and tunnels. Nothing here knows
//! pbxray, and everything is deterministic: the same scenario gives the same bytes on every machine.

pub mod capture;
pub mod file;
pub mod frame;
pub mod net;
pub mod samples;
pub mod scenario;
pub mod talk;
pub mod wrap;
