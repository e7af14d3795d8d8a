//! The text form of keys (RFC 7468).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::InvalidKey;

/// The longest PEM text, in bytes: an RSA key of 8192 bits has 6.5 KiB.
const MAX_PEM_BYTES: usize = 16 * 1024;

/// What a PEM block holds, by its label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Label {
    /// `PRIVATE KEY`: PKCS #8.
    Private,
    /// `RSA PRIVATE KEY`: PKCS #1.
    RsaPrivate,
    /// `EC PRIVATE KEY`: RFC 5915.
    EcPrivate,
    /// `PUBLIC KEY`: `SubjectPublicKeyInfo`.
    Public,
    /// `RSA PUBLIC KEY`: PKCS #1.
    RsaPublic,
}

impl Label {
    fn of(name: &str) -> Result<Self, InvalidKey> {
        match name {
            "PRIVATE KEY" => Ok(Self::Private),
            "RSA PRIVATE KEY" => Ok(Self::RsaPrivate),
            "EC PRIVATE KEY" => Ok(Self::EcPrivate),
            "PUBLIC KEY" => Ok(Self::Public),
            "RSA PUBLIC KEY" => Ok(Self::RsaPublic),
            "ENCRYPTED PRIVATE KEY" => Err(ENCRYPTED),
            _ => Err(InvalidKey::Malformed("the PEM text holds something else than a key")),
        }
    }
}

/// The parameters that `openssl ecparam -genkey` writes before the key, which names them itself.
const PARAMETERS: &str = "EC PARAMETERS";

const ENCRYPTED: InvalidKey = InvalidKey::Malformed("the PEM key is encrypted; decrypt it first");
const MALFORMED: InvalidKey = InvalidKey::Malformed("the PEM text is malformed");

/// Reads the one key of a PEM text.
///
/// # Errors
/// [`InvalidKey`] when there is none, more than one, or it is encrypted.
pub(super) fn read(text: &[u8]) -> Result<(Label, Zeroizing<Vec<u8>>), InvalidKey> {
    if text.len() > MAX_PEM_BYTES {
        return Err(InvalidKey::TooLong { limit: MAX_PEM_BYTES, actual: text.len() });
    }
    let text = std::str::from_utf8(text).map_err(|_| MALFORMED)?;
    let (mut name, mut body, mut rest) = next_block(text)?;
    if name == PARAMETERS {
        (name, body, rest) = next_block(rest)?;
    }
    let label = Label::of(name)?;
    if rest.contains("-----BEGIN ") {
        return Err(InvalidKey::Malformed("the PEM text holds more than one key"));
    }
    if body.contains("Proc-Type:") {
        return Err(ENCRYPTED);
    }
    Ok((label, decode(body)?))
}

/// The label, the body and what follows.
fn next_block(text: &str) -> Result<(&str, &str, &str), InvalidKey> {
    let (_, text) = text.split_once("-----BEGIN ").ok_or(MALFORMED)?;
    let (name, text) = text.split_once("-----").ok_or(MALFORMED)?;
    let (body, text) = text.split_once("-----END ").ok_or(MALFORMED)?;
    let rest = text.strip_prefix(name).and_then(|text| text.strip_prefix("-----")).ok_or(MALFORMED)?;
    Ok((name, body, rest))
}

fn decode(body: &str) -> Result<Zeroizing<Vec<u8>>, InvalidKey> {
    let mut bare = Zeroizing::new(Vec::with_capacity(body.len()));
    bare.extend(body.bytes().filter(|byte| !byte.is_ascii_whitespace()));
    STANDARD.decode(&*bare).map(Zeroizing::new).map_err(|_| MALFORMED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_read_whatever_its_line_ends_and_what_is_around_it() {
        let text =
            "a comment\r\n-----BEGIN PUBLIC KEY-----\r\nAAEC\r\nAwQ=\r\n-----END PUBLIC KEY-----\r\nmore";

        let (label, bytes) = read(text.as_bytes()).unwrap();

        assert_eq!((label, bytes.as_slice()), (Label::Public, &[0, 1, 2, 3, 4][..]));
    }

    #[test]
    fn parameters_before_the_key_are_passed_over() {
        let text = "-----BEGIN EC PARAMETERS-----\nBggq\n-----END EC PARAMETERS-----\n\
            -----BEGIN EC PRIVATE KEY-----\nAAEC\n-----END EC PRIVATE KEY-----\n";

        assert_eq!(read(text.as_bytes()).unwrap().0, Label::EcPrivate);
    }

    #[test]
    fn what_is_not_one_plain_key_is_refused() {
        let block =
            |name: &str, body: &str| format!("-----BEGIN {name}-----\n{body}\n-----END {name}-----\n");
        let two = block("PUBLIC KEY", "AAEC").repeat(2);
        for text in [
            "",
            "-----BEGIN PUBLIC KEY-----\nAAEC\n",
            "-----BEGIN PUBLIC KEY-----\nAAEC\n-----END PRIVATE KEY-----\n",
            &block("PUBLIC KEY", "A!EC"),
            &block("CERTIFICATE", "AAEC"),
            &two,
        ] {
            assert!(matches!(read(text.as_bytes()), Err(InvalidKey::Malformed(_))), "{text}");
        }
        let legacy = block("RSA PRIVATE KEY", "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAEC");
        assert_eq!(read(legacy.as_bytes()).unwrap_err(), ENCRYPTED);
        assert_eq!(read(block("ENCRYPTED PRIVATE KEY", "AAEC").as_bytes()).unwrap_err(), ENCRYPTED);
        assert!(matches!(read(&vec![b'x'; MAX_PEM_BYTES + 1]), Err(InvalidKey::TooLong { .. })));
    }
}
