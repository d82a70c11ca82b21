//! Roles and models as a rule book would declare them, for tests of the site. Knows no rule book.

use super::{Kind, Model, Role, Text};

/// A role that says no more than what sort of thing it is.
pub(super) fn role((id, kind): (&str, Kind)) -> Role {
    Role { id: id.into(), kind, title: text(), calls: None, telephone: None, built_by: Vec::new() }
}

/// A model of this role with these ports for RTP.
pub(super) fn model(id: &str, role: &str, rtp: &str) -> Model {
    Model {
        id: id.into(),
        role: role.into(),
        title: text(),
        rtp: rtp.parse().expect("ports"),
        channels: 1,
        row: "R1".into(),
    }
}

/// No words.
pub(super) fn text() -> Text {
    Text { de: String::new(), en: String::new() }
}
