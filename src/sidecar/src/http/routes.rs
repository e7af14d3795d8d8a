//! One file per resource.

pub(super) mod health;
pub(super) mod jobs;
pub(super) mod metrics;
pub(super) mod results;
pub(super) mod stream;
