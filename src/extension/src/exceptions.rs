//! The exception classes of PHP, and the one way from an error of Rust to one of them.
//!
//! The classes are registered by hand and not with `#[php_class]`: only so does the engine fill in file, line
//! and trace, and only so can PHP code instantiate and catch them like any other exception.

mod class;

use ext_php_rs::exception::PhpException;
use platen_core::code::ErrorCode;
use platen_core::history::TrimError;
use platen_core::prompt::{InvalidCacheTag, ParsePromptHashError, UnknownRule};
use platen_core::rate::InvalidRate;
use platen_core::redact::{RedactError, UnknownKind};
use platen_core::signing::jwt::JwtError;
use platen_core::signing::{InvalidKey, UnknownEncoding};
use platen_core::webhook::WebhookError;
use platen_core::wire::FrameError;
use thiserror::Error;

pub(crate) use self::class::{ExceptionClass, register};
use crate::guard::Panicked;
use crate::socket::SocketError;

/// Why a native function threw. The message goes to PHP as it is; none holds a key, a token or a prompt.
#[derive(Debug, Error)]
pub(crate) enum Failure {
    /// An argument is out of its range or of the wrong shape.
    #[error("{0}")]
    Argument(String),
    /// An argument is larger than its documented limit.
    #[error("{what} has {actual} bytes, the limit is {limit}")]
    TooLarge { what: &'static str, actual: usize, limit: usize },
    /// PHP's memory has no room for what would be returned.
    #[error("the result takes {needed} bytes, memory_limit leaves {left}")]
    NoRoom { needed: usize, left: usize },
    #[error(transparent)]
    Key(#[from] InvalidKey),
    #[error(transparent)]
    Encoding(#[from] UnknownEncoding),
    #[error(transparent)]
    Jwt(#[from] JwtError),
    #[error(transparent)]
    Webhook(#[from] WebhookError),
    #[error(transparent)]
    Trim(#[from] TrimError),
    #[error(transparent)]
    Hash(#[from] ParsePromptHashError),
    #[error(transparent)]
    Rule(#[from] UnknownRule),
    #[error(transparent)]
    Tag(#[from] InvalidCacheTag),
    #[error(transparent)]
    Redact(#[from] RedactError),
    #[error(transparent)]
    Kind(#[from] UnknownKind),
    #[error(transparent)]
    Rate(#[from] InvalidRate),
    /// The request does not fit a frame.
    #[error(transparent)]
    Frame(#[from] FrameError),
    #[error(transparent)]
    Socket(#[from] SocketError),
    /// The daemon answered with a refusal. Its code is passed on, also one that this version does not know.
    #[error("{message}")]
    Refused { code: String, message: String },
    /// The daemon's answer is a frame, but not one that belongs to the request.
    #[error("the daemon's answer does not belong to the request")]
    UnexpectedReply,
    /// PHP could not take a value that was made for it.
    #[error("the result has no PHP form: {0}")]
    Php(#[from] ext_php_rs::error::Error),
    #[error("a fault of Platen at {}, which deserves a bug report", .0.location)]
    Panic(Panicked),
}

impl From<Panicked> for Failure {
    fn from(panic: Panicked) -> Self {
        Self::Panic(panic)
    }
}

impl Failure {
    /// The class of the exception and its stable code: the one place that decides them.
    fn class_and_code(&self) -> (ExceptionClass, &str) {
        match self {
            Self::Argument(_) | Self::Hash(_) | Self::Rate(_) | Self::Rule(_) | Self::Tag(_) => {
                (ExceptionClass::InvalidInput, ErrorCode::InvalidRequest.as_str())
            }
            Self::TooLarge { .. } | Self::NoRoom { .. } => {
                (ExceptionClass::InvalidInput, ErrorCode::PayloadTooLarge.as_str())
            }
            Self::Encoding(error) => (ExceptionClass::InvalidInput, error.code().as_str()),
            Self::Trim(error) => (ExceptionClass::InvalidInput, error.code().as_str()),
            Self::Redact(error) => (ExceptionClass::InvalidInput, error.code().as_str()),
            Self::Kind(error) => (ExceptionClass::InvalidInput, error.code().as_str()),
            Self::Frame(error) => (ExceptionClass::InvalidInput, error.code().as_str()),
            Self::Key(error) => (ExceptionClass::InvalidKey, error.code().as_str()),
            Self::Jwt(error @ (JwtError::WeakKey | JwtError::NotPrivate)) => {
                (ExceptionClass::InvalidKey, error.code().as_str())
            }
            Self::Jwt(error @ JwtError::Unsigned) => (ExceptionClass::InternalError, error.code().as_str()),
            Self::Jwt(error) => (ExceptionClass::InvalidToken, error.code().as_str()),
            Self::Webhook(error @ (WebhookError::Uri | WebhookError::KeyCount)) => {
                (ExceptionClass::InvalidInput, error.code().as_str())
            }
            Self::Webhook(error) => (ExceptionClass::InvalidSignature, error.code().as_str()),
            Self::Refused { code, .. } if code == ErrorCode::UnsupportedVersion.as_str() => {
                (ExceptionClass::DaemonUnavailable, code)
            }
            Self::Socket(error @ SocketError::Frame(_)) => {
                (ExceptionClass::InternalError, error.code().as_str())
            }
            Self::Socket(error) => (ExceptionClass::DaemonUnavailable, error.code().as_str()),
            Self::Refused { code, .. } => (ExceptionClass::RequestRefused, code),
            Self::UnexpectedReply | Self::Php(_) | Self::Panic(_) => {
                (ExceptionClass::InternalError, ErrorCode::Internal.as_str())
            }
        }
    }
}

impl From<Failure> for PhpException {
    fn from(failure: Failure) -> Self {
        let (class, code) = failure.class_and_code();
        // Errors that name a claim are all of `InvalidToken`.
        let claim = if let Failure::Jwt(error) = &failure { error.claim() } else { None };
        class::exception(class, code, &failure.to_string(), claim)
    }
}
