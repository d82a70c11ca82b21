//! Named captures with what pbxray must and must not say about each. The expectations are data: this crate does
//! not know how they are checked.

pub mod agfeo;
mod cap;
pub mod carried;
mod clean;
mod net;
pub mod pascom;
pub mod points;
mod port;
mod qos;
mod remark;
pub mod row;
mod rtp;
mod sec;
mod sig;

use std::net::IpAddr;

use crate::capture::Capture;
use crate::file::{gzip, pcap, pcapng};
use crate::net::Host;

pub use row::{RowStatus, row_broken, row_ids, row_used};

/// How the sample is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Container {
    /// pcapng with nanoseconds.
    Pcapng,
    /// pcap with microseconds.
    Pcap,
    /// The same in a gzip member.
    PcapGzip,
    /// These bytes, because the file itself is what the sample shows; with this extension.
    File(&'static str, Vec<u8>),
}

/// A capture and what is to be said about it.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Name of the sample without extension.
    pub name: String,
    /// What it shows.
    pub about: String,
    /// The frames.
    pub capture: Capture,
    /// The file around them.
    pub container: Container,
    /// What the user states as `--pbx ADDRESS=MODEL`.
    pub pbx: Vec<(IpAddr, &'static str)>,
    /// What the user states in the site file: role per address.
    pub roles: Vec<(IpAddr, &'static str)>,
    /// VLANs that the user states for voice in the site file.
    pub voice_vlans: Vec<u16>,
    /// Findings that must be raised: code and subject; no subject where the finding has none.
    pub expect: Vec<(&'static str, Option<IpAddr>)>,
    /// Findings that may be raised beside them, because the fault has that second face.
    pub may: Vec<&'static str>,
    /// Findings that must not be raised. Those above notice that stand in neither list must not be either.
    pub never: Vec<&'static str>,
    /// Kinds of what is remarked without a finding, and the first host that it is about; nothing else may be.
    pub remarks: Vec<(&'static str, IpAddr)>,
    /// Calls whose connection the called side closed without an answer.
    pub dropped: usize,
    /// Status of rows in the row matrix, at this device.
    pub rows: Vec<(&'static str, IpAddr, RowStatus)>,
}

impl Scenario {
    /// A scenario that expects nothing above notice.
    #[must_use]
    pub fn new(name: &str, about: &str, capture: Capture) -> Self {
        Self {
            name: name.to_owned(),
            about: about.to_owned(),
            capture,
            container: Container::Pcapng,
            pbx: Vec::new(),
            roles: Vec::new(),
            voice_vlans: Vec::new(),
            expect: Vec::new(),
            may: Vec::new(),
            never: Vec::new(),
            remarks: Vec::new(),
            dropped: 0,
            rows: Vec::new(),
        }
    }

    /// States the PBX and its model.
    #[must_use]
    pub fn pbx(mut self, host: Host, model: &'static str) -> Self {
        self.pbx.push((host.ip, model));
        self
    }

    /// States the role of an address.
    #[must_use]
    pub fn role(mut self, host: Host, role: &'static str) -> Self {
        self.roles.push((host.ip, role));
        self
    }

    /// States the VLANs of voice.
    #[must_use]
    pub fn voice_vlans(mut self, vlans: &[u16]) -> Self {
        self.voice_vlans.extend(vlans);
        self
    }

    /// `code` must be raised about `host`.
    #[must_use]
    pub fn expect(mut self, code: &'static str, host: Host) -> Self {
        self.expect.push((code, Some(host.ip)));
        self
    }

    /// `code`, which is about the capture and no host, must be raised.
    #[must_use]
    pub fn expect_plain(mut self, code: &'static str) -> Self {
        self.expect.push((code, None));
        self
    }

    /// These may be raised too.
    #[must_use]
    pub fn may(mut self, codes: &[&'static str]) -> Self {
        self.may.extend(codes);
        self
    }

    /// These must not be raised.
    #[must_use]
    pub fn never(mut self, codes: &[&'static str]) -> Self {
        self.never.extend(codes);
        self
    }

    /// This must be remarked about `host`.
    #[must_use]
    pub fn remark(mut self, kind: &'static str, host: Host) -> Self {
        self.remarks.push((kind, host.ip));
        self
    }

    /// So many calls are left without an answer by a connection that is closed.
    #[must_use]
    pub fn dropped(mut self, calls: usize) -> Self {
        self.dropped = calls;
        self
    }

    /// The row must have this status at this device.
    #[must_use]
    pub fn row(mut self, id: &'static str, host: Host, status: RowStatus) -> Self {
        self.rows.push((id, host.ip, status));
        self
    }

    /// Stores it so.
    #[must_use]
    pub fn stored(mut self, container: Container) -> Self {
        self.container = container;
        self
    }

    /// The sample as a file.
    #[must_use]
    pub fn file(&self) -> Vec<u8> {
        match &self.container {
            Container::Pcapng => pcapng::write(&self.capture),
            Container::Pcap => pcap::write(&self.capture, &pcap::Options::default()),
            Container::PcapGzip => gzip::store(&pcap::write(&self.capture, &pcap::Options::default())),
            Container::File(_, bytes) => bytes.clone(),
        }
    }

    /// Name of that file.
    #[must_use]
    pub fn file_name(&self) -> String {
        let extension = match self.container {
            Container::Pcapng => "pcapng",
            Container::Pcap => "pcap",
            Container::PcapGzip => "pcap.gz",
            Container::File(extension, _) => extension,
        };
        format!("{}.{extension}", self.name)
    }
}

/// All scenarios but those of single rows, by name within each family.
#[must_use]
pub fn all() -> Vec<Scenario> {
    let families = [
        clean::all,
        carried::all,
        port::all,
        qos::all,
        rtp::all,
        sig::all,
        net::all,
        sec::all,
        cap::all,
        remark::all,
        points::all,
    ];
    families.iter().flat_map(|family| family()).collect()
}

/// The scenario of that name.
#[must_use]
pub fn find(name: &str) -> Option<Scenario> {
    all().into_iter().find(|scenario| scenario.name == name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Scenario, all};

    /// The findings of the first wave, but for PORT-004, which only the row matrix shows.
    const CODES: &str = "PORT-001 PORT-002 PORT-003 PORT-005 PORT-006 PORT-007 PORT-008 PORT-009 QOS-001 QOS-002 QOS-003 QOS-004 QOS-005 \
        QOS-007 QOS-008 QOS-009 QOS-010 RTP-001 RTP-002 RTP-003 RTP-004 RTP-005 RTP-006 RTP-007 RTP-008 RTP-009 RTP-013 RTP-014 SIG-001 SIG-002 SIG-003 SIG-004 SIG-005 \
        SIG-006 SIG-007 SIG-008 SIG-009 NET-001 NET-002 NET-003 NET-004 NET-005 SEC-001 SEC-002 SEC-003 SEC-004 CAP-001 CAP-002 CAP-003 CAP-004 CAP-006 CAP-008 CAP-010 \
        CAP-011";

    #[test]
    fn every_code_has_a_sample_that_raises_it_and_one_that_does_not() {
        let scenarios = all();
        for code in CODES.split_whitespace() {
            let raised = |scenario: &Scenario| scenario.expect.iter().any(|(raised, _)| *raised == code);
            let barred = |scenario: &Scenario| scenario.never.contains(&code);
            assert!(scenarios.iter().any(raised), "nothing raises {code}");
            assert!(scenarios.iter().any(barred), "nothing comes close to {code}");
            assert!(
                !scenarios.iter().any(|scenario| raised(scenario) && barred(scenario)),
                "{code} contradicts"
            );
        }
    }

    #[test]
    fn names_are_unique_and_subjects_occur() {
        let scenarios = all();
        let names: BTreeSet<&str> = scenarios.iter().map(|scenario| scenario.name.as_str()).collect();
        assert_eq!(names.len(), scenarios.len());
        for scenario in &scenarios {
            let stated = scenario.pbx.iter().chain(&scenario.roles).map(|(address, _)| *address);
            for address in scenario.expect.iter().filter_map(|(_, subject)| *subject).chain(stated) {
                let std::net::IpAddr::V4(address) = address else { continue };
                let holds = |frame: &[u8]| frame.windows(4).any(|window| window == address.octets());
                let found = scenario.capture.records.iter().any(|record| holds(&record.data));
                assert!(found, "{}: {address}", scenario.name);
            }
        }
    }
}
