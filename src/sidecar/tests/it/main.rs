//! Integration tests: one binary, so that it links once.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod cache;
mod cli;
mod conformance;
mod crash;
mod database;
mod drain;
mod elsewhere;
mod guarantees;
mod handoff;
mod http;
mod http_jobs;
mod ipc;
mod jobs;
mod providers;
mod results;
mod schema;
mod service_manager;
mod stream;
mod tls;
mod two_daemons;
mod wayback;
mod webhooks;
mod workflows;

mod daemon;
mod effects;
mod openai;
mod postgres;
mod stub;
mod world;
