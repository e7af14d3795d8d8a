//! Integration tests: one binary, so that it links once.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod cache;
mod cli;
mod conformance;
mod crash;
mod drain;
mod handoff;
mod http;
mod http_jobs;
mod ipc;
mod jobs;
mod providers;
mod results;
mod service_manager;
mod stream;
mod wayback;
mod webhooks;
mod workflows;

mod daemon;
mod effects;
mod openai;
mod stub;
mod world;
