//! Limits on requests and on spending.

use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::time::Duration;

use ext_php_rs::boxed::ZBox;
use ext_php_rs::ffi::zend_string;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendHashTable, ZendStr, Zval};
use platen_core::budget::{BudgetPeriod, BudgetUnit};
use platen_core::limits::MAX_RESERVATION_TTL;
use platen_core::rate::Quota;
use platen_core::wire::{RateDecision, Tag};
use serde::Serialize;

use crate::daemon::ask;
use crate::exceptions::Failure;
use crate::guard::guard;
use crate::limits_file;
use crate::params::{Int, OptionalInt, OptionalText, Text, ranged};

#[derive(Serialize)]
struct Rate<'a> {
    cost: u32,
    key: &'a str,
    limit: u32,
    site: &'a str,
    window_ms: u64,
}

#[derive(Serialize)]
struct Reserve<'a> {
    amount: i64,
    key: &'a str,
    limit: i64,
    period: &'a str,
    reservation_id: &'a str,
    site: &'a str,
    ttl_s: i64,
    unit: &'a str,
}

#[derive(Serialize)]
struct Settle<'a> {
    amount: i64,
    reservation_id: &'a str,
    site: &'a str,
}

/// Takes from a rate limit that all workers share.
#[php_function]
#[php(name = "Platen\\rate_limit", defaults(cost = 1))]
fn rate_limit(
    site: Text<'_>,
    key: Text<'_>,
    limit: Int,
    window_ms: Int,
    cost: Int,
    deadline_ms: OptionalInt,
) -> Result<ZBox<ZendHashTable>, Failure> {
    guard(|| {
        let (site, key) = (site.as_str(), key.as_str());
        let most = i64::from(u32::MAX);
        let limit = u32::try_from(ranged("limit", limit.0, 1, most)?).unwrap_or(0);
        let window_ms = u64::try_from(ranged("window_ms", window_ms.0, 1, i64::MAX)?).unwrap_or(0);
        let cost = u32::try_from(ranged("cost", cost.0, 0, most)?).unwrap_or(0);
        let quota = Quota::new(key, limit, Duration::from_millis(window_ms), cost)?;
        match limits_file::take(site, key, quota) {
            Some(decision) => Ok(decision_array(decision)),
            None => ask(Tag::RateLimit, &Rate { cost, key, limit, site, window_ms }, deadline_ms),
        }
    })
}

/// Reserves an amount of a budget.
#[php_function]
#[php(name = "Platen\\budget_reserve", defaults(period = "\"month\"", unit = "\"microusd\"", ttl_s = 600))]
#[expect(clippy::too_many_arguments, reason = "PHP names the arguments, and most have defaults")]
fn budget_reserve(
    site: Text<'_>,
    key: Text<'_>,
    amount: Int,
    limit: Int,
    period: Text<'_>,
    unit: Text<'_>,
    reservation_id: OptionalText<'_>,
    ttl_s: Int,
    deadline_ms: OptionalInt,
) -> Result<ZBox<ZendHashTable>, Failure> {
    guard(|| {
        let reservation_id = match reservation_id.into_owned() {
            Some(id) => id,
            None => random_id()?,
        };
        let reserve = Reserve {
            amount: ranged("amount", amount.0, 0, MAX_AMOUNT)?,
            key: key.as_str(),
            limit: ranged("limit", limit.0, 0, MAX_AMOUNT)?,
            period: one_of("period", period.as_str(), &BudgetPeriod::ALL.map(BudgetPeriod::as_str))?,
            reservation_id: &reservation_id,
            site: site.as_str(),
            ttl_s: ranged("ttl_s", ttl_s.0, 1, i64::try_from(MAX_RESERVATION_TTL.as_secs()).unwrap_or(0))?,
            unit: one_of("unit", unit.as_str(), &BudgetUnit::ALL.map(BudgetUnit::as_str))?,
        };
        ask(Tag::Reserve, &reserve, deadline_ms)
    })
}

/// Books what a reservation really used.
#[php_function]
#[php(name = "Platen\\budget_settle")]
fn budget_settle(
    site: Text<'_>,
    reservation_id: Text<'_>,
    amount: Int,
    deadline_ms: OptionalInt,
) -> Result<ZBox<ZendHashTable>, Failure> {
    guard(|| {
        let amount = ranged("amount", amount.0, 0, MAX_AMOUNT)?;
        let settle = Settle { amount, reservation_id: reservation_id.as_str(), site: site.as_str() };
        ask(Tag::Settle, &settle, deadline_ms)
    })
}

/// The largest amount, as the daemon takes it.
const MAX_AMOUNT: i64 = i64::MAX >> 10;

fn one_of<'a>(name: &str, value: &'a str, words: &[&str]) -> Result<&'a str, Failure> {
    if words.contains(&value) {
        Ok(value)
    } else {
        Err(Failure::Argument(format!("{name} must be one of {}, it is {value:?}", words.join(", "))))
    }
}

/// 128 random bits in hexadecimal.
fn random_id() -> Result<String, Failure> {
    let mut bytes = [0_u8; 16];
    #[expect(unsafe_code, reason = "std has no random bytes")]
    // SAFETY: the pointer and the length are those of one live, exclusively borrowed array.
    let filled = unsafe { libc::getrandom(bytes.as_mut_ptr().cast(), bytes.len(), 0) };
    // So few bytes come at once or not at all.
    if usize::try_from(filled) == Ok(bytes.len()) {
        Ok(format!("{:032x}", u128::from_be_bytes(bytes)))
    } else {
        Err(Failure::Argument(String::from("there are no random bytes for a reservation_id")))
    }
}

/// The names of a decision's members as strings that PHP keeps for ever: to make them anew takes longer than the
/// decision.
static MEMBERS: [AtomicPtr<zend_string>; 3] = [const { AtomicPtr::new(ptr::null_mut()) }; 3];

const MEMBER_NAMES: [&str; 3] = ["is_allowed", "remaining", "retry_after_ms"];

/// Makes the names. Only the module's startup may call it: later strings are kept for one request.
pub(crate) fn prepare() {
    for (slot, name) in MEMBERS.iter().zip(MEMBER_NAMES) {
        slot.store(ZendStr::new_interned(name, true).into_raw(), Ordering::Relaxed);
    }
}

fn decision_array(decision: RateDecision) -> ZBox<ZendHashTable> {
    let mut array = ZendHashTable::with_capacity(3);
    let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let mut values = [Zval::new(), Zval::new(), Zval::new()];
    let [is_allowed, remaining, retry_after_ms] = &mut values;
    is_allowed.set_bool(decision.is_allowed);
    remaining.set_long(i64::from(decision.remaining));
    retry_after_ms.set_long(whole(decision.retry_after_ms));
    for (slot, value) in MEMBERS.iter().zip(&mut values) {
        #[expect(unsafe_code, reason = "ext-php-rs looks a name up before it adds it")]
        // SAFETY: an array of our own, an interned string that lives as long as the process (set before any request
        // runs), and a number, which the array copies.
        unsafe {
            zend_hash_add_new(&raw mut *array, slot.load(Ordering::Relaxed), value);
        }
    }
    array
}

#[expect(unsafe_code, reason = "a function of the engine that ext-php-rs does not bind")]
unsafe extern "C" {
    fn zend_hash_add_new(array: *mut ZendHashTable, key: *mut zend_string, value: *mut Zval) -> *mut Zval;
}

pub(super) fn register(module: ModuleBuilder<'_>) -> ModuleBuilder<'_> {
    module
        .function(wrap_function!(rate_limit))
        .function(wrap_function!(budget_reserve))
        .function(wrap_function!(budget_settle))
}
