use std::collections::HashMap;

use serde::Deserialize;

use super::*;

const VECTORS: &str = include_str!("../../../../tests/vectors/webhook/verify.json");

#[derive(Deserialize)]
struct Vectors {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    keys: Vec<String>,
    headers: HashMap<String, String>,
    body_base64: String,
    tolerance_s: u64,
    now: i64,
    error: Option<String>,
}

impl Case {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    fn verify(&self) -> Result<(), WebhookError> {
        let keys: Vec<SigningKey> = self.keys.iter().map(|key| key.parse().unwrap()).collect();
        let headers = Headers {
            id: self.header(ID_HEADER),
            timestamp: self.header(TIMESTAMP_HEADER),
            signature: self.header(SIGNATURE_HEADER),
        };
        verify(
            &headers,
            &STANDARD.decode(&self.body_base64).unwrap(),
            &keys.iter().collect::<Vec<_>>(),
            Duration::from_secs(self.tolerance_s),
            Timestamp::from_seconds(self.now),
        )
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

#[test]
fn the_golden_webhooks_are_accepted_or_refused_with_their_code() {
    let vectors: Vectors = serde_json::from_str(VECTORS).unwrap();
    assert!(vectors.cases.len() > 25);

    for case in vectors.cases {
        match (case.verify(), &case.error) {
            (Ok(()), expected) => assert_eq!(*expected, None, "{}", case.name),
            (Err(error), expected) => {
                assert_eq!(Some(error.code().as_str()), expected.as_deref(), "{}", case.name);
            }
        }
    }
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
fn ids_that_cannot_be_signed_are_refused() {
    for id in ["", "a.b", "a b", "a\n", "ä", &"x".repeat(256)] {
        assert_eq!(check_id(id), Err(WebhookError::Header(ID_HEADER)), "{id}");
    }
    assert_eq!(check_id(&"x".repeat(255)), Ok(()));
}
