//! The account that pays for jobs. It counts microdollars, so that sums are exact.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

#[derive(Debug)]
pub(crate) struct Account {
    balance: Mutex<i64>,
}

impl Account {
    pub(crate) fn new(microdollars: i64) -> Self {
        Self { balance: Mutex::new(microdollars) }
    }

    fn lock(&self) -> MutexGuard<'_, i64> {
        self.balance.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn balance(&self) -> i64 {
        *self.lock()
    }

    pub(crate) fn set_balance(&self, microdollars: i64) {
        *self.lock() = microdollars;
    }

    /// Takes the price of a job. Returns `false`, and takes nothing, if a balance is required and
    /// used up. The last job may make the balance negative.
    pub(crate) fn charge(&self, price: i64, require_balance: bool) -> bool {
        let mut balance = self.lock();
        let accepted = !require_balance || *balance > 0;
        if accepted {
            *balance = balance.saturating_sub(price);
        }
        accepted
    }

    pub(crate) fn refund(&self, price: i64) {
        let mut balance = self.lock();
        *balance = balance.saturating_add(price);
    }

    /// The response to the balance call.
    pub(crate) fn balance_response(&self) -> Value {
        let balance = self.balance();
        json!({
            "balance_usd": dollars(balance),
            "balance_microdollars": balance,
            "currency": "USD",
        })
    }
}

pub(crate) fn dollars(microdollars: i64) -> f64 {
    microdollars as f64 / 1e6
}

pub(crate) fn microdollars(dollars: f64) -> i64 {
    // The cast saturates, and turns NaN into zero.
    (dollars * 1e6).round() as i64
}
