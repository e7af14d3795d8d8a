//! Who may use the socket. The file's mode keeps strangers out; this is the second lock on the same door,
//! which also holds when somebody loosens the mode.

use rustix::process::geteuid;

/// Decides by the credentials that the kernel reports for the other end (`SO_PEERCRED`).
#[derive(Clone, Debug)]
pub struct PeerPolicy {
    own_uid: u32,
    uids: Vec<u32>,
    gids: Vec<u32>,
}

impl PeerPolicy {
    /// Admits root, the daemon's own user, these users, and these groups.
    pub fn new(uids: Vec<u32>, gids: Vec<u32>) -> Self {
        Self { own_uid: geteuid().as_raw(), uids, gids }
    }

    /// Whether a process of this user and group may speak.
    pub fn admits(&self, uid: u32, gid: u32) -> bool {
        uid == 0 || uid == self.own_uid || self.uids.contains(&uid) || self.gids.contains(&gid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_root_the_owner_and_the_named_are_admitted() {
        let policy = PeerPolicy { own_uid: 990, uids: vec![1001], gids: vec![33] };

        assert!(policy.admits(0, 0));
        assert!(policy.admits(990, 990));
        assert!(policy.admits(1001, 5));
        assert!(policy.admits(5, 33));
        assert!(!policy.admits(1002, 1002));
        assert!(!policy.admits(33, 1001), "a uid is not a gid");
    }
}
