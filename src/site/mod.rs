//! Takes what was observed and what identifies a product; gives who is PBX, telephone, provider or cloud, with the
//! evidence for it. Never reads a rule book: its facts arrive as the values declared here.

mod device;
#[cfg(test)]
mod fixture;
mod former;
mod hints;
mod identify;
mod identity;
mod pattern;
mod ports;
mod spoken;
mod stated;
mod untold;
mod value;

pub use device::{
    Confidence, Contradiction, Device, Evidence, EvidenceKind, ExceptionUse, Former, Scope, Site,
};
pub use hints::{Exception, HostHint, PortChange, ProviderHint, SiteFile, Vocabulary};
pub use identify::{LIKELY, Lore, SURE, identify, media_ports, smallest_model};
pub(crate) use identity::longest;
pub use identity::{AgentSide, Fingerprint, Identity, PortPrint};
pub use pattern::{Glob, MacPrefix, PatternError};
pub use ports::{PortSet, Ports, PortsError};
pub use stated::{Hints, Stated};
pub use untold::add_untold_calls;
pub use value::{
    AppName, Initiator, Kind, Model, ModelId, PeerScope, Role, RoleId, RowId, Text, TransportSpec,
};
