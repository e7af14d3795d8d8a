//! Integration tests: one binary, so that it links once.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod http;
mod providers;
mod stream;
mod webhooks;

mod stub;
mod world;
