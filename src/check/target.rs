//! Whom calls were meant for, as far as their numbers tell. That a telephone of the house is reached says nothing of the trunk.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::observe::{Answer, Call};

/// A number with at least so many digits is no extension.
const LEAST_OUTSIDE: usize = 6;

/// Where a call was to lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// An extension, a service of the system, a name.
    Inside,
    /// A number of the telephone network.
    Outside,
}

impl Target {
    /// By the number that was dialled, else by To: a prefix for the exchange line, `+`, or more digits than an extension has.
    #[must_use]
    pub fn of(call: &Call) -> Self {
        let to = || {
            let user = call.to.split('@').next().unwrap_or_default();
            user.rsplit([':', '<']).next().unwrap_or_default()
        };
        let number = call.dialled.as_deref().unwrap_or_else(to);
        let digits = number.bytes().filter(u8::is_ascii_digit).count();
        let is_number =
            digits > 0 && number.bytes().all(|byte| byte.is_ascii_digit() || b"+*#-./()".contains(&byte));
        let is_outside = is_number && (number.starts_with(['+', '0']) || digits >= LEAST_OUTSIDE);
        if is_outside { Self::Outside } else { Self::Inside }
    }

    /// How many calls to this host were turned away with this status, by where they were to lead.
    #[must_use]
    pub fn refused<'a>(
        calls: impl IntoIterator<Item = &'a Call>,
        host: IpAddr,
        status: u16,
    ) -> BTreeMap<Self, u64> {
        let mut refused = BTreeMap::new();
        let meant = |call: &&Call| call.callee.ip() == host && call.answer == Answer::Rejected(status);
        for call in calls.into_iter().filter(meant) {
            *refused.entry(Self::of(call)).or_default() += 1;
        }
        refused
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::CallProtocol;
    use crate::observe::fixture::{at, frame, socket};

    fn call(to: &str, dialled: Option<&str>) -> Call {
        let ends = (socket("192.168.10.21:5060"), socket("192.168.10.2:5060"));
        let call = Call::begun("1".into(), CallProtocol::Sip, ends, (frame(1), at(0)));
        Call { to: to.into(), dialled: dialled.map(Into::into), ..call }
    }

    #[test]
    fn a_number_leads_inside_or_outside() {
        for (to, dialled) in
            [("sip:12@pbx", None), ("sip:110@pbx", None), ("sip:anna0@pbx", None), ("sip:*21#@pbx", None)]
        {
            assert_eq!(Target::of(&call(to, dialled)), Target::Inside, "{to}");
        }
        for (to, dialled) in [
            ("sip:01711234567@pbx", None),
            ("sip:+4930@pbx", None),
            ("sip:030/12-34@pbx", None),
            ("sip:234567@pbx", None),
            ("sip:anna@pbx", Some("08019200028")),
        ] {
            assert_eq!(Target::of(&call(to, dialled)), Target::Outside, "{to}");
        }
    }
}
