//! From the provider's stream to everyone who watches.

pub mod tokens;
