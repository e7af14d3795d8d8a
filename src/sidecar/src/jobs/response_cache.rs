//! Earlier answers to the same prompt, in the file that PHP's workers read and write as well.
//!
//! The value is the JSON of an [`Answer`], as the `result` of a job is. A value that is none, because PHP has put
//! something else there, is a miss and is replaced by the next answer.

use std::fs;
use std::os::unix::fs::chown;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use platen_cache::{CacheError, CacheFile};
use platen_core::clock::Clock;
use platen_core::job::{Answer, CachePolicy, JobSpec, SiteId, Work};
use platen_core::limits::MAX_ANSWER_BYTES;
use platen_core::prompt::{CacheTag, PromptHash};
use tokio::task::spawn_blocking;

use crate::config::CacheConfig;
use crate::telemetry::{Metrics, names};

/// The cache of answers; without a file it finds nothing and keeps nothing.
pub struct ResponseCache(Option<Arc<Shared>>);

struct Shared {
    /// Held for a few microseconds at a time, and for the 20 ms that a writer waits for another at worst.
    file: Mutex<CacheFile>,
    max_ttl: Duration,
    clock: Arc<dyn Clock>,
}

impl ResponseCache {
    /// Opens the configured file, and gives it to the group. A file that cannot be used now is tried again with
    /// each use: no job fails for want of a cache.
    pub async fn new(config: &CacheConfig, gid: Option<u32>, clock: &Arc<dyn Clock>) -> Self {
        let Some(path) = config.path() else { return Self(None) };
        let shared = Arc::new(Shared {
            file: Mutex::new(CacheFile::at(path, config.max_bytes)),
            max_ttl: config.max_ttl,
            clock: Arc::clone(clock),
        });
        let cache = Self(Some(shared));
        let opened = cache.use_file(|file, shared| file.stats(shared.clock.now())).await;
        match opened {
            Some(Ok(stats)) => {
                tracing::info!(path = %path.display(), entries = stats.entries, "answers are cached");
            }
            Some(Err(error)) => warn(&error, "the cache cannot be used now"),
            None => {}
        }
        if let Some(gid) = gid
            && fs::metadata(path).is_ok()
            && let Err(error) = chown(path, None, Some(gid))
        {
            tracing::warn!({ names::ERROR } = %error, gid, "the cache could not be given to the group");
        }
        cache
    }

    /// An earlier answer to the same prompt, if the job allows one.
    pub(super) async fn find(&self, spec: &JobSpec, metrics: &Metrics) -> Option<Answer> {
        let (hash, _) = wanted(spec)?;
        let found = self.use_file(move |file, shared| file.get(&hash, shared.clock.now())).await?;
        let answer = found.and_then(|cached| serde_json::from_slice::<Answer>(cached.as_bytes()).ok());
        let answer = answer.filter(|answer| answer.text.len() <= MAX_ANSWER_BYTES);
        metrics.response_cache_asked(if answer.is_some() { "hit" } else { "miss" });
        answer
    }

    /// Keeps an answer for later jobs, if the job allows it and the model has said all it had to say.
    pub(super) async fn keep(&self, site: &SiteId, spec: &JobSpec, answer: Answer) {
        let Some((hash, policy)) = wanted(spec).filter(|_| answer.finish_reason == "stop") else { return };
        let Ok(value) = serde_json::to_vec(&answer) else { return };
        let (ttl, tags) = (Duration::from_secs(policy.ttl_s.into()), tags(site, policy, &answer));
        let kept = self
            .use_file(move |file, shared| {
                file.set(&hash, &value, &tags, ttl.min(shared.max_ttl), shared.clock.now())
            })
            .await;
        if let Some(Err(error)) = kept {
            warn(&error, "an answer could not be cached");
        }
    }

    /// Runs an action on a thread that may wait; `None` without a cache.
    async fn use_file<T: Send + 'static>(
        &self,
        action: impl FnOnce(&mut CacheFile, &Shared) -> T + Send + 'static,
    ) -> Option<T> {
        let shared = Arc::clone(self.0.as_ref()?);
        spawn_blocking(move || action(&mut shared.file.lock(), &shared)).await.ok()
    }
}

/// What a job may be answered from and cached under.
fn wanted(spec: &JobSpec) -> Option<(PromptHash, &CachePolicy)> {
    // The steps of a workflow ask anew: their prompts are made in the daemon, and have no hash.
    let Work::Chat(chat) = &spec.work else { return None };
    Some((spec.cache_key()?, chat.cache.as_ref()?))
}

/// The job's own tags, and who answered for whom: `model:gpt-4o`, `site:blog`.
fn tags(site: &SiteId, policy: &CachePolicy, answer: &Answer) -> Vec<CacheTag> {
    let own = [format!("model:{}", answer.model), format!("site:{site}")];
    // A model whose name is too long for a tag has none.
    policy.tags.iter().cloned().chain(own.into_iter().filter_map(|tag| tag.try_into().ok())).collect()
}

fn warn(error: &CacheError, message: &str) {
    tracing::warn!({ names::ERROR_CODE } = error.code().as_str(), { names::ERROR } = %error, "{message}");
}
