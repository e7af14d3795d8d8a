use std::io;

use thiserror::Error;

/// The table cannot be used.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The file is not there, or may not be opened.
    #[error("the file cannot be opened")]
    Io(#[from] io::Error),
    /// It is no table of this version, or not as long as it says.
    #[error("the file is not a table of rate limits of this version")]
    Foreign,
    /// It was made before the host's last start.
    #[error("the file is of an earlier start of this host")]
    EarlierBoot,
    /// Any user may write to it.
    #[error("the file is writable by anyone")]
    Unsafe,
    /// Another daemon gives out its slots.
    #[error("another process owns the file")]
    InUse,
}

impl OpenError {
    /// The word for this state of the file.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Io(error) if error.kind() == io::ErrorKind::NotFound => "missing",
            Self::Io(_) => "unreadable",
            Self::Foreign => "foreign",
            Self::EarlierBoot => "of_earlier_boot",
            Self::Unsafe => "unsafe",
            Self::InUse => "in_use",
        }
    }
}
