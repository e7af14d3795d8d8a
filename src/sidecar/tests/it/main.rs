//! Integration tests: one binary, so that it links once.

mod http;
mod providers;
mod stream;

mod stub;
mod world;
