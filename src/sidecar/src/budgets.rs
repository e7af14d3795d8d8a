//! Spending limits that hold under concurrency and over a crash: an amount is held before the call and booked with
//! its real size after it, each in one transaction.

use std::sync::Arc;
use std::time::Duration;

use platen_core::budget::{self, InvalidBudget};
use platen_core::clock::{Clock, Timestamp};
use platen_core::code::ErrorCode;
use platen_core::wire::{BudgetRequest, Reservation, SettleRequest, Settlement};
use thiserror::Error;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::sites::Sites;
use crate::storage::{StoreError, StoreFuture};
use crate::telemetry::names;

/// How long an ended period is kept, so that a late settlement still finds its reservation: as long as the longest
/// reservation holds, and as much again.
const KEEP_ENDED: Duration = Duration::from_hours(62 * 24);

/// How often ended periods are looked for.
const SWEEP_INTERVAL: Duration = Duration::from_hours(1);

/// The calendar period that a reservation falls into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// Its first moment.
    pub began_at: Timestamp,
    /// The first moment after it.
    pub ends_at: Timestamp,
}

/// Keeps budgets. Every method is one transaction.
pub trait BudgetStore: Send + Sync {
    /// Holds the amount if the budget has room for it, or finds the reservation that was made before.
    fn reserve(&self, request: BudgetRequest, period: Period, now: Timestamp) -> StoreFuture<'_, Reserved>;

    /// Books the real amount, once. `None` when the site has no such reservation.
    fn settle(&self, request: SettleRequest, now: Timestamp) -> StoreFuture<'_, Option<Settlement>>;

    /// Takes away some of the periods that ended before; tells how many.
    fn sweep_budgets(&self, ended_before: Timestamp) -> StoreFuture<'_, usize>;
}

/// What became of a request for a reservation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reserved {
    /// See [`Reservation::is_allowed`].
    Decided(Reservation),
    /// The id belongs to a reservation of another amount or budget.
    Conflict,
}

/// Nothing was held or booked.
#[derive(Debug, Error)]
pub enum BudgetError {
    /// A field is outside its range.
    #[error(transparent)]
    Invalid(#[from] InvalidBudget),
    /// Nobody added the site.
    #[error("no site with the id {0} was added to the daemon")]
    UnknownSite(String),
    /// See [`Reserved::Conflict`].
    #[error("the id belongs to a reservation of another amount or budget")]
    Conflict,
    /// The site has no such reservation, or its period is long over.
    #[error("the site has no reservation with this id")]
    NotFound,
    /// The daemon's clock shows a time that no calendar has.
    #[error("the daemon's clock shows a time outside the calendar")]
    Clock,
    /// The database failed.
    #[error("the budget could not be kept")]
    Store(#[from] StoreError),
}

impl BudgetError {
    /// The stable code.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Invalid(_) => ErrorCode::InvalidRequest,
            Self::UnknownSite(_) => ErrorCode::UnknownSite,
            Self::Conflict => ErrorCode::IdempotencyConflict,
            Self::NotFound => ErrorCode::ReservationNotFound,
            Self::Clock => ErrorCode::Internal,
            Self::Store(error) => error.code(),
        }
    }
}

/// The budgets of this daemon.
pub struct Budgets {
    store: Arc<dyn BudgetStore>,
    sites: Arc<Sites>,
    clock: Arc<dyn Clock>,
}

impl Budgets {
    /// Keeps budgets in this store.
    pub fn new(store: Arc<dyn BudgetStore>, sites: Arc<Sites>, clock: Arc<dyn Clock>) -> Self {
        Self { store, sites, clock }
    }

    /// Holds an amount, or tells when there may be room for it.
    ///
    /// # Errors
    /// [`BudgetError`]
    pub async fn reserve(&self, request: BudgetRequest) -> Result<Reservation, BudgetError> {
        request.validate()?;
        if self.sites.find(&request.site).await?.is_none() {
            return Err(BudgetError::UnknownSite(request.site.to_string()));
        }
        let now = self.clock.now();
        let (began_at, ends_at) = request.period.around(now).ok_or(BudgetError::Clock)?;
        match self.store.reserve(request, Period { began_at, ends_at }, now).await? {
            Reserved::Decided(reservation) => Ok(reservation),
            Reserved::Conflict => Err(BudgetError::Conflict),
        }
    }

    /// Books what a reservation really used, also after it expired: it was spent. A second time changes nothing.
    ///
    /// # Errors
    /// [`BudgetError`]
    pub async fn settle(&self, request: SettleRequest) -> Result<Settlement, BudgetError> {
        budget::check_reservation_id(&request.reservation_id)?;
        budget::check_amount(request.amount)?;
        self.store.settle(request, self.clock.now()).await?.ok_or(BudgetError::NotFound)
    }
}

/// Takes ended periods away until the daemon drains.
pub async fn sweep(budgets: Arc<Budgets>, draining: CancellationToken) {
    loop {
        let ended_before = budgets.clock.now().before(KEEP_ENDED);
        let pause = match budgets.store.sweep_budgets(ended_before).await {
            // The writer is shared with the jobs: a little at a time.
            Ok(1..) => Duration::from_secs(1),
            Ok(0) => SWEEP_INTERVAL,
            Err(error) => {
                tracing::error!({ names::ERROR } = error.report(), "ended budgets could not be taken away");
                SWEEP_INTERVAL
            }
        };
        tokio::select! {
            () = draining.cancelled() => return,
            () = sleep(pause) => {}
        }
    }
}
