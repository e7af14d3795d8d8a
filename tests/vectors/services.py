#!/usr/bin/env python3
"""Writes jwt/keys.json, jwt/sign.json, jwt/pairs.json and webhook/services.json.

The tokens and keys come from PyJWT and cryptography, the webhooks from the official packages of their services,
so they check the Rust code and the PHP polyfill against what is in use elsewhere:

    pip install pyjwt cryptography standardwebhooks stripe slack_sdk hubspot-api-client
    npm install @octokit/webhooks-methods

Run it from a folder where Node finds that package. The keys in jwt/keys/ are for tests only; they are made once
and kept. Signatures with ES256 differ from run to run.
"""

import base64
import hashlib
import json
import pathlib
import subprocess
from datetime import datetime, timezone

import jwt
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from hubspot.utils.signature import Signature as HubSpot
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm
from slack_sdk.signature import SignatureVerifier as Slack
from standardwebhooks.webhooks import Webhook as Standard
from stripe import WebhookSignature as Stripe

HERE = pathlib.Path(__file__).parent
KEYS = HERE / "jwt" / "keys"
NOW = 1_795_190_400
CLAIMS = {
    "aud": ["platen:api", "platen:stream"],
    "exp": NOW + 60,
    "iat": NOW,
    "iss": "https://example.org",
    "jti": "00112233445566778899aabbccddeeff",
    "name": "Grüße/世界",
    "nbf": NOW,
    "sub": "user:42",
}
CHECKS = {"iss": "https://example.org", "aud": "platen:api", "sub": "user:42", "now": NOW}

MAKERS = {
    "rsa": lambda: rsa.generate_private_key(65537, 2048),
    "rsa-next": lambda: rsa.generate_private_key(65537, 3072),
    "rsa-1024": lambda: rsa.generate_private_key(65537, 1024),
    "ec": lambda: ec.generate_private_key(ec.SECP256R1()),
    "ec-next": lambda: ec.generate_private_key(ec.SECP256R1()),
    "ec-384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "ed25519": ed25519.Ed25519PrivateKey.generate,
}
ALGORITHMS = {"rsa": "RS256", "rsa-next": "RS256", "ec": "ES256", "ec-next": "ES256", "ed25519": "EdDSA"}
JWK = {"RS256": RSAAlgorithm, "ES256": ECAlgorithm, "EdDSA": OKPAlgorithm}
PKCS8 = serialization.PrivateFormat.PKCS8
LEGACY = serialization.PrivateFormat.TraditionalOpenSSL
SPKI = serialization.PublicFormat.SubjectPublicKeyInfo


def load(name):
    path = KEYS / f"{name}.pem"
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        path.write_text(private_pem(MAKERS[name]()))
    return serialization.load_pem_private_key(path.read_bytes(), None)


def private_pem(key, form=PKCS8, lock=None):
    lock = lock or serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, form, lock).decode()


def public_pem(key, form=SPKI):
    return key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()


PAIRS = {name: load(name) for name in MAKERS}


def jwk(name, private=False):
    """The JWK that PyJWT writes, without its optional members."""
    key = PAIRS[name] if private else PAIRS[name].public_key()
    members = JWK[ALGORITHMS[name]].to_jwk(key, as_dict=True)
    return {member: value for member, value in members.items() if member not in ("key_ops", "alg", "use")}


def published(name, kid=None):
    members = {**jwk(name), "alg": ALGORITHMS[name], "use": "sig"}
    return {**members, "kid": kid} if kid else members


def b64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def pem(label, der):
    lines = base64.encodebytes(der).decode().replace("\n", "")
    body = "\n".join(lines[at : at + 64] for at in range(0, len(lines), 64))
    return f"-----BEGIN {label}-----\n{body}\n-----END {label}-----\n"


def odd_pems():
    """Keys that OpenSSL takes and that are refused here."""
    curve = bytes.fromhex("06082a8648ce3d030107")
    numbers = PAIRS["ec"].private_numbers()
    secret = numbers.private_value.to_bytes(32, "big")
    bare = b"\x02\x01\x01\x04\x20" + secret + b"\xa0\x0a" + curve
    yield "private EC without its public half", pem("EC PRIVATE KEY", b"\x30" + bytes([len(bare)]) + bare)
    x, y = numbers.public_numbers.x, numbers.public_numbers.y
    point = bytes([2 + y % 2]) + x.to_bytes(32, "big")
    kind = b"\x30\x13" + bytes.fromhex("06072a8648ce3d0201") + curve
    key = kind + b"\x03\x22\x00" + point
    yield "compressed point", pem("PUBLIC KEY", b"\x30" + bytes([len(key)]) + key)
    modulus = PAIRS["rsa"].public_key().public_numbers().n
    for name, exponent in (("one", 1), ("even", 65536), ("of 40 bits", 2**39 + 1)):
        numbers = {"n": b64url(modulus.to_bytes(256, "big")), "e": b64url(exponent.to_bytes((exponent.bit_length() + 7) // 8, "big"))}
        yield f"exponent that is {name}", {"kty": "RSA", **numbers}


def key_cases():
    def ok(name, source, key, **more):
        return {"name": name, **source, "algorithm": ALGORITHMS[key], "public": published(key, more.get("id")), **more}

    def bad(name, **source):
        return {"name": name, **source, "error": "invalid_key"}

    for key, pair in PAIRS.items():
        if key not in ALGORITHMS:
            continue
        yield ok(f"{key}, PKCS 8", {"pem": private_pem(pair)}, key)
        yield ok(f"{key}, SPKI with an id", {"pem": public_pem(pair)}, key, id="2026/11 ü")
        yield ok(f"{key}, private JWK", {"jwk": {**jwk(key, True), "kid": "a"}}, key, id="a")
        yield ok(f"{key}, public JWK with use and alg", {"jwk": published(key)}, key)
    yield ok("rsa, PKCS 1", {"pem": private_pem(PAIRS["rsa"], LEGACY)}, "rsa")
    yield ok("rsa, public PKCS 1", {"pem": public_pem(PAIRS["rsa"], serialization.PublicFormat.PKCS1)}, "rsa")
    yield ok("ec, SEC 1", {"pem": private_pem(PAIRS["ec"], LEGACY)}, "ec")
    yield ok("line ends of Windows", {"pem": public_pem(PAIRS["ec"]).replace("\n", "\r\n")}, "ec")
    secret = {"kty": "oct", "k": b64url(bytes(range(32)))}
    yield {"name": "secret JWK", "jwk": {**secret, "alg": "HS256", "kid": "s"}, "algorithm": "HS256", "id": "s"}
    yield bad("secret JWK of 31 bytes", jwk={"kty": "oct", "k": b64url(bytes(31))})
    yield bad("secret JWK for another algorithm", jwk={**secret, "alg": "HS512"})
    yield bad("RSA of 1024 bits", pem=public_pem(PAIRS["rsa-1024"]))
    yield bad("private RSA of 1024 bits", pem=private_pem(PAIRS["rsa-1024"]))
    yield bad("EC on P-384", pem=public_pem(PAIRS["ec-384"]))
    yield bad("private EC on P-384", pem=private_pem(PAIRS["ec-384"]))
    for name, source in odd_pems():
        yield bad(name, **{"pem" if isinstance(source, str) else "jwk": source})
    locked = private_pem(PAIRS["ec"], PKCS8, serialization.BestAvailableEncryption(b"secret"))
    yield bad("encrypted", pem=locked)
    yield bad("two keys", pem=public_pem(PAIRS["ec"]) + public_pem(PAIRS["ed25519"]))
    yield bad("not PEM", pem="planted")
    yield bad("empty", pem="")
    yield bad("cut", pem=public_pem(PAIRS["ec"])[:-30])
    yield bad("a certificate's label", pem=public_pem(PAIRS["ec"]).replace("PUBLIC KEY", "CERTIFICATE"))
    yield bad("empty id", pem=public_pem(PAIRS["ec"]), id="")
    yield bad("line break in the id", pem=public_pem(PAIRS["ec"]), id="a\nb")
    yield bad("C1 control in the id", pem=public_pem(PAIRS["ec"]), id="a\u0085b")
    yield bad("replacement character in the id", pem=public_pem(PAIRS["ec"]), id="a\ufffdb")
    yield bad("id of 256 bytes", pem=public_pem(PAIRS["ec"]), id="x" * 256)
    yield bad("JWK without kty", jwk={"k": secret["k"]})
    yield bad("JWK of another curve", jwk={**jwk("ec"), "crv": "secp256k1"})
    yield bad("JWK for encryption", jwk={**jwk("rsa"), "use": "enc"})
    yield bad("JWK for PS256", jwk={**jwk("rsa"), "alg": "PS256"})
    yield bad("JWK without y", jwk={name: value for name, value in jwk("ec").items() if name != "y"})
    yield bad("point that is not on the curve", jwk={**jwk("ec"), "y": jwk("ec")["x"]})
    yield bad("private half of another key", jwk={**jwk("ec", True), "d": jwk("ec-next", True)["d"]})
    yield bad("seed of another key", jwk={**jwk("ed25519", True), "d": b64url(bytes(32))})
    yield bad("numbers of another RSA key", jwk={**jwk("rsa", True), "n": jwk("rsa-next")["n"]})
    yield bad("padded base64url", jwk={**jwk("ed25519"), "x": jwk("ed25519")["x"] + "="})
    yield bad("kid that is a number", jwk={**jwk("ec"), "kid": 1})


def token(key, claims=None, kid=None, header=None, algorithm=None, secret=None):
    """Makes a token with PyJWT; header members with None are left out."""
    headers = {**({"kid": kid} if kid else {}), **(header or {})}
    key = secret or PAIRS[key]
    algorithm = algorithm or {rsa.RSAPrivateKey: "RS256", ec.EllipticCurvePrivateKey: "ES256"}.get(
        next((kind for kind in (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey) if isinstance(key, kind)), None), "EdDSA"
    )
    return jwt.encode(claims or CLAIMS, key, algorithm=algorithm, headers=headers)


def changed(**changes):
    return {name: value for name, value in {**CLAIMS, **changes}.items() if value is not None}


def sign_cases():
    """Whole tokens of the algorithms that give one signature only."""
    for name, kid in (("rsa", None), ("rsa-next", "2026-11"), ("ed25519", None), ("ed25519", "a \"quoted\" ü")):
        header = {"alg": ALGORITHMS[name], **({"kid": kid} if kid else {}), "typ": "JWT"}
        parts = (json.dumps(part, separators=(",", ":"), ensure_ascii=False) for part in (header, CLAIMS))
        message = ".".join(b64url(part.encode()) for part in parts)
        how = (padding.PKCS1v15(), hashes.SHA256()) if ALGORITHMS[name] == "RS256" else ()
        text = f"{message}.{b64url(PAIRS[name].sign(message.encode(), *how))}"
        jwt.decode(text, PAIRS[name].public_key(), [ALGORITHMS[name]], options={"verify_exp": False, "verify_iat": False, "verify_nbf": False, "verify_aud": False})
        yield {"name": f"{name} with id {kid}", "pem": private_pem(PAIRS[name]), "id": kid, "claims": CLAIMS, "token": text}


def flipped(text):
    """The token with one bit of its signature changed."""
    message, signature = text.rsplit(".", 1)
    raw = bytearray(base64.urlsafe_b64decode(signature + "=="))
    raw[7] ^= 1
    return f"{message}.{b64url(bytes(raw))}"


def pair_cases():
    pem = {name: public_pem(pair) for name, pair in PAIRS.items()}
    jwks = {"keys": [published("rsa", "r1"), published("rsa-next", "r2"), published("ec", "e1"), published("ed25519", "d1")]}

    def ok(name, text, claims=None, checks=None, **key):
        return {"name": name, "token": text, **key, "checks": checks or CHECKS, "claims": claims or CLAIMS}

    def bad(name, text, error, checks=None, **key):
        return {"name": name, "token": text, **key, "checks": checks or CHECKS, "error": error}

    for name, algorithm in ALGORITHMS.items():
        good = token(name)
        yield ok(f"{algorithm} of {name}", good, pem=pem[name])
        yield ok(f"{algorithm} of {name}, with the private key", good, pem=private_pem(PAIRS[name]))
        yield ok(f"{algorithm} of {name}, a kid that nobody asked for", token(name, kid="x"), pem=pem[name])
        yield ok(f"{algorithm} of {name}, the kid of the key", token(name, kid="k"), pem=pem[name], id="k")
        yield bad(f"{algorithm} of {name}, another kid", token(name, kid="x"), "unknown_key", pem=pem[name], id="k")
        yield bad(f"{algorithm} of {name}, no kid", good, "unknown_key", pem=pem[name], id="k")
        yield bad(f"{algorithm} of {name}, one bit changed", flipped(good), "invalid_signature", pem=pem[name])
        yield bad(f"{algorithm} of {name}, signature padded", good + "=", "invalid_signature", pem=pem[name])
        yield bad(f"{algorithm} of {name}, no signature", good.rsplit(".", 1)[0] + ".", "invalid_signature", pem=pem[name])
        yield bad(f"{algorithm} of {name}, signature of zeros", good.rsplit(".", 1)[0] + "." + b64url(bytes(64)), "invalid_signature", pem=pem[name])
        yield bad(f"{algorithm} of {name}, expired", good, "token_expired", {**CHECKS, "now": NOW + 60}, pem=pem[name])
    yield bad("RS256 of another key", token("rsa-next"), "invalid_signature", pem=pem["rsa"])
    yield bad("ES256 of another key", token("ec-next"), "invalid_signature", pem=pem["ec"])
    yield bad("ES256 in DER", der_signature(token("ec")), "invalid_signature", pem=pem["ec"])
    # The classic confusion: the public key, which everybody has, taken as the secret of an HMAC.
    confused = hmac_token(pem["rsa"].encode())
    yield bad("HS256 with the public key as its secret", confused, "unsupported_algorithm", pem=pem["rsa"])
    yield bad("RS256 where ES256 is pinned", token("rsa"), "unsupported_algorithm", pem=pem["ec"])
    yield bad("RS512 where RS256 is pinned", token("rsa", algorithm="RS512"), "unsupported_algorithm", pem=pem["rsa"])
    yield bad("PS256 where RS256 is pinned", token("rsa", algorithm="PS256"), "unsupported_algorithm", pem=pem["rsa"])
    yield bad("none where RS256 is pinned", jwt.encode(CLAIMS, None, algorithm="none"), "unsupported_algorithm", pem=pem["rsa"])
    for kid, name in {"r1": "rsa", "r2": "rsa-next", "e1": "ec", "d1": "ed25519"}.items():
        yield ok(f"{kid} of a set", token(name, kid=kid), jwks=jwks)
    yield ok("kid before alg", token("ec", kid="e1", header={"typ": None}), jwks=jwks)
    yield bad("kid that is not in the set", token("rsa", kid="r3"), "unknown_key", jwks=jwks)
    yield bad("no kid for a set", token("rsa"), "unknown_key", jwks=jwks)
    yield bad("kid of another key of the set", token("rsa", kid="r2"), "invalid_signature", jwks=jwks)
    yield bad("kid of a key for another algorithm", token("rsa", kid="e1"), "unsupported_algorithm", jwks=jwks)
    clutter = {"keys": [{"kty": "RSA"}, "text", {"kty": "EC", "crv": "P-521", "kid": "x"}, {**published("rsa-next", "r1"), "use": "enc"},
                        published("ec"), *jwks["keys"]]}
    yield ok("a set with keys that are not for us", token("rsa", kid="r1"), jwks=clutter)
    yield from claim_cases(pem["ed25519"], ok, bad)


def claim_cases(pem, ok, bad):
    good = token("ed25519")

    def with_checks(**more):
        return {name: value for name, value in {**CHECKS, **more}.items() if value is not None}

    yield ok("one of several audiences", good, checks=with_checks(aud=["other", "platen:stream"]), pem=pem)
    yield bad("none of several audiences", good, "invalid_token", with_checks(aud=["other", "another"]), pem=pem)
    yield bad("an audience that nobody asked for", good, "invalid_token", with_checks(aud=None), pem=pem)
    yield ok("the jti that was asked for", good, checks=with_checks(jti=CLAIMS["jti"]), pem=pem)
    yield ok("any jti", good, checks=with_checks(jti=True), pem=pem)
    yield bad("another jti", good, "invalid_token", with_checks(jti="other"), pem=pem)
    no_jti = token("ed25519", changed(jti=None))
    yield bad("no jti where one is required", no_jti, "invalid_token", with_checks(jti=True), pem=pem)
    yield bad("no jti where a certain one is required", no_jti, "invalid_token", with_checks(jti="x"), pem=pem)
    yield ok("at the end of the greatest age", good, checks=with_checks(max_age_s=30, now=NOW + 30), pem=pem)
    yield ok("within the leeway of the greatest age", good, checks=with_checks(max_age_s=30, leeway_s=2, now=NOW + 32), pem=pem)
    yield bad("over the greatest age", good, "token_expired", with_checks(max_age_s=30, now=NOW + 31), pem=pem)
    no_iat = token("ed25519", changed(iat=None))
    yield bad("no iat where an age is asked for", no_iat, "invalid_token", with_checks(max_age_s=30), pem=pem)
    yield bad("nbf in the future", token("ed25519", changed(nbf=NOW + 1)), "token_not_yet_valid", pem=pem)
    yield ok("nbf ahead within the leeway", good, checks=with_checks(now=NOW - 5, leeway_s=5), pem=pem)


def hmac_token(secret):
    import hmac

    head, body = ({"alg": "HS256", "typ": "JWT"}, CLAIMS)
    message = ".".join(b64url(json.dumps(part).encode()) for part in (head, body))
    return f"{message}.{b64url(hmac.new(secret, message.encode(), hashlib.sha256).digest())}"


def der_signature(text):
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    message, signature = text.rsplit(".", 1)
    raw = base64.urlsafe_b64decode(signature + "==")
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    return f"{message}.{b64url(der)}"


SENT = 1_795_190_400
BODY = '{"type":"invoice.paid","text":"Grüße 🌍"}'
URI = "https://example.org/hooks/hubspot?a=b&c=%C3%A4"
SECRETS = {
    "stripe": "whsec_5f8d1c0e9b7a4d3c2e1f0a9b8c7d6e5f",
    "github": "It's a Secret to Everybody",
    "slack": "8f742231b10e8888abcd99yyyzzz85a5",
    "hubspot": "4b7c1a3e-2f5d-4c8b-9e0a-1d2c3b4a5f6e",
}
OLD_SECRET = "an old secret that is still valid"


def stripe_signature(secret, body=BODY, at=SENT):
    return Stripe._compute_signature(f"{at}.{body}", secret)


def github_signature(secret, body=BODY):
    code = "import('@octokit/webhooks-methods').then(async m => console.log(await m.sign(process.argv[1], process.argv[2])))"
    return subprocess.run(["node", "-e", code, secret, body], check=True, capture_output=True, text=True).stdout.strip()


def slack_signature(secret, body=BODY, at=SENT):
    return Slack(secret).generate_signature(timestamp=str(at), body=body)


def hubspot_signature(secret, body=BODY, at=SENT * 1000, uri=URI, method="POST"):
    return HubSpot.get_signature(secret, body, "v3", uri, method, str(at))


def headers_of(service, secret, body=BODY, at=SENT):
    if service == "stripe":
        return {"stripe-signature": f"t={at},v1={stripe_signature(secret, body, at)}"}
    if service == "github":
        return {"x-hub-signature-256": github_signature(secret, body)}
    if service == "slack":
        return {"x-slack-request-timestamp": str(at), "x-slack-signature": slack_signature(secret, body, at)}
    return {
        "x-hubspot-request-timestamp": str(at * 1000),
        "x-hubspot-signature-v3": hubspot_signature(secret, body, at * 1000),
    }


def signed_content(service, at=SENT, body=BODY):
    return {
        "stripe": f"{at}.{body}",
        "github": body,
        "slack": f"v0:{at}:{body}",
        "hubspot": f"POST{URI}{body}{at * 1000}",
    }[service]


def service_cases():
    def case(service, name, error=None, *, headers=None, keys=None, body=BODY, now=SENT, uri=URI, method="POST"):
        found = {
            "name": f"{service}: {name}",
            "scheme": service,
            "keys": keys or [SECRETS[service]],
            "method": method,
            "uri": uri,
            "headers": headers if headers is not None else headers_of(service, SECRETS[service]),
            "body_base64": base64.b64encode(body.encode()).decode(),
            "tolerance_s": 300,
            "now": now,
        }
        found["error" if error else "id"] = error or hashlib.sha256(signed_content(service).encode()).hexdigest()
        return found

    invalid, late = "invalid_signature", "timestamp_out_of_tolerance"
    for service, secret in SECRETS.items():
        headers = headers_of(service, secret)
        yield case(service, "the official package's signature")
        yield case(service, "second of two keys", keys=[OLD_SECRET, secret])
        yield case(service, "body with a space more", invalid, body=BODY + " ")
        yield case(service, "other key", invalid, keys=[OLD_SECRET])
        for name in headers:
            yield case(service, f"without {name}", invalid, headers={key: value for key, value in headers.items() if key != name})
            yield case(service, f"empty {name}", invalid, headers={**headers, name: ""})
        signature = list(headers)[-1]
        yield case(service, "signature cut", invalid, headers={**headers, signature: headers[signature][:-1]})
        yield case(service, "signature in the other case", invalid, headers={**headers, signature: headers[signature].swapcase()})
        if service == "github":
            yield case(service, "years later", now=SENT + 10**8)
            continue
        yield case(service, "300 s old", now=SENT + 300)
        yield case(service, "301 s old", late, now=SENT + 301)
        yield case(service, "301 s ahead", late, now=SENT - 301)
        for at in ("", "soon", f"+{SENT}", f"0{SENT}", f"{SENT}.0", "-1", "9" * 20):
            mutated = {name: value.replace(str(SENT * 1000 if service == "hubspot" else SENT), at, 1) for name, value in headers.items()}
            yield case(service, f"timestamp {at!r}", invalid, headers=mutated)
    yield from stripe_cases(case, invalid)
    yield case("github", "the signature of SHA-1", invalid, headers={"x-hub-signature": "sha1=" + "0" * 40})
    yield case("github", "without its prefix", invalid, headers={"x-hub-signature-256": github_signature(SECRETS["github"])[7:]})
    yield case("slack", "other version", invalid, headers={**headers_of("slack", SECRETS["slack"]), "x-slack-signature": "v1=" + "0" * 64})
    yield case("hubspot", "other address", invalid, uri=URI + "&d=e")
    yield case("hubspot", "other method", invalid, method="PUT")


def stripe_cases(case, invalid):
    secret = SECRETS["stripe"]
    new, old = stripe_signature(secret), stripe_signature(OLD_SECRET)
    Stripe.verify_header(BODY, f"t={SENT},v1={old},v1={new},v0={'0' * 64}", secret)
    both = {"stripe-signature": f"t={SENT},v1={old},v1={new},v0={'0' * 64}"}
    yield case("stripe", "second of two signatures, and one of an old version", headers=both)
    yield case("stripe", "first of two signatures", headers=both, keys=[OLD_SECRET])
    yield case("stripe", "only an old version", invalid, headers={"stripe-signature": f"t={SENT},v0={new}"})
    yield case("stripe", "no time", invalid, headers={"stripe-signature": f"v1={new}"})
    yield case("stripe", "time after the signature", headers={"stripe-signature": f"v1={new},t={SENT}"})
    yield case("stripe", "two times: the first counts", invalid, headers={"stripe-signature": f"t={SENT + 1},t={SENT},v1={new}"})


def check_standard():
    """The vectors of signing.py are made by hand; this holds them to the official package."""
    for case in json.loads((HERE / "webhook/verify.json").read_text())["cases"]:
        if "id" in case and len(case["keys"]) == 1 and case["keys"][0].startswith("whsec_"):
            try:
                body = base64.b64decode(case["body_base64"]).decode()
            except UnicodeDecodeError:
                continue
            sent = datetime.fromtimestamp(int(case["headers"]["webhook-timestamp"]), tz=timezone.utc)
            signature = Standard(case["keys"][0]).sign(case["id"], sent, body)
            assert signature in case["headers"]["webhook-signature"].split(" "), case["name"]


def write(path, description, cases):
    cases = list(cases)
    text = json.dumps({"description": description, "cases": cases}, indent=1, ensure_ascii=False)
    (HERE / path).write_text(text + "\n")
    print(path, len(cases))


check_standard()
write("jwt/keys.json", "PEM texts and JWKs of keys: what they are for and what they publish, or the code of the refusal.", key_cases())
write("jwt/sign.json", "Tokens over claims in the order of their names, with the header in the order alg, kid, typ.", sign_cases())
write(
    "jwt/pairs.json",
    "Tokens of keys with two halves and of key sets, the checks to apply, and the claims or the code of the refusal.",
    pair_cases(),
)
write("webhook/services.json", "Received webhooks of other services, and what to remember or the code of the refusal.", service_cases())
