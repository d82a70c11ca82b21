//! Takes findings; gives fewer, as several of one kind about one device are one where cause, severity and remedy are the same:
//! ports of one host that are all blocked alike, mappings to several registrars that nothing keeps alive. Knows neither traffic
//! nor rules.

use crate::capture::Frame;
use crate::site::Confidence;

use super::evidence::FRAMES_KEPT;
use super::filter;
use super::finding::{Detail, Finding, Party, Severity, Subject};

/// More filters in one nobody reads.
const FILTERS: usize = 8;

impl Finding {
    /// Those it was joined of, each as it was; itself where it stands alone. By these it is compared: which are joined may change
    /// while all of them hold.
    #[must_use]
    pub fn parts(&self) -> &[Self] {
        match &self.detail {
            Detail::Port003 { joined, .. } | Detail::Sig008 { joined, .. } if !joined.is_empty() => joined,
            _ => std::slice::from_ref(self),
        }
    }
}

/// Joins those of one `K` that are alike, in the place of the first of them.
pub(crate) fn joined<K: PartialEq>(all: impl IntoIterator<Item = (K, Finding)>) -> Vec<(K, Finding)> {
    let mut groups: Vec<(K, Vec<Finding>)> = Vec::new();
    for (of, finding) in all {
        let is_its = |(known, group): &&mut (K, Vec<Finding>)| {
            *known == of && group.first().is_some_and(|one| is_alike(one, &finding))
        };
        match groups.iter_mut().find(is_its) {
            Some((_, group)) => group.push(finding),
            None => groups.push((of, vec![finding])),
        }
    }
    groups.into_iter().filter_map(|(of, group)| Some((of, one_of(group)?))).collect()
}

pub(super) fn join(findings: &mut Vec<Finding>) {
    let all = joined(findings.drain(..).map(|finding| ((), finding)));
    findings.extend(all.into_iter().map(|(_, finding)| finding));
}

fn is_alike(one: &Finding, other: &Finding) -> bool {
    fn about(one: &Finding) -> (Option<&Subject>, Severity, Confidence, Party) {
        (one.subject.as_ref(), one.severity, one.confidence, one.responsible)
    }
    let is_alike = || match (&one.detail, &other.detail) {
        (
            Detail::Port003 { target, protocol, refusal, outbound, life, serves, voice: None, .. },
            Detail::Port003 {
                target: to,
                protocol: over,
                refusal: how,
                outbound: out,
                life: lives,
                serves: others,
                voice: None,
                ..
            },
        ) => {
            (target.ip(), protocol, refusal, outbound, life, serves)
                == (to.ip(), over, how, out, lives, others)
        }
        (Detail::Sig008 { expires, .. }, Detail::Sig008 { expires: other, .. }) => expires == other,
        _ => false,
    };
    one.code() == other.code() && about(one) == about(other) && is_alike()
}

/// The one that came first stands for all.
fn one_of(mut group: Vec<Finding>) -> Option<Finding> {
    if group.len() == 1 {
        return group.pop();
    }
    group.sort_by(|x, y| {
        let key = |one: &Finding| (one.evidence.first, one.evidence.frames.first().copied());
        key(x).cmp(&key(y))
    });
    let parts = group.clone();
    let mut group = group.into_iter();
    let mut one = group.next()?;
    let mut filters = vec![std::mem::take(&mut one.evidence.filter)];
    let mut frames = vec![std::mem::take(&mut one.evidence.frames)];
    for other in group {
        one.count += other.count;
        one.rows.extend(other.rows);
        // Frames that no filter selects would be named in vain.
        if filters.len() < FILTERS {
            frames.push(other.evidence.frames);
            filters.push(other.evidence.filter);
        }
        one.evidence.first = one.evidence.first.into_iter().chain(other.evidence.first).min();
        one.evidence.last = one.evidence.last.max(other.evidence.last);
        one.evidence.until = one.evidence.until.max(other.evidence.until);
        if let (Detail::Sig008 { longest, .. }, Detail::Sig008 { longest: other, .. }) =
            (&mut one.detail, other.detail)
        {
            *longest = (*longest).max(other);
        }
    }
    if let Detail::Port003 { joined, .. } | Detail::Sig008 { joined, .. } = &mut one.detail {
        *joined = parts;
    }
    sort(&mut one.rows);
    one.evidence.frames = some_of_each(&frames);
    one.evidence.filter = filter::any_of(filters);
    Some(one)
}

/// As many as a report shows, in turn from each.
fn some_of_each(frames: &[Vec<Frame>]) -> Vec<Frame> {
    let most = frames.iter().map(Vec::len).max().unwrap_or_default();
    let in_turn = (0..most).flat_map(|nth| frames.iter().filter_map(move |of_one| of_one.get(nth)));
    let mut some: Vec<Frame> = in_turn.take(FRAMES_KEPT).copied().collect();
    sort(&mut some);
    some
}

fn sort<T: Ord>(all: &mut Vec<T>) {
    all.sort_unstable();
    all.dedup();
}

#[cfg(test)]
mod tests {
    use super::super::finding::{Evidence, Refusal};
    use super::super::fixture::{self, PBX, PHONE, finding};
    use super::*;
    use crate::observe::Protocol;
    use crate::observe::fixture::{at, frame, socket};

    fn blocked(target: &str, protocol: Protocol, refusal: Refusal, nth: u64) -> Finding {
        let detail = fixture::blocked(socket(target), protocol, refusal);
        shown(finding(detail, Severity::Error, Some(PHONE)), nth)
    }

    fn shown(one: Finding, nth: u64) -> Finding {
        let evidence = Evidence {
            frames: vec![frame(nth)],
            filter: format!("tcp.port == {nth}"),
            first: Some(at(nth as i64)),
            last: Some(at(nth as i64)),
            until: None,
        };
        Finding { rows: vec![format!("R{nth}").into()], count: nth, evidence, ..one }
    }

    /// Targets of each and of those it was joined of.
    fn targets(mut findings: Vec<Finding>) -> Vec<(String, Vec<String>)> {
        join(&mut findings);
        let target = |finding: &Finding| match &finding.detail {
            Detail::Port003 { target, .. } => target.to_string(),
            other => panic!("{other:?}"),
        };
        let told = findings.iter().map(|one| (target(one), one.parts().iter().map(target).collect()));
        told.collect()
    }

    #[test]
    fn ports_of_one_host_that_are_blocked_alike_are_one_finding() {
        let tcp = |target, nth| blocked(target, Protocol::Tcp, Refusal::Reset, nth);
        let mut three =
            vec![tcp("192.168.10.2:80", 9), tcp("192.168.10.2:389", 3), tcp("192.168.10.2:443", 5)];
        let ports = [389, 443, 80].map(|port| format!("192.168.10.2:{port}"));
        assert_eq!(targets(three.clone()), [(ports[0].clone(), ports.to_vec())], "the first one asked for");
        let alone = three.clone();
        join(&mut three);
        let [one] = three.as_slice() else { panic!("{three:?}") };
        assert_eq!(one.parts(), [alone[1].clone(), alone[2].clone(), alone[0].clone()], "each as it was");
        assert_eq!(alone[0].parts(), &alone[..1]);
        assert_eq!((one.count, &*one.rows), (17, &["R3".into(), "R5".into(), "R9".into()][..]));
        assert_eq!(one.evidence.frames, [frame(3), frame(5), frame(9)]);
        assert_eq!(one.evidence.filter, "(tcp.port == 3) || (tcp.port == 5) || (tcp.port == 9)");
        assert_eq!((one.evidence.first, one.evidence.last), (Some(at(3)), Some(at(9))));
    }

    #[test]
    fn frames_of_each_are_shown() {
        let of = |numbers: &[u64]| numbers.iter().map(|nth| frame(*nth)).collect::<Vec<_>>();
        assert_eq!(some_of_each(&[of(&[1, 2, 3, 4, 5]), of(&[9]), of(&[7, 8])]), of(&[1, 2, 7, 8, 9]));
    }

    #[test]
    fn what_has_another_cause_or_remedy_stays_apart() {
        let tcp = || blocked("192.168.10.2:80", Protocol::Tcp, Refusal::Reset, 1);
        let apart = |other: Finding| targets(vec![tcp(), other]).len() == 2;
        assert!(!apart(blocked("192.168.10.2:443", Protocol::Tcp, Refusal::Reset, 2)));
        assert!(apart(blocked("192.168.10.3:443", Protocol::Tcp, Refusal::Reset, 2)), "another host");
        assert!(
            apart(blocked("192.168.10.2:443", Protocol::Tcp, Refusal::Silence, 2)),
            "a firewall, perhaps"
        );
        assert!(apart(blocked("192.168.10.2:123", Protocol::Udp, Refusal::Reset, 2)));
        let lighter = Finding { severity: Severity::Notice, ..tcp() };
        assert!(apart(lighter));
        let detail = tcp().detail;
        assert!(apart(finding(detail, Severity::Error, Some(PBX))), "another device");
    }

    #[test]
    fn mappings_that_nothing_keeps_alive_are_one_finding() {
        let quiet = |registrar: &str, longest, expires, nth| {
            let registrar = socket(registrar);
            let detail = Detail::Sig008 { registrar, joined: Vec::new(), longest, expires };
            shown(finding(detail, Severity::Notice, Some(PBX)), nth)
        };
        let told = |expires| {
            let mut all = vec![quiet("192.0.2.1:5060", 70, 300, 1), quiet("192.0.2.2:5060", 90, expires, 2)];
            join(&mut all);
            let told = all.into_iter().map(|one| match one.detail {
                Detail::Sig008 { registrar, joined, longest, .. } => {
                    (registrar.to_string(), joined.len(), longest)
                }
                other => panic!("{other:?}"),
            });
            told.collect::<Vec<_>>()
        };
        assert_eq!(told(300), [("192.0.2.1:5060".to_owned(), 2, 90)]);
        assert_eq!(told(600).len(), 2, "for another time");
    }
}
