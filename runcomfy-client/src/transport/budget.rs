//! How many retries a client may still make. All its calls share the budget, so that retries do not
//! make an outage worse.

use std::sync::atomic::{AtomicU32, Ordering};

/// Tokens: a retry takes some, and a success gives one back.
#[derive(Debug)]
pub(super) struct RetryBudget {
    tokens: AtomicU32,
}

/// Enough for a hundred retries in a row.
const FULL: u32 = 500;
const RETRY: u32 = 5;
const SUCCESS: u32 = 1;

impl RetryBudget {
    pub(super) fn new() -> Self {
        Self { tokens: AtomicU32::new(FULL) }
    }

    /// Takes the cost of a retry; `false` if too little is left.
    pub(super) fn spend(&self) -> bool {
        let spend = |tokens: u32| tokens.checked_sub(RETRY);
        self.tokens.fetch_update(Ordering::Relaxed, Ordering::Relaxed, spend).is_ok()
    }

    /// Gives a little back after a success.
    pub(super) fn give_back(&self) {
        let give = |tokens: u32| Some(tokens.saturating_add(SUCCESS).min(FULL));
        let _ = self.tokens.fetch_update(Ordering::Relaxed, Ordering::Relaxed, give);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_end_and_successes_bring_them_back() {
        let budget = RetryBudget::new();
        let retries = (0..1000).take_while(|_| budget.spend()).count();
        assert_eq!(retries, 100);
        assert!(!budget.spend());
        (0..5).for_each(|_| budget.give_back());
        assert!(budget.spend());
        assert!(!budget.spend());
        (0..10_000).for_each(|_| budget.give_back());
        assert_eq!((0..1000).take_while(|_| budget.spend()).count(), 100);
    }
}
