//! What the daemon tells about itself: log lines, metrics and trace contexts.
//!
//! Never a prompt, an answer, a key, a header, a body or an address of a visitor.

pub mod logging;
pub mod metrics;
pub mod names;
pub mod trace_context;

pub use metrics::Metrics;
