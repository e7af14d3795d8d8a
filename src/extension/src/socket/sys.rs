//! The system calls that std does not offer: connecting within a time, writing without SIGPIPE, and memory that a
//! process shares with those it forks.

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::time::Duration;

use super::health::{Health, PLACES};

/// What a poll waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Interest {
    Read,
    Write,
}

/// Connects to a Unix stream socket within the time; without one, only if there is a place in the backlog now.
///
/// The send time-out covers `connect` as well: the kernel waits that long for a place in a full backlog and
/// then reports `EAGAIN`. A non-blocking connect reports it at once, with nothing to poll for.
pub(super) fn connect(path: &[u8], within: Option<Duration>) -> io::Result<OwnedFd> {
    let address = address_of(path)?;
    let fd = match within {
        Some(within) => {
            let fd = open_socket(0)?;
            set_send_timeout(&fd, within)?;
            fd
        }
        None => open_socket(libc::SOCK_NONBLOCK)?,
    };
    let length = libc::socklen_t::try_from(size_of::<libc::sockaddr_un>()).map_err(io::Error::other)?;
    #[expect(unsafe_code, reason = "std connects without a time-out")]
    // SAFETY: the address is initialised, lives over the call, and its length is its own.
    let result = unsafe { libc::connect(fd.as_raw_fd(), (&raw const address).cast(), length) };
    if result == 0 { Ok(fd) } else { Err(io::Error::last_os_error()) }
}

/// Waits until the socket is ready or the time is over; `false` is the latter. A signal ends the wait as ready.
pub(super) fn wait(fd: BorrowedFd<'_>, interest: Interest, within: Duration) -> io::Result<bool> {
    let events = match interest {
        Interest::Read => libc::POLLIN,
        Interest::Write => libc::POLLOUT,
    };
    let mut poll = libc::pollfd { fd: fd.as_raw_fd(), events, revents: 0 };
    let time = libc::timespec {
        tv_sec: libc::time_t::try_from(within.as_secs()).unwrap_or(libc::time_t::MAX),
        tv_nsec: libc::c_long::from(i32::try_from(within.subsec_nanos()).unwrap_or(0)),
    };
    #[expect(unsafe_code, reason = "std has no poll")]
    // SAFETY: one initialised pollfd and one timespec, both alive over the call; no signal mask.
    let ready = unsafe { libc::ppoll(&raw mut poll, 1, &raw const time, std::ptr::null()) };
    match ready {
        0 => Ok(false),
        1.. => Ok(true),
        _ => interrupted_is_ready(io::Error::last_os_error()),
    }
}

/// Writes what fits, without waiting and without SIGPIPE.
pub(super) fn send(fd: BorrowedFd<'_>, bytes: &[u8]) -> io::Result<usize> {
    let flags = libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL;
    #[expect(unsafe_code, reason = "std writes without MSG_NOSIGNAL")]
    // SAFETY: the pointer and the length are those of one live slice.
    let sent = unsafe { libc::send(fd.as_raw_fd(), bytes.as_ptr().cast(), bytes.len(), flags) };
    usize::try_from(sent).map_err(|_| io::Error::last_os_error())
}

/// Reads what is there, without waiting. 0 is the end of the stream.
pub(super) fn receive(fd: BorrowedFd<'_>, buffer: &mut [u8]) -> io::Result<usize> {
    receive_with(fd, buffer, libc::MSG_DONTWAIT)
}

/// Whether the peer has sent anything, or has closed, since the last reply was read.
pub(super) fn is_quiet(fd: BorrowedFd<'_>) -> bool {
    let peeked = receive_with(fd, &mut [0], libc::MSG_DONTWAIT | libc::MSG_PEEK);
    matches!(peeked, Err(error) if error.kind() == io::ErrorKind::WouldBlock)
}

/// Maps zeros that this process shares with all it forks from now on. They stay for as long as it lives.
pub(super) fn shared_page() -> io::Result<&'static [Health; PLACES]> {
    let (access, flags) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_SHARED | libc::MAP_ANONYMOUS);
    #[expect(unsafe_code, reason = "std has no shared memory")]
    // SAFETY: a new mapping at a place of the kernel's choice touches no memory of ours. It is page aligned, as long as
    // the array and never unmapped, and zeros are atomics.
    unsafe {
        let start = libc::mmap(std::ptr::null_mut(), size_of::<[Health; PLACES]>(), access, flags, -1, 0);
        if start == libc::MAP_FAILED { Err(io::Error::last_os_error()) } else { Ok(&*start.cast()) }
    }
}

fn receive_with(fd: BorrowedFd<'_>, buffer: &mut [u8], flags: libc::c_int) -> io::Result<usize> {
    #[expect(unsafe_code, reason = "std reads with the file's own blocking mode only")]
    // SAFETY: the pointer and the length are those of one live, exclusively borrowed slice.
    let read = unsafe { libc::recv(fd.as_raw_fd(), buffer.as_mut_ptr().cast(), buffer.len(), flags) };
    usize::try_from(read).map_err(|_| io::Error::last_os_error())
}

fn open_socket(flags: libc::c_int) -> io::Result<OwnedFd> {
    #[expect(unsafe_code, reason = "std opens and connects in one step")]
    // SAFETY: no pointers; a valid descriptor that nobody else owns goes straight into its owner.
    unsafe {
        let fd = libc::socket(libc::AF_UNIX, libc::SOCK_STREAM | libc::SOCK_CLOEXEC | flags, 0);
        if fd < 0 { Err(io::Error::last_os_error()) } else { Ok(OwnedFd::from_raw_fd(fd)) }
    }
}

fn set_send_timeout(fd: &OwnedFd, within: Duration) -> io::Result<()> {
    // A time of zero would mean no time-out at all.
    let micros = within.as_micros().max(1);
    let time = libc::timeval {
        tv_sec: libc::time_t::try_from(micros / 1_000_000).unwrap_or(libc::time_t::MAX),
        tv_usec: libc::suseconds_t::try_from(micros % 1_000_000).unwrap_or(0),
    };
    let length = libc::socklen_t::try_from(size_of::<libc::timeval>()).map_err(io::Error::other)?;
    #[expect(unsafe_code, reason = "the option must be set before std could own a stream")]
    // SAFETY: the option takes a timeval, which lives over the call, and its length is its own.
    let result = unsafe {
        libc::setsockopt(
            fd.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_SNDTIMEO,
            (&raw const time).cast(),
            length,
        )
    };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

fn address_of(path: &[u8]) -> io::Result<libc::sockaddr_un> {
    #[expect(unsafe_code, reason = "the address has padding on some systems")]
    // SAFETY: all zeros is a valid sockaddr_un.
    let mut address: libc::sockaddr_un = unsafe { std::mem::zeroed() };
    address.sun_family = libc::sa_family_t::try_from(libc::AF_UNIX).map_err(io::Error::other)?;
    if path.is_empty() || path.len() >= address.sun_path.len() || path.contains(&0) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the path does not fit a socket address"));
    }
    for (to, from) in address.sun_path.iter_mut().zip(path) {
        *to = libc::c_char::from_ne_bytes([*from]);
    }
    Ok(address)
}

fn interrupted_is_ready(error: io::Error) -> io::Result<bool> {
    if error.kind() == io::ErrorKind::Interrupted { Ok(true) } else { Err(error) }
}
