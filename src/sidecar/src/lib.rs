#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod cli;

pub mod app;
pub mod config;
pub mod destination;
pub mod instance;
pub mod service_manager;
pub mod supervisor;

pub mod http;
pub mod ipc;

pub mod budgets;
pub mod jobs;
pub mod ratelimit;
pub mod results;
pub mod site_tokens;
pub mod sites;
pub mod streaming;
pub mod webhooks;

pub mod providers;
pub mod storage;

pub mod clock;
pub mod telemetry;
