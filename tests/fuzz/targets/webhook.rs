//! A webhook of any scheme is accepted when, and only when, its header holds ring's HMAC of what the scheme signs.

#![no_main]

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use libfuzzer_sys::fuzz_target;
use platen_core::clock::Timestamp;
use platen_core::signing::SigningKey;
use platen_core::webhook::{Request, Scheme, WebhookError, sign_as, verify_as};
use ring::hmac;

const SECRET: &[u8] = b"a secret of at least thirty-two bytes";
const NOW_S: i64 = 1_700_000_000;
const TOLERANCE: Duration = Duration::from_secs(300);

/// The parts of the input are separated by this byte, which is in no header.
const SEPARATOR: u8 = 0xFF;

fuzz_target!(|data: &[u8]| {
    let [which, data @ ..] = data else { return };
    let scheme = Scheme::ALL[usize::from(*which) % Scheme::ALL.len()];
    let mut parts = data.split(|byte| *byte == SEPARATOR);
    let mut text = || String::from_utf8_lossy(parts.next().unwrap_or_default()).into_owned();
    let (id, time, signatures, uri) = (text(), text(), text(), text());
    let body = parts.next().unwrap_or_default();
    let key = SigningKey::from_bytes(SECRET).expect("a long secret");
    let request = Request { method: "POST", uri: &uri, body };

    let received = verify(scheme, &request, &key, &id, &time, &signatures);
    let expected = expected(scheme, &id, &signed_time(scheme, &time, &signatures), &uri, body);
    if received.is_ok() {
        assert!(signatures.to_ascii_lowercase().contains(&expected.to_ascii_lowercase()), "{signatures}");
    }

    let now = if scheme == Scheme::HubSpot { NOW_S * 1000 } else { NOW_S };
    let Ok(header) = sign_as(scheme, &id, now, &request, &[&key]) else { return };
    assert!(verify(scheme, &request, &key, &id, &now.to_string(), &header).is_ok());
    let other = SigningKey::from_bytes(&[7; 32]).expect("a long secret");
    let refused = verify(scheme, &request, &other, &id, &now.to_string(), &header);
    assert_eq!(refused, Err(WebhookError::Signature));
    // What the input has as signatures beside the right one does no harm, unless it is before the limit of them.
    assert!(header.contains(&self::expected(scheme, &id, &now.to_string(), &uri, body)));
});

fn verify(
    scheme: Scheme,
    request: &Request<'_>,
    key: &SigningKey,
    id: &str,
    time: &str,
    signatures: &str,
) -> Result<String, WebhookError> {
    let header = |name: &'static str| match name {
        "webhook-id" => id,
        name if name == scheme.signature_header() => signatures,
        _ => time,
    };
    verify_as(scheme, request, header, &[key], TOLERANCE, Timestamp::from_seconds(NOW_S))
}

/// The time under the signature; Stripe's is the first `t` of its header.
fn signed_time(scheme: Scheme, time: &str, signatures: &str) -> String {
    let stripe = || signatures.split(',').find_map(|item| item.strip_prefix("t=")).unwrap_or_default();
    if scheme == Scheme::Stripe { stripe().to_owned() } else { time.to_owned() }
}

/// The signature as the scheme's header writes it, made from the services' documentation.
fn expected(scheme: Scheme, id: &str, time: &str, uri: &str, body: &[u8]) -> String {
    let (before, after) = match scheme {
        Scheme::Standard => (format!("{id}.{time}."), ""),
        Scheme::Stripe => (format!("{time}."), ""),
        Scheme::GitHub => (String::new(), ""),
        Scheme::Slack => (format!("v0:{time}:"), ""),
        Scheme::HubSpot => (format!("POST{uri}"), time),
    };
    let message = [before.as_bytes(), body, after.as_bytes()].concat();
    let mac = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, SECRET), &message);
    let hex: String = mac.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    match scheme {
        Scheme::Standard => format!("v1,{}", STANDARD.encode(mac.as_ref())),
        Scheme::Stripe => format!("v1={hex}"),
        Scheme::GitHub => format!("sha256={hex}"),
        Scheme::Slack => format!("v0={hex}"),
        Scheme::HubSpot => STANDARD.encode(mac.as_ref()),
    }
}
