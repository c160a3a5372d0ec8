//! The planned faults: for the next call of a kind, or at random.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard};

use super::{Chaos, Fault};
use crate::call::Call;
use crate::shared::lock;

#[derive(Debug, Default)]
pub(crate) struct Faults {
    plan: Mutex<Plan>,
    /// The reason why every job fails, if it does.
    always: Option<String>,
}

#[derive(Debug, Default)]
struct Plan {
    next: VecDeque<(Call, Fault)>,
    failures: VecDeque<String>,
    chaos: Option<Chaos>,
    /// How often each call was made since the chaos was set.
    counts: HashMap<String, u32>,
    done: usize,
}

impl Faults {
    pub(crate) fn failing(always: Option<String>) -> Self {
        Self { always, ..Self::default() }
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        lock(&self.plan)
    }

    pub(crate) fn add(&self, call: Call, fault: Fault) {
        self.plan().next.push_back((call, fault));
    }

    pub(crate) fn set_chaos(&self, chaos: Option<Chaos>) {
        let mut plan = self.plan();
        plan.chaos = chaos;
        plan.counts.clear();
    }

    /// The fault of this call, if there is one. The key is method and path.
    pub(crate) fn take_fault(&self, call: Call, key: &str) -> Option<Fault> {
        let mut plan = self.plan();
        let index = plan.next.iter().position(|(other, _)| *other == call);
        let fault = match index.and_then(|index| plan.next.remove(index)) {
            Some((_, fault)) => Some(fault),
            None => {
                let chaos = plan.chaos?;
                let count = plan.counts.entry(key.to_owned()).or_default();
                *count += 1;
                let count = *count;
                chaos.draw(call, key, count)
            }
        };
        plan.done += usize::from(fault.is_some());
        fault
    }

    /// The number of faults so far.
    pub(crate) fn done(&self) -> usize {
        self.plan().done
    }

    pub(crate) fn add_failure(&self, reason: String) {
        self.plan().failures.push_back(reason);
    }

    pub(crate) fn take_failure(&self) -> Option<String> {
        let next = self.plan().failures.pop_front();
        next.or_else(|| self.always.clone())
    }
}
