//! Keeps final answers whose request is not in the capture yet, as where interfaces are read in turn; gives each to its request.

use std::collections::VecDeque;

use super::dialogs::Heard;

/// Answers of so many clients that ask for the first time lie before their requests at once.
const KEPT: usize = 16;

/// The latest such answers, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Early(VecDeque<Heard>);

impl Early {
    /// Remembers an answer that belongs to nothing known.
    pub(super) fn keep(&mut self, answer: &Heard) {
        if answer.message.status().is_none_or(|status| status < 200) {
            return;
        }
        if self.0.len() >= KEPT {
            self.0.pop_front();
        }
        self.0.push_back(answer.clone());
    }

    /// The answer to this request, if it came before.
    pub(super) fn take(&mut self, request: &Heard) -> Option<Heard> {
        let is_its = |answer: &Heard| {
            (answer.from, answer.to) == (request.to, request.from)
                && answer.message.call_id == request.message.call_id
                && answer.message.cseq == request.message.cseq
        };
        let at = self.0.iter().position(is_its)?;
        self.0.remove(at)
    }
}
