//! Log lines on standard error.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::FmtSpan;

use crate::config::{LogConfig, LogFormat, LogLevel};

/// Sends the log lines of this process to standard error. A second call has no effect.
pub fn init(config: &LogConfig) {
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter(config.level))
        .with_span_events(FmtSpan::NONE)
        .with_writer(std::io::stderr);
    // A second subscriber is refused; only tests that start two daemons in one process meet that.
    let _ = match config.format {
        LogFormat::Json => builder.json().flatten_event(true).with_current_span(false).try_init(),
        LogFormat::Text => builder.try_init(),
    };
}

/// Libraries log bodies and headers at their finer levels: only `trace` lets them speak.
fn filter(level: LogLevel) -> EnvFilter {
    let directives = match level {
        LogLevel::Error => "error".to_owned(),
        LogLevel::Trace => "trace,hyper=debug,h2=info".to_owned(),
        LogLevel::Warn | LogLevel::Info | LogLevel::Debug => {
            format!("warn,platen_sidecar={level},platend={level}", level = level.as_str())
        }
    };
    EnvFilter::new(directives)
}
