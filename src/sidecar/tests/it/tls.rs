//! Private connections to PostgreSQL: the server's certificate is checked, and what is wrong with it is said.

use std::fs;
use std::path::Path;

use crate::daemon::{Home, SITE};
use crate::postgres::with_tls;

/// A home whose database is at this host, with this authority.
fn home(server: &Path, host: &str, authority: &str) -> Home {
    let port = fs::read_to_string(server.join("port")).unwrap();
    let mut home = Home::offline("");
    home.set(&format!("database.ca_file = \"{}\"", server.join(authority).display()));
    let address = format!("postgres://platen:planted@{host}:{}/postgres?sslmode=verify-full", port.trim());
    home.export("PLATEN_DATABASE_URL", &address);
    home
}

#[tokio::test]
async fn a_server_is_reached_with_tls_and_only_with_its_own_authority_and_name() {
    let server = with_tls().await;

    let right = home(&server, "localhost", "ca.pem");
    right.add_site("https://example.com");
    assert!(right.ok(&["site", "list"]).contains(SITE));
    // A daemon has connections of both kinds: those that block, and the one that hears of others.
    let _daemon = right.start().await;

    for (host, authority, reason) in
        [("localhost", "other.pem", "UnknownIssuer"), ("127.0.0.1", "ca.pem", "not valid for name")]
    {
        let refused = home(&server, host, authority).fails(&["site", "list"]);
        assert!(refused.contains("certificate") && refused.contains(reason), "{refused}");
        assert!(!refused.contains("planted"), "{refused}");
    }
}
