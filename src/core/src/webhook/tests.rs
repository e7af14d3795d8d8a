use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use serde::Deserialize;

use super::*;

const VECTORS: &str = include_str!("../../../../tests/vectors/webhook/verify.json");
const SERVICES: &str = include_str!("../../../../tests/vectors/webhook/services.json");

#[derive(Deserialize)]
struct Vectors {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    keys: Vec<String>,
    #[serde(default = "standard")]
    scheme: String,
    #[serde(default)]
    method: String,
    #[serde(default)]
    uri: String,
    headers: HashMap<String, String>,
    body_base64: String,
    tolerance_s: u64,
    now: i64,
    id: Option<String>,
    error: Option<String>,
}

fn standard() -> String {
    String::from("standard")
}

impl Case {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    fn verify(&self) -> Result<String, WebhookError> {
        let scheme = Scheme::from_name(&self.scheme).unwrap();
        let keys: Vec<SigningKey> = self.keys.iter().map(|key| read_key(scheme, key)).collect();
        let body = STANDARD.decode(&self.body_base64).unwrap();
        verify_as(
            scheme,
            &Request { method: &self.method, uri: &self.uri, body: &body },
            |name| self.header(name),
            &keys.iter().collect::<Vec<_>>(),
            Duration::from_secs(self.tolerance_s),
            Timestamp::from_seconds(self.now),
        )
    }
}

/// The secrets of Standard Webhooks are base64, those of the others their letters.
fn read_key(scheme: Scheme, text: &str) -> SigningKey {
    match scheme {
        Scheme::Standard => text.parse().unwrap(),
        _ => SigningKey::from_foreign_secret(text.as_bytes()).unwrap(),
    }
}

fn key() -> SigningKey {
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".parse().unwrap()
}

#[test]
fn the_published_vector_is_signed() {
    let signature = sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#, &key());

    assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

fn check(vectors: &str, fewest: usize) {
    let vectors: Vectors = serde_json::from_str(vectors).unwrap();
    assert!(vectors.cases.len() >= fewest);

    for case in vectors.cases {
        match case.verify() {
            Ok(id) => assert_eq!(Some(id), case.id, "{}", case.name),
            Err(error) => assert_eq!(Some(error.code().as_str()), case.error.as_deref(), "{}", case.name),
        }
    }
}

#[test]
fn the_golden_webhooks_are_accepted_or_refused_with_their_code() {
    check(VECTORS, 25);
}

#[test]
fn the_golden_webhooks_of_other_services_are_too() {
    check(SERVICES, 40);
}

#[test]
fn signatures_beyond_the_sixteenth_are_not_looked_at() {
    let valid = sign("msg_1", 5, b"{}", &key());
    let flood = "v1,AAAA ".repeat(16);
    let verify_with = |signature: &str| {
        let headers = Headers { id: "msg_1", timestamp: "5", signature };
        verify(&headers, b"{}", &[&key()], Duration::from_mins(5), Timestamp::from_seconds(5))
    };

    assert_eq!(verify_with(&format!("{}{valid}", &flood[8..])), Ok(()));
    assert_eq!(verify_with(&format!("{flood}{valid}")), Err(WebhookError::Signature));
}

#[test]
fn what_was_signed_verifies_with_each_of_its_keys() {
    let request = Request { method: "POST", uri: "https://example.org/hook?a=b", body: b"{\"a\":1}" };
    let other = SigningKey::from_foreign_secret(b"another secret of 30 letters..").unwrap();
    let own = key();
    for scheme in Scheme::ALL {
        let keys = if scheme.has_several_signatures() { vec![&other, &own] } else { vec![&own] };
        let sent = if scheme == Scheme::HubSpot { 5_000 } else { 5 };
        let signature = sign_as(scheme, "msg_1", sent, &request, &keys).unwrap();
        let time = sent.to_string();
        let header = |name: &str| match name {
            ID_HEADER => "msg_1",
            name if name == scheme.signature_header() => signature.as_str(),
            _ => time.as_str(),
        };
        let check = |key: &SigningKey| {
            verify_as(scheme, &request, header, &[key], Duration::ZERO, Timestamp::from_seconds(5))
        };

        assert!(check(&own).is_ok(), "{scheme:?}");
        assert_eq!(check(&other).is_ok(), scheme.has_several_signatures(), "{scheme:?}");
    }
}

#[test]
fn what_cannot_be_signed_is_refused() {
    let request = Request::of(b"{}");
    let signed = |scheme, id, time, keys: &[&SigningKey]| sign_as(scheme, id, time, &request, keys);

    assert_eq!(signed(Scheme::Standard, "a.b", 5, &[&key()]), Err(WebhookError::Header(ID_HEADER)));
    assert_eq!(signed(Scheme::Standard, "a", -1, &[&key()]), Err(WebhookError::Header(TIMESTAMP_HEADER)));
    assert_eq!(signed(Scheme::Standard, "a", 5, &[]), Err(WebhookError::KeyCount));
    assert_eq!(signed(Scheme::GitHub, "", 5, &[&key(), &key()]), Err(WebhookError::KeyCount));
    assert_eq!(signed(Scheme::HubSpot, "", 5, &[&key()]), Err(WebhookError::Uri));
}

#[test]
fn ids_that_cannot_be_signed_are_refused() {
    for id in ["", "a.b", "a b", "a\n", "ä", &"x".repeat(256)] {
        assert_eq!(check_id(id), Err(WebhookError::Header(ID_HEADER)), "{id}");
    }
    assert_eq!(check_id(&"x".repeat(255)), Ok(()));
}

proptest! {
    #[test]
    fn no_header_is_a_signature_or_makes_a_panic(id in "\\PC{0,40}", time in "[0-9tv=,.+-]{0,30}", text in "\\PC{0,200}") {
        let request = Request { method: "POST", uri: "https://example.org/", body: b"{}" };
        for scheme in Scheme::ALL {
            let header = |name: &str| match name {
                ID_HEADER => id.as_str(),
                name if name == scheme.signature_header() => text.as_str(),
                _ => time.as_str(),
            };
            let now = Timestamp::from_micros(i64::MAX);
            prop_assert!(verify_as(scheme, &request, header, &[&key()], Duration::MAX, now).is_err());
        }
    }
}
