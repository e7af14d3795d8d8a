//! HTTP on loopback: streams for browsers, jobs for other programs, health and metrics for operators.
//!
//! The site's web server passes `/platen/` on, so browsers are on the site's own origin: no answer carries a
//! CORS header.

mod error;
mod limits;
mod request;
mod router;
mod routes;
mod server;
mod state;

pub use router::router;
pub use server::serve;
pub use state::{HttpParts, HttpState};
