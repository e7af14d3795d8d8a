#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod clock;
pub mod code;
pub mod job;
pub mod limits;
pub mod secret;
pub mod wire;
