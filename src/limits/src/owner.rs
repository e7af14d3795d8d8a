//! The side of the daemon: makes the file and gives out the slots.

use std::fs::{self, File, OpenOptions, Permissions, TryLockError};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt, chown};
use std::path::Path;

use platen_core::rate::Quota;
use platen_core::wire::RateDecision;

use crate::guest::{check, open_for_both};
use crate::header::{self, FILE_BYTES};
use crate::mapping::Mapping;
use crate::slots::Slots;
use crate::{OpenError, RateKey};

/// The table as the daemon uses it. One thread at a time may call [`Owner::give`].
#[derive(Debug)]
pub struct Owner {
    slots: Slots,
    /// Locked for as long as this process gives out slots. `None` for a table of this process alone.
    file: Option<File>,
}

/// Whether a key is in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owned {
    /// It is, or it was put there, and this was decided.
    Decided(RateDecision),
    /// All slots near its place are in use.
    NoRoom,
}

impl Owner {
    /// Opens the table, with what an earlier process decided, or makes it with this mode and group. One of an
    /// earlier boot or another version is replaced.
    ///
    /// # Errors
    /// [`OpenError::InUse`] when a living process owns it; others when the file cannot be made.
    pub fn open(path: &Path, mode: u32, group: Option<u32>, secret: [u64; 2]) -> Result<Self, OpenError> {
        match Self::adopt(path) {
            Ok(owner) => {
                fs::set_permissions(path, Permissions::from_mode(mode))?;
                if group.is_some() {
                    chown(path, None, group)?;
                }
                return Ok(owner);
            }
            Err(OpenError::InUse) => return Err(OpenError::InUse),
            Err(_) => {}
        }
        // Made under another name and then renamed: nobody ever maps a table that is not whole.
        let temporary = path.with_extension(format!("{}.new", std::process::id()));
        let owner = Self::make(&temporary, mode, group, secret);
        let placed = owner.and_then(|owner| Ok(fs::rename(&temporary, path).map(|()| owner)?));
        placed.inspect_err(|_| drop(fs::remove_file(&temporary)))
    }

    /// A table that no other process sees, for a host where the file cannot be made.
    ///
    /// # Errors
    /// When there is no memory.
    pub fn private(secret: [u64; 2]) -> io::Result<Self> {
        Ok(Self { slots: Slots::new(Mapping::private(FILE_BYTES)?, secret), file: None })
    }

    /// Whether other processes see the table.
    pub fn is_shared(&self) -> bool {
        self.file.is_some()
    }

    /// What the table knows this key by.
    pub fn key(&self, site: &str, key: &str) -> RateKey {
        self.slots.key(site, key)
    }

    /// Takes from the limit of a key, or tells how long to wait. A key that has no slot yet is given one, with its
    /// bucket full again at `full_at`.
    pub fn take(&self, key: RateKey, quota: Quota, full_at: u64, now: u64) -> Owned {
        let decided = self.slots.take(key, quota, now).or_else(|| {
            if self.slots.give(key, full_at, now) { self.slots.take(key, quota, now) } else { None }
        });
        decided.map_or(Owned::NoRoom, Owned::Decided)
    }

    /// How many keys wait for their bucket to fill.
    pub fn in_use(&self, now: u64) -> usize {
        self.slots.in_use(now)
    }

    fn adopt(path: &Path) -> Result<Self, OpenError> {
        let file = open_for_both(path)?;
        lock(&file)?;
        check(&file.metadata()?)?;
        let mapping = Mapping::of_file(&file, FILE_BYTES)?;
        let secret = header::read(&mapping)?;
        let slots = Slots::new(mapping, secret);
        slots.mend();
        Ok(Self { slots, file: Some(file) })
    }

    fn make(path: &Path, mode: u32, group: Option<u32>, secret: [u64; 2]) -> Result<Self, OpenError> {
        if let Err(error) = fs::remove_file(path)
            && error.kind() != io::ErrorKind::NotFound
        {
            return Err(error.into());
        }
        let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(path)?;
        lock(&file)?;
        reserve(&file)?;
        let mapping = Mapping::of_file(&file, FILE_BYTES)?;
        header::write(&mapping, secret)?;
        if group.is_some() {
            chown(path, None, group)?;
        }
        fs::set_permissions(path, Permissions::from_mode(mode))?;
        Ok(Self { slots: Slots::new(mapping, secret), file: Some(file) })
    }
}

fn lock(file: &File) -> Result<(), OpenError> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

/// Takes the blocks at once: a full disk must be an error here and not a SIGBUS later.
fn reserve(file: &File) -> io::Result<()> {
    let bytes = libc::off_t::try_from(FILE_BYTES).map_err(io::Error::other)?;
    #[expect(unsafe_code, reason = "std reserves no blocks")]
    // SAFETY: a descriptor that lives over the call, and two numbers.
    let code = unsafe { libc::posix_fallocate(file.as_raw_fd(), 0, bytes) };
    if code == 0 { Ok(()) } else { Err(io::Error::from_raw_os_error(code)) }
}
