//! Takes a verdict and the findings, gives the status with which the program ends.

use std::process::ExitCode;

use crate::check::{Audit, Severity, Verdict};

/// What the shell is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitStatus {
    /// Nothing at or above the severity that was asked for.
    Clean,
    /// Findings at or above it.
    Findings,
    /// The job could not be done: wrong words, unreadable input, broken rules.
    CouldNotRun,
    /// The capture cannot show anything that is judged.
    NotAssessable,
}

impl ExitStatus {
    /// The status for an audit; `fail_on` is the lightest severity that counts.
    ///
    /// [`Verdict::NotAssessable`] comes first: findings about the capture itself must not read as a judgement.
    #[must_use]
    pub fn of(audit: &Audit, fail_on: Severity) -> Self {
        Self::from_parts(audit.verdict, audit.findings.iter().map(|finding| finding.severity), fail_on)
    }

    /// The number, as documented for the command line.
    #[must_use]
    pub fn number(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Findings => 1,
            Self::CouldNotRun => 2,
            Self::NotAssessable => 3,
        }
    }

    fn from_parts(
        verdict: Verdict,
        severities: impl IntoIterator<Item = Severity>,
        fail_on: Severity,
    ) -> Self {
        if verdict == Verdict::NotAssessable {
            return Self::NotAssessable;
        }
        if severities.into_iter().any(|severity| severity >= fail_on) { Self::Findings } else { Self::Clean }
    }
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        Self::from(status.number())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_status_has_its_documented_number() {
        let all =
            [ExitStatus::Clean, ExitStatus::Findings, ExitStatus::CouldNotRun, ExitStatus::NotAssessable];
        assert_eq!(all.map(ExitStatus::number), [0, 1, 2, 3]);
    }

    #[test]
    fn the_severity_asked_for_draws_the_line() {
        let found = [Severity::Warning, Severity::Notice];
        let status = |fail_on| ExitStatus::from_parts(Verdict::Fail, found, fail_on);
        assert_eq!(status(Severity::Info), ExitStatus::Findings);
        assert_eq!(status(Severity::Warning), ExitStatus::Findings);
        assert_eq!(status(Severity::Error), ExitStatus::Clean);
        assert_eq!(ExitStatus::from_parts(Verdict::Pass, [], Severity::Info), ExitStatus::Clean);
    }

    #[test]
    fn a_capture_that_shows_nothing_is_neither_clean_nor_found() {
        let status = ExitStatus::from_parts(Verdict::NotAssessable, [Severity::Warning], Severity::Warning);
        assert_eq!(status, ExitStatus::NotAssessable);
    }
}
