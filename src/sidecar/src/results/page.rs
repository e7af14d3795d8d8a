use platen_core::limits::{MAX_PAGE_BYTES, MAX_PAGE_RESULTS, MAX_WAIT};
use platen_core::wire::{ResultEvent, ResultPage, ResultsRequest};
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use super::store::{PageRequest, TakenPage};
use super::{Results, ResultsError};

impl Results {
    /// A page as soon as there is a result, or an empty one when the time is over or the daemon drains.
    ///
    /// # Errors
    /// [`ResultsError`]
    pub async fn page(
        &self,
        request: ResultsRequest,
        draining: &CancellationToken,
    ) -> Result<ResultPage, ResultsError> {
        if request.wait() > MAX_WAIT {
            return Err(ResultsError::TooLong);
        }
        if request.limit > MAX_PAGE_RESULTS {
            return Err(ResultsError::TooMany);
        }
        if self.sites.find(&request.site).await?.is_none() {
            return Err(ResultsError::UnknownSite);
        }
        let mut page = self.take(&request).await?;
        if page.events.is_empty() && request.limit > 0 && request.wait_ms > 0 {
            page = self.wait_for_page(&request, page, draining).await?;
        }
        self.write(&request, page).await
    }

    async fn wait_for_page(
        &self,
        request: &ResultsRequest,
        mut page: TakenPage,
        draining: &CancellationToken,
    ) -> Result<TakenPage, ResultsError> {
        let _permit = self.waiters.try_acquire().map_err(|_| ResultsError::Busy)?;
        let arrived = self.arrivals.of(&request.site);
        let deadline = Instant::now() + request.wait();
        while page.events.is_empty() && !draining.is_cancelled() {
            let mut arrival = std::pin::pin!(arrived.notified());
            // Listed before the store is asked: an end in between is seen by one of the two.
            arrival.as_mut().enable();
            page = self.take(request).await?;
            let left = deadline.saturating_duration_since(Instant::now());
            if !page.events.is_empty() || left.is_zero() {
                break;
            }
            tokio::select! {
                _ = timeout(left, arrival) => {}
                () = draining.cancelled() => {}
            }
        }
        Ok(page)
    }

    /// Most requests find nothing, and must not write.
    async fn take(&self, request: &ResultsRequest) -> Result<TakenPage, ResultsError> {
        let ResultsRequest { site, since, limit, wait_ms: _ } = request;
        if !self.store.has_results(site.clone()).await? {
            return Ok(TakenPage { cursor: *since, ..TakenPage::default() });
        }
        let asked =
            PageRequest { site: site.clone(), since: *since, limit: *limit, max_bytes: MAX_PAGE_BYTES };
        let page = self.store.take_page(asked, self.clock.now()).await?;
        self.metrics.results_fetched(page.acknowledged);
        Ok(page)
    }

    async fn write(&self, request: &ResultsRequest, page: TakenPage) -> Result<ResultPage, ResultsError> {
        let webhooks = self.endpoints.endpoint(request.site.clone()).await?;
        let TakenPage { events, cursor, has_more, acknowledged: _ } = page;
        let results = events.into_iter().map(|(id, body)| {
            let event = serde_json::from_slice(&body).map_err(ResultsError::Malformed)?;
            Ok(ResultEvent { id, event })
        });
        Ok(ResultPage {
            results: results.collect::<Result<_, ResultsError>>()?,
            cursor,
            has_more,
            webhooks: webhooks.ok_or(ResultsError::UnknownSite)?,
        })
    }
}
