//! A job: one unit of work that a site hands to the daemon and that ends exactly once.

mod cause;
mod id;
mod outcome;
mod priority;
mod spec;
mod status;

pub use cause::Cause;
pub use id::{JobId, ParseJobIdError};
pub use outcome::{Answer, Hop, JobError, JobSnapshot, Usage};
pub use priority::Priority;
pub use spec::{
    CachePolicy, ChatPayload, InvalidJob, JobSpec, Message, Role, SiteId, Work, WorkflowPayload,
    is_request_id,
};
pub use status::{InvalidTransition, JobStatus};
