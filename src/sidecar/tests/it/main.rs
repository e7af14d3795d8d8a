//! Integration tests: one binary, so that it links once.

mod providers;

mod stub;
