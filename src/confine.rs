//! Gives up what a live capture does not need, before it looks at a single packet: every capability but that to capture,
//! and writing anywhere but to its output folders. Linux; other systems have other means, and none of them is used.

use std::path::Path;

/// How far giving up went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confined {
    /// `Err`: why rights could not be given up.
    pub rights: Result<(), String>,
    /// `Err`: why writing could not be confined; kernels before 5.13 cannot.
    pub writing: Result<(), String>,
}

/// Confines this thread and all that it starts from now on. `outputs` are folders, and must be there.
///
/// `CAP_NET_RAW` stays, because an interface that comes back is opened again; with outputs `CAP_DAC_OVERRIDE` stays too if it
/// is there, because who runs this with sudo writes to folders of others.
#[cfg(target_os = "linux")]
#[must_use]
pub fn confine(outputs: &[&Path]) -> Confined {
    Confined { writing: linux::writing(outputs), rights: linux::rights(!outputs.is_empty()) }
}

/// Does nothing, and says so.
#[cfg(not(target_os = "linux"))]
#[must_use]
pub fn confine(_outputs: &[&Path]) -> Confined {
    let reason = || Err("this is done on Linux only".to_owned());
    Confined { rights: reason(), writing: reason() }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::path::Path;

    use caps::{CapSet, Capability, CapsHashSet};
    use landlock::{
        ABI, AccessFs, CompatLevel, Compatible, RulesetAttr, RulesetCreatedAttr, RulesetStatus,
        path_beneath_rules,
    };

    /// Covers making, writing, truncating and removing; later versions add what no capture does.
    const VERSION: ABI = ABI::V3;

    pub(super) fn rights(writes: bool) -> Result<(), String> {
        let told = |error: caps::errors::CapsError| error.to_string();
        let there = caps::read(None, CapSet::Permitted).map_err(told)?;
        let wanted = |capability: &Capability| {
            matches!(capability, Capability::CAP_NET_RAW)
                || writes && matches!(capability, Capability::CAP_DAC_OVERRIDE)
        };
        let kept: CapsHashSet = there.iter().copied().filter(wanted).collect();
        // Whoever may not alter the bounding set gains nothing by what is in it: no new privileges follow.
        if there.contains(&Capability::CAP_SETPCAP) {
            let mut all: Vec<Capability> = caps::runtime::thread_all_supported().into_iter().collect();
            all.sort_by_key(|capability| capability.index());
            for capability in all.into_iter().filter(|capability| !kept.contains(capability)) {
                caps::drop(None, CapSet::Bounding, capability).map_err(told)?;
            }
        }
        let _ = caps::clear(None, CapSet::Ambient);
        caps::set(None, CapSet::Effective, &kept).map_err(told)?;
        caps::set(None, CapSet::Permitted, &kept).map_err(told)?;
        caps::clear(None, CapSet::Inheritable).map_err(told)
    }

    pub(super) fn writing(outputs: &[&Path]) -> Result<(), String> {
        let access = AccessFs::from_write(VERSION);
        let status = landlock::Ruleset::default()
            .set_compatibility(CompatLevel::BestEffort)
            .handle_access(access)
            .and_then(landlock::Ruleset::create)
            .and_then(|ruleset| ruleset.add_rules(path_beneath_rules(outputs, access)))
            .and_then(landlock::RulesetCreated::restrict_self)
            .map_err(|error| error.to_string())?;
        match status.ruleset {
            RulesetStatus::FullyEnforced | RulesetStatus::PartiallyEnforced => Ok(()),
            RulesetStatus::NotEnforced => Err("this kernel has no Landlock".to_owned()),
        }
    }

    #[cfg(test)]
    mod tests {
        use std::fs;

        use super::*;

        /// In a thread of its own: what is given up does not come back.
        fn confined<T: Send>(outputs: &[&Path], then: impl FnOnce() -> T + Send) -> Option<T> {
            std::thread::scope(|scope| {
                let thread = scope.spawn(|| super::super::confine(outputs).writing.is_ok().then(then));
                thread.join().unwrap()
            })
        }

        #[test]
        fn only_output_folders_can_be_written_to() {
            let (inside, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
            let (new, old) = (inside.path().join("new"), outside.path().join("old"));
            fs::write(&old, "old").unwrap();
            let tried = confined(&[inside.path()], || {
                let elsewhere = outside.path().join("new");
                (
                    fs::write(&new, "x").is_ok(),
                    fs::write(&elsewhere, "x").is_ok(),
                    fs::write(&old, "x").is_ok(),
                    fs::read(&old).is_ok(),
                )
            });
            // A kernel without Landlock confines nothing, and the program says so.
            assert!(matches!(tried, None | Some((true, false, false, true))), "{tried:?}");
        }

        #[test]
        fn only_the_right_to_capture_stays() {
            let left = confined(&[], || caps::read(None, CapSet::Permitted).unwrap());
            if let Some(left) = left {
                assert!(left.iter().all(|capability| *capability == Capability::CAP_NET_RAW), "{left:?}");
            }
        }
    }
}
