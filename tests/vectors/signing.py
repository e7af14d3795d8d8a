#!/usr/bin/env python3
"""Writes the golden vectors of hmac/, jwt/, webhook/ and wire/.

They come from Python's own hmac, base64 and json modules, so they check the Rust code and the PHP polyfill
against a third implementation. Run it from anywhere; it takes no argument and overwrites the files.
"""

import base64
import hashlib
import hmac
import json
import pathlib
import struct

HERE = pathlib.Path(__file__).parent
BYTES_KEY = bytes(range(32))
SITE_KEY = "psk_" + base64.urlsafe_b64encode(BYTES_KEY).rstrip(b"=").decode()
OTHER_KEY = "psk_" + base64.urlsafe_b64encode(bytes(range(1, 33))).rstrip(b"=").decode()
RAW_KEY = "a raw key of exactly 32 bytes ok"
WEBHOOK_KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NEW_WEBHOOK_KEY = "whsec_" + base64.b64encode(bytes(range(100, 132))).decode()
NOW = 1_795_190_400
MSG = "msg_p5jXN8AQM9LWM0D4loKWxJek"


def key_bytes(text):
    """The bytes of a key in its text form."""
    if text.startswith("whsec_"):
        return base64.b64decode(text[6:] + "=" * (-len(text[6:]) % 4))
    if text.startswith("psk_"):
        return base64.urlsafe_b64decode(text[4:] + "=" * (-len(text[4:]) % 4))
    return text.encode()


def mac(key, data):
    return hmac.new(key_bytes(key), data, hashlib.sha256).digest()


def b64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def compact(value):
    return json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()


def hmac_cases():
    datas = {
        "empty": b"",
        "ascii": b"what do ya want for nothing?",
        "binary with NUL": bytes([0, 255, 0, 10, 13]),
        "utf-8": "Grüße, 世界 🌍".encode(),
        "longer than one block": b"x" * 200,
    }
    for key in (SITE_KEY, WEBHOOK_KEY, RAW_KEY, "long raw key " * 10):
        for name, data in datas.items():
            digest = mac(key, data)
            yield {
                "name": f"{name}, {key.split('_')[0] if '_' in key else 'raw'} key of {len(key_bytes(key))} bytes",
                "key": key,
                "data_base64": base64.b64encode(data).decode(),
                "signatures": {
                    "hex": digest.hex(),
                    "base64": base64.b64encode(digest).decode(),
                    "base64url": b64url(digest),
                    "sha256=": "sha256=" + digest.hex(),
                },
            }


def key_cases():
    yield {"name": "31 raw bytes", "key": "x" * 31, "error": "invalid_key"}
    yield {"name": "empty", "key": "", "error": "invalid_key"}
    yield {"name": "psk_ with 31 bytes", "key": "psk_" + b64url(bytes(31)), "error": "invalid_key"}
    yield {"name": "psk_ with padding", "key": SITE_KEY + "=", "error": "invalid_key"}
    yield {"name": "psk_ in the standard alphabet", "key": "psk_" + "+/" * 30, "error": "invalid_key"}
    yield {"name": "psk_ followed by words", "key": "psk_these are just thirty two words or so", "error": "invalid_key"}
    yield {"name": "whsec_ with 23 bytes", "key": "whsec_" + base64.b64encode(bytes(23)).decode(), "error": "invalid_key"}
    yield {"name": "whsec_ with 65 bytes", "key": "whsec_" + base64.b64encode(bytes(65)).decode(), "error": "invalid_key"}
    yield {"name": "whsec_ in the url alphabet", "key": "whsec_" + "-_" * 20, "error": "invalid_key"}
    yield {"name": "4097 raw bytes", "key": "x" * 4097, "error": "invalid_key"}
    yield {"name": "32 raw bytes", "key": RAW_KEY}
    yield {"name": "whsec_ with 24 bytes", "key": WEBHOOK_KEY}
    yield {"name": "whsec_ with 32 bytes and padding", "key": NEW_WEBHOOK_KEY}
    yield {"name": "whsec_ with 32 bytes, padding left out", "key": NEW_WEBHOOK_KEY.rstrip("=")}


def token(claims, key=SITE_KEY, header=None, raw_header=None, raw_payload=None):
    head = raw_header if raw_header is not None else b'{"alg":"HS256","typ":"JWT"}'
    if header is not None:
        head = compact(header)
    payload = raw_payload if raw_payload is not None else compact(claims)
    signed = f"{b64url(head)}.{b64url(payload)}"
    return f"{signed}.{b64url(mac(key, signed.encode()))}"


CLAIMS = {
    "aud": "platen:stream",
    "exp": NOW + 60,
    "iat": NOW,
    "iss": "main",
    "jti": "00112233445566778899aabbccddeeff",
    "sub": "0193d2e0-0000-7000-8000-000000000000",
}
FULL = {"iss": "main", "aud": "platen:stream", "sub": CLAIMS["sub"], "now": NOW}


def without(*names, **changes):
    return {name: value for name, value in {**CLAIMS, **changes}.items() if name not in names}


def jwt_encode_cases():
    yield {"name": "a stream token", "key": SITE_KEY, "claims": CLAIMS, "token": token(CLAIMS)}
    for name, claims in {
        "unicode and slashes": {"exp": NOW, "name": "Grüße/世界"},
        "nested claims": {"exp": NOW, "list": [1, 2.5, None, True, "x"], "map": {"a": {"b": []}}},
        "negative and large integers": {"exp": 9223372036854775807, "min": -9223372036854775808},
    }.items():
        yield {"name": name, "key": RAW_KEY, "claims": claims, "token": token(claims, RAW_KEY)}
    yield {"name": "a key of 24 bytes", "key": WEBHOOK_KEY, "claims": CLAIMS, "error": "invalid_key"}
    yield {"name": "a token over 16 KiB", "key": SITE_KEY, "claims": {"exp": NOW, "x": "y" * 16384}, "error": "invalid_token"}


def jwt_decode_cases():
    def ok(name, text, checks, claims):
        return {"name": name, "key": SITE_KEY, "token": text, "checks": checks, "claims": claims}

    def bad(name, text, error, checks=None, key=SITE_KEY):
        return {"name": name, "key": key, "token": text, "checks": checks or FULL, "error": error}

    good = token(CLAIMS)
    head, payload, signature = good.split(".")
    yield ok("every check holds", good, FULL, CLAIMS)
    yield ok("audience list", token(without(aud=["x", "platen:stream"])), FULL, without(aud=["x", "platen:stream"]))
    yield ok("no audience asked for and none given", token(without("aud")), {"now": NOW}, without("aud"))
    yield ok("typ left out", token(CLAIMS, header={"alg": "HS256"}), FULL, CLAIMS)
    yield ok("header in another order", token(CLAIMS, raw_header=b'{"typ":"JWT","alg":"HS256"}'), FULL, CLAIMS)
    yield ok("last second", good, {**FULL, "now": NOW + 59}, CLAIMS)
    yield ok("expired within the leeway", good, {**FULL, "now": NOW + 64, "leeway_s": 5}, CLAIMS)
    yield ok("iat ahead within the leeway", good, {**FULL, "now": NOW - 5, "leeway_s": 5}, CLAIMS)
    yield bad("expired", good, "token_expired", {**FULL, "now": NOW + 60})
    yield bad("expired at the end of the leeway", good, "token_expired", {**FULL, "now": NOW + 65, "leeway_s": 5})
    yield bad("iat in the future", good, "token_not_yet_valid", {**FULL, "now": NOW - 1})
    yield bad("nbf in the future", token(without(nbf=NOW + 1)), "token_not_yet_valid")
    yield bad("no exp", token(without("exp")), "invalid_token")
    yield bad("exp as text", token(without(exp=str(NOW + 60))), "invalid_token")
    yield bad("exp with a fraction", token(without(exp=NOW + 60.5)), "invalid_token")
    yield bad("exp null", token(without(exp=None)), "invalid_token")
    yield bad("other issuer", good, "invalid_token", {**FULL, "iss": "other"})
    yield bad("no issuer", token(without("iss")), "invalid_token")
    yield bad("other subject", good, "invalid_token", {**FULL, "sub": "other"})
    yield bad("subject of another type", token(without(sub=1)), "invalid_token")
    yield bad("other audience", good, "invalid_token", {**FULL, "aud": "platen:session"})
    yield bad("no audience", token(without("aud")), "invalid_token")
    yield bad("an audience that was not asked for", good, "invalid_token", {"now": NOW})
    yield bad("audience list with a number", token(without(aud=["platen:stream", 1])), "invalid_token")
    yield bad("empty jti", token(without(jti="")), "invalid_token")
    yield bad("other key", good, "invalid_signature", key=OTHER_KEY)
    yield bad("key of 24 bytes", good, "invalid_key", key=WEBHOOK_KEY)
    yield bad("payload changed", f"{head}.{b64url(compact(without(sub='x')))}.{signature}", "invalid_signature")
    yield bad("signature cut", good[:-1], "invalid_signature")
    yield bad("signature padded", good + "=", "invalid_signature")
    yield bad("no signature", f"{head}.{payload}.", "invalid_signature")
    yield bad("alg none", f"{b64url(compact({'alg': 'none', 'typ': 'JWT'}))}.{payload}.", "unsupported_algorithm")
    yield bad("alg HS512", token(CLAIMS, header={"alg": "HS512", "typ": "JWT"}), "unsupported_algorithm")
    yield bad("alg in lower case", token(CLAIMS, header={"alg": "hs256", "typ": "JWT"}), "unsupported_algorithm")
    yield bad("no alg", token(CLAIMS, header={"typ": "JWT"}), "invalid_token")
    yield bad("other typ", token(CLAIMS, header={"alg": "HS256", "typ": "at+jwt"}), "invalid_token")
    yield bad("critical extension", token(CLAIMS, header={"alg": "HS256", "crit": ["b64"], "b64": False}), "invalid_token")
    yield bad("header is a list", token(CLAIMS, raw_header=b'["HS256","JWT"]'), "invalid_token")
    yield bad("header is not JSON", token(CLAIMS, raw_header=b"HS256"), "invalid_token")
    yield bad("payload is a list", token(None, raw_payload=b"[1]"), "invalid_token")
    yield bad("payload is not JSON", token(None, raw_payload=b"{"), "invalid_token")
    yield bad("two parts", f"{head}.{payload}", "invalid_token")
    yield bad("four parts", good + ".x", "invalid_token")
    yield bad("empty", "", "invalid_token")
    yield bad("over 16 KiB", token({"exp": NOW + 60, "x": "y" * 16384}), "invalid_token")


def webhook_signature(key, msg, sent, body):
    return "v1," + base64.b64encode(mac(key, f"{msg}.{sent}.".encode() + body)).decode()


def webhook_cases():
    body = b'{"test": 2432232314}'
    sent = 1614265330
    official = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert webhook_signature(WEBHOOK_KEY, MSG, sent, body) == official

    def case(name, error=None, *, keys=(WEBHOOK_KEY,), msg=MSG, at=sent, signature=official, text=body, now=sent, drop=()):
        headers = {"webhook-id": msg, "webhook-timestamp": str(at), "webhook-signature": signature}
        found = {
            "name": name,
            "keys": list(keys),
            "headers": {name: value for name, value in headers.items() if name not in drop},
            "body_base64": base64.b64encode(text).decode(),
            "tolerance_s": 300,
            "now": now,
        }
        found["error" if error else "id"] = error or msg
        return found

    new = webhook_signature(NEW_WEBHOOK_KEY, MSG, sent, body)
    invalid = "invalid_signature"
    late = "timestamp_out_of_tolerance"
    yield case("the vector of Standard Webhooks")
    yield case("300 s old", now=sent + 300)
    yield case("300 s ahead", now=sent - 300)
    yield case("301 s old", late, now=sent + 301)
    yield case("301 s ahead", late, now=sent - 301)
    yield case("old and forged: the time is checked first", late, now=sent + 301, signature="v1,AAAA")
    yield case("second of two keys", keys=(NEW_WEBHOOK_KEY, WEBHOOK_KEY))
    yield case("second of two signatures", signature=f"{new} {official}")
    yield case("a signature of an unknown version beside it", signature=f"v1a,AAAA {official}")
    binary = bytes(range(256))
    yield case("binary body", text=binary, signature=webhook_signature(WEBHOOK_KEY, MSG, sent, binary))
    yield case("empty body", text=b"", signature=webhook_signature(WEBHOOK_KEY, MSG, sent, b""))
    yield case("other key", invalid, keys=(NEW_WEBHOOK_KEY,))
    yield case("no key", invalid, keys=())
    yield case("body with a space more", invalid, text=body + b" ")
    yield case("other id", invalid, msg="msg_other")
    yield case("other time within the tolerance", invalid, at=sent + 1)
    yield case("only an unknown version", invalid, signature="v2," + official[3:])
    yield case("no version", invalid, signature=official[3:])
    yield case("empty signature", invalid, signature="")
    yield case("commas between signatures", invalid, signature=f"{new},{official}")
    for dropped in ("webhook-id", "webhook-timestamp", "webhook-signature"):
        yield case(f"without {dropped}", invalid, drop=(dropped,))
    yield case("empty id", invalid, msg="", signature=webhook_signature(WEBHOOK_KEY, "", sent, body))
    yield case("dot in the id", invalid, msg="a.b", signature=webhook_signature(WEBHOOK_KEY, "a.b", sent, body))
    for at in ("", "soon", "+1614265330", "01614265330", "1614265330.0", "-1", "99999999999999999999"):
        yield case(
            f"timestamp {at!r}", invalid, at=at, signature=webhook_signature(WEBHOOK_KEY, MSG, at, body)
        )


JOB = {
    "id": CLAIMS["sub"],
    "idempotency_key": "key-1",
    "request_id": "r-1",
    "created_at": "2026-11-20T16:00:00.123456Z",
    "kind": "chat",
    "payload": {"model": "default", "messages": [{"role": "user", "content": "Grüße"}]},
}


def frame(tag, body):
    return (struct.pack(">IBB", len(body) + 2, 1, tag) + body).hex()


def wire_cases():
    job_ref = {"site": "main", "job_id": CLAIMS["sub"]}
    bodies = {
        "ping": (0x01, b"{}"),
        "status": (0x03, compact(job_ref)),
        "cancel": (0x04, compact(job_ref)),
        "retry": (0x05, compact(job_ref)),
        "trace": (0x06, compact(job_ref)),
        "rate limit": (0x07, compact({"site": "main", "key": "chat:user:1", "limit": 30, "window_ms": 300000, "cost": 1})),
        "accept": (0x08, compact({"site": "main", "job": JOB})),
        "push": (0x09, compact({"site": "main", "job": JOB})),
        "submit many": (0x0A, compact({"site": "main", "jobs": [JOB, {"id": "of no form"}]})),
        "wait": (0x0B, compact({**job_ref, "wait_ms": 60000})),
        "reserve": (0x0C, compact({"site": "main", "key": "user:1", "unit": "microusd", "period": "month", "limit": 5000000, "amount": 1200, "reservation_id": "r-1", "ttl_s": 600})),
        "settle": (0x0D, compact({"site": "main", "reservation_id": "r-1", "amount": 900})),
        "describe": (0x0E, b"{}"),
        "receipts": (0x8A, compact({"receipts": [{"job_id": CLAIMS["sub"], "status": "queued", "is_duplicate": True}, {"code": "invalid_request", "message": "no"}]})),
        "reservation": (0x8C, compact({"is_allowed": True, "reservation_id": "r-1", "remaining": 4998800, "retry_after_ms": 0, "expires_at": "2026-11-20T16:10:00.000000Z", "is_duplicate": False})),
        "reservation refused": (0x8C, compact({"is_allowed": False, "reservation_id": "r-1", "remaining": 3, "retry_after_ms": 1500, "expires_at": None, "is_duplicate": False})),
        "settlement": (0x8D, compact({"reservation_id": "r-1", "amount": 900, "spent": 900, "is_duplicate": False})),
        "description": (0x8E, compact({"version": "0.1.0", "protocol": 1, "pid": 7, "uptime_ms": 1, "limits": {"frame_bytes": 1048576, "job_bytes": 262144, "batch_jobs": 256, "wait_ms": 60000, "waiters": 256}, "models": ["default"], "features": ["wait"]})),
        "pong": (0x81, compact({"version": "0.1.0", "protocol": 1, "pid": 7, "uptime_ms": 1})),
        "receipt": (0x82, compact({"job_id": CLAIMS["sub"], "status": "queued", "is_duplicate": False})),
        "rate decision": (0x87, compact({"is_allowed": False, "remaining": 0, "retry_after_ms": 1500})),
        "refusal": (0xFF, compact({"code": "unknown_site", "message": "no site main"})),
    }
    for name, (tag, body) in bodies.items():
        yield {"name": name, "tag": tag, "body": json.loads(body), "frame_hex": frame(tag, body)}


def wire_refused_cases():
    yield {"name": "over the limit", "header_hex": "001000010101", "error": "payload_too_large"}
    yield {"name": "too short", "header_hex": "000000010101", "error": "invalid_request"}
    yield {"name": "other version", "header_hex": "000000040201", "error": "unsupported_version"}
    yield {"name": "unknown tag", "header_hex": "000000040142", "error": "unknown_request"}


def write(path, description, cases):
    text = json.dumps({"description": description, "cases": list(cases)}, indent=1, ensure_ascii=False)
    (HERE / path).write_text(text + "\n")


write("hmac/signatures.json", "HMAC-SHA256 of data under key, in every encoding.", hmac_cases())
write("hmac/keys.json", "Texts of keys, and the code of those that are refused.", key_cases())
write("jwt/encode.json", "Tokens over claims in the order of their names.", jwt_encode_cases())
write(
    "jwt/decode.json",
    "Tokens, the checks to apply, and the claims or the code of the refusal. "
    "PHP throws InvalidKey for invalid_key and InvalidToken for every other code.",
    jwt_decode_cases(),
)
write("webhook/verify.json", "Received webhooks, and the id or the code of the refusal.", webhook_cases())
write("wire/frames.json", "Whole frames of the socket protocol.", wire_cases())
write("wire/refused.json", "Headers that must be refused.", wire_refused_cases())
