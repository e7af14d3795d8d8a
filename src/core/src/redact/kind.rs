use crate::code::ErrorCode;
use thiserror::Error;

/// What a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// The name and password, or the token, in a URL.
    Credentials,
    /// An API key, a token or a private key.
    Secret,
    /// An e-mail address.
    Email,
    /// An international bank account number.
    Iban,
    /// The number of a payment card.
    Card,
    /// A social security number of the United States.
    Ssn,
    /// An address of the Internet Protocol, version 4 or 6.
    Ip,
    /// A telephone number.
    Phone,
}

impl Kind {
    /// Every kind. Where two begin at the same place, the earlier one is taken.
    pub const ALL: [Self; 8] = [
        Self::Credentials,
        Self::Secret,
        Self::Email,
        Self::Iban,
        Self::Card,
        Self::Ssn,
        Self::Ip,
        Self::Phone,
    ];

    /// The name that PHP and configuration use; in brackets it is the irreversible placeholder.
    pub fn name(self) -> &'static str {
        match self {
            Self::Credentials => "credentials",
            Self::Secret => "secret",
            Self::Email => "email",
            Self::Iban => "iban",
            Self::Card => "card",
            Self::Ssn => "ssn",
            Self::Ip => "ip",
            Self::Phone => "phone",
        }
    }

    /// The name as reversible placeholders have it.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Credentials => "CREDENTIALS",
            Self::Secret => "SECRET",
            Self::Email => "EMAIL",
            Self::Iban => "IBAN",
            Self::Card => "CARD",
            Self::Ssn => "SSN",
            Self::Ip => "IP",
            Self::Phone => "PHONE",
        }
    }
}

impl std::str::FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|kind| kind.name() == name).ok_or(UnknownKind)
    }
}

/// The name is not that of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the kinds are credentials, secret, email, iban, card, ssn, ip and phone")]
pub struct UnknownKind;

impl UnknownKind {
    /// The stable code: always [`ErrorCode::InvalidRequest`].
    pub fn code(&self) -> ErrorCode {
        ErrorCode::InvalidRequest
    }
}
