use std::time::Duration;

use super::ConfigError;
use super::environment::Environment;

/// What the service manager asks of a daemon that it started: systemd's protocol, `sd_notify(3)`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceConfig {
    /// Where it wants to hear about the daemon: a path, or an abstract name after `@`. `None` without a manager.
    pub notify_socket: Option<String>,
    /// After how long a silence it restarts the daemon. `None` when it does not watch.
    pub watchdog: Option<Duration>,
}

/// Reads `NOTIFY_SOCKET`, `WATCHDOG_USEC` and `WATCHDOG_PID`.
pub(super) fn resolve(environment: &Environment, pid: u32) -> Result<ServiceConfig, ConfigError> {
    let notify_socket = environment.text("NOTIFY_SOCKET").map(str::to_owned);
    // A manager that watches another process, as the shell around this one, expects nothing from it.
    let is_for_us = environment.text("WATCHDOG_PID").is_none_or(|watched| watched == pid.to_string());
    let watchdog = match environment.text("WATCHDOG_USEC").filter(|_| is_for_us) {
        None => None,
        Some(text) => Some(microseconds(text)?),
    };
    Ok(ServiceConfig { notify_socket, watchdog })
}

fn microseconds(text: &str) -> Result<Duration, ConfigError> {
    match text.parse() {
        Ok(number @ 1..) => Ok(Duration::from_micros(number)),
        _ => Err(ConfigError::invalid("WATCHDOG_USEC", "not a number of microseconds above 0")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PID: u32 = 42;

    fn resolved(variables: &[(&str, &str)]) -> Result<ServiceConfig, ConfigError> {
        resolve(&Environment::of(variables), PID)
    }

    #[test]
    fn without_a_manager_nobody_is_told_anything() {
        assert_eq!(resolved(&[]).unwrap(), ServiceConfig::default());
    }

    #[test]
    fn the_watchdog_counts_microseconds() {
        let service = resolved(&[("NOTIFY_SOCKET", "@manager"), ("WATCHDOG_USEC", "30000000")]).unwrap();

        assert_eq!(service.notify_socket.as_deref(), Some("@manager"));
        assert_eq!(service.watchdog, Some(Duration::from_secs(30)));
    }

    #[test]
    fn a_watchdog_of_another_process_is_none_of_ours() {
        let of = |pid| resolved(&[("WATCHDOG_USEC", "1000000"), ("WATCHDOG_PID", pid)]).unwrap().watchdog;

        assert_eq!(of("41"), None);
        assert_eq!(of("42"), Some(Duration::from_secs(1)));
    }

    #[test]
    fn a_watchdog_that_is_no_time_is_refused_by_name() {
        for text in ["0", "-1", "soon"] {
            let error = resolved(&[("WATCHDOG_USEC", text)]).unwrap_err();

            assert!(error.to_string().contains("WATCHDOG_USEC"), "{error}");
        }
    }
}
