//! The number of a group. Read from `/etc/group`; a group of another directory service is given by number.

use super::ConfigError;

/// The number of the group that the setting names, `None` for an empty setting.
pub(super) fn gid(key: &str, group: &str) -> Result<Option<u32>, ConfigError> {
    if group.is_empty() {
        return Ok(None);
    }
    if let Ok(gid) = group.parse() {
        return Ok(Some(gid));
    }
    let groups = std::fs::read_to_string("/etc/group").unwrap_or_default();
    match find(&groups, group) {
        Some(gid) => Ok(Some(gid)),
        None => Err(ConfigError::invalid(key, format!("no group is named {group:?} in /etc/group"))),
    }
}

fn find(groups: &str, name: &str) -> Option<u32> {
    groups.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next() == Some(name)).then(|| fields.nth(1))?.and_then(|gid| gid.parse().ok())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_found_by_its_whole_name() {
        let groups = "root:x:0:\nwww:x:5:a,b\nwww-data:x:33:\n";

        assert_eq!(find(groups, "www-data"), Some(33));
        assert_eq!(find(groups, "www"), Some(5));
        assert_eq!(find(groups, "data"), None);
    }

    #[test]
    fn a_number_is_taken_as_it_is() {
        assert_eq!(gid("ipc.group", "4242").unwrap(), Some(4242));
        assert_eq!(gid("ipc.group", "").unwrap(), None);
    }
}
