#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod breaker;
pub mod budget;
pub mod clock;
pub mod code;
pub mod cron;
pub mod history;
pub mod job;
pub mod limits;
pub mod prompt;
pub mod rate;
pub mod redact;
pub mod retry;
pub mod secret;
pub mod signing;
pub mod sse;
pub mod tokens;
pub mod webhook;
mod window;
pub mod wire;
pub mod workflow;
