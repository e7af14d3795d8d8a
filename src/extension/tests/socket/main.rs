//! The socket client without PHP, against listeners of the test: the module is compiled in as it is.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../../src"]
mod extension {
    pub(crate) mod socket;
}

mod calls;
mod circuit;
mod daemon;
mod deadlines;
mod pushes;
mod refusals;
mod restarts;
