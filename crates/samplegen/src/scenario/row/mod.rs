//! One small capture per row of the vendors' port lists: the device uses the row, or the row is broken for it.

mod cast;
mod play;
mod table;

use super::Scenario;
use crate::net::{Host, MS, Net, SECOND};
use cast::Who;
use table::{Fault, Row, TABLE, Talk};

/// Status of a row in the row matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowStatus {
    /// Seen as documented.
    Used,
    /// Not seen.
    Unused,
    /// Tried without success.
    Blocked,
    /// Seen with another port.
    Deviating,
}

impl RowStatus {
    /// The word that stands in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Used => "used",
            Self::Unused => "unused",
            Self::Blocked => "blocked",
            Self::Deviating => "deviating",
        }
    }
}

/// Ids of all rows, A01 to A76 and P01 to P26.
#[must_use]
pub fn row_ids() -> Vec<&'static str> {
    TABLE.iter().map(|row| row.id).collect()
}

/// The device uses the row as documented. `None` for an unknown id.
#[must_use]
pub fn row_used(id: &str) -> Option<Scenario> {
    let row = TABLE.iter().find(|row| row.id == id)?;
    let mut net = opening(row);
    play::used(&mut net, row, SECOND);
    let about = format!("Row {id} as documented.");
    let scenario = cast_of(row, Scenario::new(&format!("row-{id}-used"), &about, net.capture()));
    Some(
        scenario
            .row(row.id, row.whose().host(), RowStatus::Used)
            .never(&["PORT-001", "PORT-002", "PORT-003", "PORT-005"]),
    )
}

/// The row is blocked, or the device uses another port. `None` for an unknown id.
#[must_use]
pub fn row_broken(id: &str) -> Option<Scenario> {
    let row = TABLE.iter().find(|row| row.id == id)?;
    let mut net = opening(row);
    let scenario =
        |net: Net, about| cast_of(row, Scenario::new(&format!("row-{id}-broken"), about, net.capture()));
    Some(match row.fault {
        Fault::Unanswered => {
            play::unanswered(&mut net, row, SECOND);
            let about = format!("Row {id} is tried three times without success.");
            let scenario = scenario(net, &about)
                .row(row.id, row.whose().host(), RowStatus::Blocked)
                .may(&["SIG-002", "RTP-001", "RTP-002"]);
            // Refused media and the tries of strangers to the site may be told of, but are nobody's fault here.
            if row.talk.is_media() || matches!(row.from, Who::Away | Who::Computer) {
                scenario.may(&["PORT-003"])
            } else {
                // A registration that nothing answers is told of as such.
                let code = if row.talk == Talk::SipUdp { "SIG-002" } else { "PORT-003" };
                scenario.expect(code, row.from.host())
            }
        }
        Fault::From(port) => {
            play::used(&mut net, &Row { from_port: port, ..*row }, SECOND);
            let about = format!("Row {id} with the device's own port {port} instead of {}.", row.from_port);
            deviating(scenario(net, &about), row, row.from.host())
        }
        Fault::To(port) => {
            play::used(&mut net, &Row { to_port: port, ..*row }, SECOND);
            let about = format!("Row {id} with the server's port {port} instead of {}.", row.to_port);
            deviating(scenario(net, &about), row, row.to.host())
        }
    })
}

fn deviating(scenario: Scenario, row: &Row, whose: Host) -> Scenario {
    // Voice on ports of another model is told of as such.
    let of_another_model = |port: u16| (5004..=5035).contains(&port) || (5204..=5523).contains(&port);
    let port = match row.fault {
        Fault::From(port) | Fault::To(port) => port,
        Fault::Unanswered => 0,
    };
    let code = match (row.talk.is_media(), row.to) {
        (true, _) if of_another_model(port) => "PORT-006",
        (true, _) => "PORT-002",
        (false, Who::Provider) => "PORT-005",
        _ => "PORT-001",
    };
    scenario
        .row(row.id, row.whose().host(), RowStatus::Deviating)
        .expect(code, whose)
        .may(&["PORT-001", "PORT-006"])
}

/// Both hosts see each other, and the opener learns the other's name if it has one.
fn opening(row: &Row) -> Net {
    let mut net = Net::new(1);
    let (from, to) = (row.from.host(), row.to.host());
    net.ping(0, from, to);
    if let Some(name) = row.to.name() {
        net.resolve(200 * MS, from, row.from.router(), name, &[to]);
    }
    net
}

/// States what the user would state about the two hosts.
fn cast_of(row: &Row, scenario: Scenario) -> Scenario {
    [row.from, row.to].into_iter().fold(scenario, |scenario, who| who.introduce(scenario)).may(&["NET-007"])
}

#[cfg(test)]
mod tests {
    use super::{row_broken, row_ids, row_used};

    #[test]
    fn every_row_of_both_lists_is_there_once_and_can_be_played() {
        let numbered = |letter, count| (1..=count).map(move |number| format!("{letter}{number:02}"));
        let expected: Vec<String> = numbered('A', 76).chain(numbered('P', 26)).collect();
        assert_eq!(row_ids(), expected);
        for id in row_ids() {
            let (used, broken) = (row_used(id).unwrap(), row_broken(id).unwrap());
            assert!(!used.capture.records.is_empty(), "{id}");
            assert_ne!(used.capture, broken.capture, "{id}");
            assert_ne!(used.rows, broken.rows, "{id}");
        }
    }
}
