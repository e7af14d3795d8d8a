//! What the daemon tells systemd about itself, `sd_notify(3)`: that it serves, that it ends, that it lives.
//!
//! Each notice is one datagram. None of them may hold the daemon up: a manager that does not listen is logged
//! and otherwise ignored.

use std::convert::Infallible;
use std::future::pending;
use std::io;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;

use crate::config::ServiceConfig;
use crate::telemetry::names;

/// The service manager that started this process, if one did.
#[derive(Debug)]
pub struct ServiceManager {
    socket: Option<UnixDatagram>,
    /// How often it wants to hear that the daemon lives.
    pulse: Option<Duration>,
}

impl ServiceManager {
    /// Finds the manager that the environment names. One that cannot be reached is no reason not to serve.
    pub fn find(service: &ServiceConfig) -> Self {
        let socket = service.notify_socket.as_deref().and_then(|name| {
            let warn = |error: &io::Error| {
                tracing::warn!({ names::ERROR } = %error, "the service manager cannot be reached");
            };
            connect(name).inspect_err(warn).ok()
        });
        // Half of what the manager waits, as it advises: one late pulse does no harm.
        Self { socket, pulse: service.watchdog.map(|watchdog| watchdog / 2) }
    }

    /// Tells that the socket and the port answer.
    pub fn ready(&self) {
        self.tell("READY=1");
    }

    /// Tells that the daemon drains and will end.
    pub fn stopping(&self) {
        self.tell("STOPPING=1");
    }

    /// Tells again and again that the daemon lives, for as long as its timers run. Never ends.
    pub async fn keep_alive(&self) -> Infallible {
        let Some(pulse) = self.pulse else { return pending().await };
        let mut beats = tokio::time::interval(pulse);
        loop {
            beats.tick().await;
            self.tell("WATCHDOG=1");
        }
    }

    fn tell(&self, notice: &str) {
        if let Some(socket) = &self.socket
            && let Err(error) = socket.send(notice.as_bytes())
        {
            tracing::warn!({ names::ERROR } = %error, notice, "the service manager was not told");
        }
    }
}

fn connect(name: &str) -> io::Result<UnixDatagram> {
    let address = match name.strip_prefix('@') {
        Some(name) => SocketAddr::from_abstract_name(name)?,
        None => SocketAddr::from_pathname(name)?,
    };
    let socket = UnixDatagram::unbound()?;
    socket.connect_addr(&address)?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

#[cfg(test)]
mod tests {
    use tokio::time::{Instant, timeout};

    use super::*;

    fn heard(manager: &UnixDatagram) -> Option<String> {
        let mut notice = [0; 64];
        manager.set_nonblocking(true).unwrap();
        let length = manager.recv(&mut notice).ok()?;
        Some(String::from_utf8(notice[..length].to_vec()).unwrap())
    }

    fn listening(watchdog: Option<Duration>) -> (tempfile::TempDir, UnixDatagram, ServiceManager) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let manager = UnixDatagram::bind(&path).unwrap();
        let service = ServiceConfig { notify_socket: Some(path.to_str().unwrap().to_owned()), watchdog };
        let found = ServiceManager::find(&service);
        (folder, manager, found)
    }

    #[test]
    fn the_manager_hears_the_beginning_and_the_end() {
        let (_folder, manager, daemon) = listening(None);

        daemon.ready();
        daemon.stopping();

        assert_eq!(heard(&manager).as_deref(), Some("READY=1"));
        assert_eq!(heard(&manager).as_deref(), Some("STOPPING=1"));
        assert_eq!(heard(&manager), None);
    }

    #[test]
    fn an_abstract_name_is_reached_too() {
        let name = format!("platen-test-{}", std::process::id());
        let manager = UnixDatagram::bind_addr(&SocketAddr::from_abstract_name(&name).unwrap()).unwrap();

        let service = ServiceConfig { notify_socket: Some(format!("@{name}")), watchdog: None };
        ServiceManager::find(&service).ready();

        assert_eq!(heard(&manager).as_deref(), Some("READY=1"));
    }

    #[test]
    fn nobody_is_told_when_there_is_no_manager() {
        let gone = ServiceConfig { notify_socket: Some("/nowhere/notify".to_owned()), watchdog: None };

        ServiceManager::find(&gone).ready();
        ServiceManager::find(&ServiceConfig::default()).ready();
    }

    #[tokio::test(start_paused = true)]
    async fn a_watching_manager_hears_a_pulse_twice_in_its_time() {
        let (_folder, manager, daemon) = listening(Some(Duration::from_secs(30)));
        let began = Instant::now();

        let outcome = timeout(Duration::from_secs(29), daemon.keep_alive()).await;

        assert!(outcome.is_err(), "the pulse never ends");
        assert_eq!(began.elapsed(), Duration::from_secs(29));
        assert_eq!(heard(&manager).as_deref(), Some("WATCHDOG=1"), "at once");
        assert_eq!(heard(&manager).as_deref(), Some("WATCHDOG=1"), "after 15 s");
        assert_eq!(heard(&manager), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_manager_that_does_not_watch_hears_no_pulse() {
        let (_folder, manager, daemon) = listening(None);

        let outcome = timeout(Duration::from_hours(1), daemon.keep_alive()).await;

        assert!(outcome.is_err());
        assert_eq!(heard(&manager), None);
    }
}
