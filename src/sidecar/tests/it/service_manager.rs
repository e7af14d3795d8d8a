//! What systemd hears from the daemon when its unit says `Type=notify`.

use std::time::Duration;

use tokio::net::{UnixDatagram, UnixStream};
use tokio::time::timeout;

use crate::daemon::Home;

const PATIENCE: Duration = Duration::from_secs(20);

async fn notice(manager: &UnixDatagram) -> String {
    let mut bytes = [0; 64];
    let length = timeout(PATIENCE, manager.recv(&mut bytes)).await.expect("the daemon tells").unwrap();
    String::from_utf8(bytes[..length].to_vec()).unwrap()
}

#[tokio::test]
async fn the_manager_hears_when_the_daemon_serves_lives_and_ends() {
    let mut home = Home::offline("");
    let path = home.dir.path().join("notify");
    let manager = UnixDatagram::bind(&path).unwrap();
    home.export("NOTIFY_SOCKET", path.to_str().unwrap());
    home.export("WATCHDOG_USEC", "200000");

    let mut daemon = home.start().await;

    assert_eq!(notice(&manager).await, "READY=1");
    assert!(UnixStream::connect(home.socket()).await.is_ok(), "ready means that the socket answers");
    assert_eq!(notice(&manager).await, "WATCHDOG=1");
    assert_eq!(notice(&manager).await, "WATCHDOG=1");

    daemon.terminate();

    let mut last = notice(&manager).await;
    while last == "WATCHDOG=1" {
        last = notice(&manager).await;
    }
    assert_eq!(last, "STOPPING=1");
    assert_eq!(daemon.ended().await.code(), Some(0));
}
