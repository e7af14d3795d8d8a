#!/usr/bin/env python3
"""Writes the golden vectors of redact/.

A person has marked in every text what is to be found, as «kind|value»; offsets, placeholders and maps are worked
out here from the marks, so they come from no implementation. Card numbers and IBANs are checked by Python's
arithmetic, addresses by its ipaddress module. Run it from anywhere; it overwrites the files.
"""

import ipaddress
import json
import pathlib
import re

HERE = pathlib.Path(__file__).parent / "redact"
MARK = re.compile("«([a-z]+)[|]([^»]*)»")

# Values that look like real ones and belong to nobody. Tokens are put together here, so that no scanner of
# repositories takes them for leaked ones.
OPENAI = "sk-" + "proj-T3stT3stT3stT3stT3st_T3st-0123456789"
ANTHROPIC = "sk-" + "ant-api03-AbCdEfGhIjKlMnOpQrStUvWxYz-0123456789_AA"
DEEPSEEK = "sk-" + "0123456789abcdef0123456789abcdef"
GITHUB = "ghp_" + "0123456789abcdefghijklmnopqrstuvwxyz"
GITHUB_PAT = "github_pat_" + "11ABCDEFG0aBcDeFgHiJkL_0123456789abcdefghij"
GITLAB = "glpat-" + "AbCdEfGhIjKlMnOpQr12"
AWS = "AKIA" + "IOSFODNN7EXAMPLE"
GOOGLE = "AIza" + "SyA0123456789abcdefghijklmnopqrstuv"
SLACK = "xoxb-" + "123456789012-abcdefABCDEF"
STRIPE = "sk_live_" + "0123456789abcdefABCDEFGH"
HUGGING_FACE = "hf_" + "abcdefghijklmnopqrstuvwxyzABCDEFGH"
SITE_KEY = "psk_" + "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
WEBHOOK_KEY = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
JWT = ".".join([
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9",
    "eyJzdWIiOiIxMjM0NTY3ODkwIn0",
    "dozjgNryP4J3jk2G1s0l_Q-abcdefghijklmno",
])
BEARER = "mF_9.B5f-4.1JqM/abcd+efgh=="
DASHES = "-----"
PEM = f"{DASHES}BEGIN PRIVATE KEY{DASHES}\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nabcd=\n{DASHES}END PRIVATE KEY{DASHES}"
RSA = PEM.replace("PRIVATE", "RSA PRIVATE")
PGP = PEM.replace("PRIVATE KEY", "PGP PRIVATE KEY BLOCK")
CUT = f"{DASHES}BEGIN EC PRIVATE KEY{DASHES}\nMHcCAQEEIIABCDEFGHIJKLMNOPQRSTUV\nwxyz0123456789ABCDEFGHIJKL"

FOUND = [
    ("an address in a sentence", "Write to «email|jo@example.com»."),
    ("an address with every mark", "«email|first.last+tag_1%x-y@sub.example-site.co.uk» is one"),
    ("an address in brackets", "Jo <«email|jo@example.com»> and (mailto:«email|al@example.org»)"),
    ("two addresses, one of them twice",
     "«email|a@example.com», «email|b@example.com»; «email|a@example.com»"),
    ("the case of an address counts", "«email|Jo@example.com» «email|jo@example.com»"),
    ("an address among Chinese", "我的邮箱是«email|bob@example.com»，谢谢"),
    ("an address with an umlaut", "«email|jürgen@müller.de» und «email|иван@пример.рф»"),
    ("an address before a word without a space", "ask «email|jo@example.com.Then» wait"),
    ("an address before a number", "«email|jo@example.com».5 and «email|jo@example.com»-- yes"),
    ("an address of a provider with digits", "QQ: «email|10001@163.com»"),
    ("an address in JSON", '{"mail":"«email|o\'neil@example.ie»"}'),
    ("an internationalised top level", "«email|jo@example.xn--p1ai»"),
    ("an address behind a dot", "...«email|jo@example.com»..."),
    ("a handle of the fediverse", "follow @«email|jo@social.example»"),

    ("a number with its country", "Call «phone|+49 170 1234567» now"),
    ("a number with its country, without spaces", "«phone|+14155552671»."),
    ("a number with brackets", "«phone|+1 (415) 555-2671», «phone|+49 (0)30 1234567»"),
    ("a number with dots and slashes", "«phone|+33.12.34.56.78», «phone|+49/30/1234567»"),
    ("a number in a link", '<a href="tel:«phone|+442079460958»">'),
    ("a number before an hour", "«phone|+49 30 1234567» 9 Uhr"),
    ("a country's code in brackets", "«phone|(+49) 30 1234567»"),
    ("a number behind 00", "«phone|0049 170 1234567», «phone|0049-170-1234567»"),
    ("numbers of North America",
     "«phone|(415) 555-2671», «phone|415-555-2671», «phone|415.555.2671», «phone|1-415-555-2671»"),
    ("a number and hours", "«phone|415-555-2671» 24 hours"),
    ("a number and a single digit", "«phone|030 1234567» 2 times, «phone|0532 00532» 4 «phone|0532 00532»"),
    ("a number without a space behind the bracket", "«phone|(415)555-2671»"),
    ("German numbers", "«phone|030 1234567», «phone|0170/1234567», «phone|(089) 123456-78»"),
    ("French numbers", "«phone|01 23 45 67 89» ou «phone|06.12.34.56.78»"),
    ("British numbers", "«phone|020 7946 0958», «phone|07700 900123»"),
    ("a Japanese number", "電話«phone|03-1234-5678»まで"),
    ("a Chinese number", "手机：«phone|138 0013 8000»"),
    ("a Brazilian number", "Fone «phone|(11) 91234-5678»"),
    ("a row of digits behind a word",
     "Tel.: «phone|01701234567», phone number: «phone|4155552671», call «phone|4155552672»"),
    ("a row of digits in JSON", '{"phone":"«phone|4155552671»","id":"4155552671"}'),
    ("a number of a country without a zero", "Tel. «phone|612 345 678»"),

    ("cards of every issuer",
     "«card|4111111111111111» «card|5555555555554444» «card|378282246310005» «card|6011111111111117» "
     "«card|3530111333300000» «card|30569309025904» «card|2223003122003222» «card|6200000000000005»"),
    ("a card in groups", "Card: «card|4111 1111 1111 1111», «card|3782-822463-10005»"),
    ("a card before its date and code", "«card|4111 1111 1111 1111» 12/27 123"),
    ("a card behind a number", "12 «card|4111 1111 1111 1111» 999"),
    ("a card behind a mark", "card=«card|4111111111111111»; #«card|5555555555554444»"),
    ("a Maestro card of 13 digits", "«card|6759649826430»"),
    ("a card of 19 digits", "«card|6011000000000000001»"),

    ("account numbers", "«iban|DE89370400440532013000», «iban|GB82WEST12345698765432»"),
    ("an account number in groups", "IBAN «iban|DE89 3704 0044 0532 0130 00» please"),
    ("an account number with hyphens", "«iban|NL91-ABNA-0417-1643-00»"),
    ("account numbers of many countries",
     "«iban|FR1420041010050500013M02606» «iban|CH9300762011623852957» «iban|NO9386011117947» "
     "«iban|MT84MALT011000012345MTLCAST001S» «iban|BR1800360305000010009795493C1»"),
    ("an account number in lower case", "«iban|de89370400440532013000»"),

    ("a social security number", "SSN «ssn|123-45-6789»."),
    ("social security numbers at the edges", "«ssn|001-01-0001» «ssn|899-99-9999» «ssn|665-12-1234»"),

    ("addresses of version 4", "from «ip|203.0.113.7» to «ip|8.8.8.8»."),
    ("an address with a port", "http://«ip|203.0.113.7»:8080/x «ip|198.51.100.0»/24"),
    ("an address behind a host", "peer:«ip|203.0.113.7»"),
    ("addresses with a slash between", "«ip|203.0.113.7»/«ip|203.0.113.8»"),
    ("a range of addresses", "«ip|10.0.0.1»-«ip|10.0.0.9»"),
    ("addresses of version 6", "«ip|2001:db8::1», «ip|fe80::1»: «ip|2001:0db8:85a3:0000:0000:8a2e:0370:7334»."),
    ("an address of version 6 in a URL", "http://[«ip|2001:db8::1»]:443/"),
    ("an address of version 6 behind a word", "ip:«ip|2001:db8::1» node:«ip|fe80::1»"),
    ("an address of version 4 in one of version 6", "«ip|::ffff:203.0.113.7»"),
    ("an address with a prefix length", "«ip|2001:db8::»/32"),

    ("keys of model providers", f"«secret|{OPENAI}» «secret|{ANTHROPIC}» «secret|{DEEPSEEK}» «secret|{HUGGING_FACE}»"),
    ("tokens of code hosts", f"«secret|{GITHUB}», «secret|{GITHUB_PAT}», «secret|{GITLAB}»"),
    ("keys of clouds", f"«secret|{AWS}» «secret|{GOOGLE}»"),
    ("a token of Slack and a key of Stripe", f"«secret|{SLACK}» «secret|{STRIPE}»"),
    ("our own keys", f"PLATEN_SITE_SECRET='«secret|{SITE_KEY}»' «secret|{WEBHOOK_KEY}»"),
    ("a key in an assignment", f'api_key="«secret|{OPENAI}»"'),
    ("a JSON Web Token", f"token «secret|{JWT}»."),
    ("a JSON Web Token in a cookie", f"Cookie: session=«secret|{JWT}»; a=b"),
    ("a token behind Bearer", f"Authorization: Bearer «secret|{BEARER}»"),
    ("bearer in any case", f"authorization: bearer   «secret|{BEARER}»\r\n"),
    ("a private key", f"Key:\n«secret|{PEM}»\nEnd."),
    ("private keys of every kind", f"«secret|{RSA}» «secret|{PGP}»"),
    ("a private key in JSON", "{\"k\":\"«secret|" + PEM.replace("\n", "\\n") + "»\\n\"}"),
    ("a private key that was cut off", f"«secret|{CUT}»\n\nWhat is wrong with it?"),

    ("a password in a URL", "postgres://«credentials|app:hunter2»@db.example:5432/x"),
    ("a password with marks", "https://«credentials|u:p@ss:w%rd!»@example.com/"),
    ("a password without a user", "redis://«credentials|:secret»@127.0.0.1"),
    ("a token in the place of the user", "https://«credentials|0123456789abcdef0123»@sentry.example/1"),

    ("all kinds at once",
     f"«email|jo@example.com» «phone|+49 170 1234567» «card|4111111111111111» «iban|DE89370400440532013000» "
     f"«ssn|123-45-6789» «ip|203.0.113.7» «secret|{GITHUB}» ftp://«credentials|a:b»@example.com"),
    ("kinds are numbered apart", "«email|a@example.com» «ip|8.8.8.8» «email|b@example.com» «ip|8.8.4.4»"),
    ("emoji and other scripts around", "👩‍👩‍👧 «email|jo@example.com» 🎉 «ip|8.8.8.8» ไทย"),
    ("a number of the text is not used again", "[EMAIL_1] [EMAIL_3] «email|a@example.com» «email|b@example.com»"),
]

UNTOUCHED = [
    ("nothing", ""),
    ("prose", "The quick brown fox jumps over the lazy dog 3 times on 12 occasions."),
    ("version numbers", "v1.2.3.4, version 10.0.19041.1, Version: 1.2.3.4, PHP 8.2.35, Chrome/120.0.0.0, 1.2.3.4-beta, 1.2.3.4.5"),
    ("sections", "see section 1.2.3.4 and (chapter 2.3.4.5)"),
    ("dates and times", "2026-11-20 17:33:14, 20.11.2026 17:33, 01.02.2024 12:30, 11/20/2026, 2026-11-20T17:33:14.123456Z, 02 03 2024 1200"),
    ("order numbers", "order 4155552671, #0123 456 789, No. 20261120-000123, 1234567890123456, INV-2026-001234"),
    ("tracking and article numbers", "1Z999AA10123456784, ISBN 978-3-16-148410-0, EAN 4006381333931, ISSN 0317-8471"),
    ("times since 1970", "1795190400 1795190400123 1795190400.123456"),
    ("hashes", "d41d8cd98f00b204e9800998ecf8427e e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 f18629f"),
    ("ids", "550e8400-e29b-41d4-a716-446655440000 0195f0e2-7c1d-7a3b-8e4f-1234567890ab"),
    ("hardware addresses", "00:1A:2B:3C:4D:5E 00-1A-2B-3C-4D-5E 001A.2B3C.4D5E"),
    ("amounts and numbers", "$1,234,567.89 1.234.567,89 +12.345.678 3.14159265358979 1e10 -273.15 4111111111111111.50"),
    ("coordinates", "48.137154, 11.576124 52°31'12\"N"),
    ("a card whose check digit is wrong", "4111111111111112 4111 1111 1111 1112"),
    ("a card of no issuer", "9111111111111111 1234567812345670 0000000000000000"),
    ("a card in a longer number", "14111111111111111 41111111111111112222 x4111111111111111 4111111111111111x 7-4111111111111111"),
    ("a card in groups that are too small", "41 11 11 11 11 11 11 11"),
    ("an account number with a wrong check", "DE88370400440532013000 GB82WEST12345698765431"),
    ("an account number of the wrong length", "DE8937040044053201300 XX89370400440532013000 DE893704004405320130001"),
    ("an account number in wrong groups", "DE893 70400 44053 20130 00"),
    ("social security numbers that nobody has", "000-12-3456 666-12-3456 900-12-3456 123-00-4567 123-45-0000"),
    ("a social security number in a longer one", "1123-45-6789 123-45-67890 1-123-45-6789 123-45-6789-1"),
    ("addresses of nobody", "127.0.0.1 0.0.0.0 255.255.255.0 ::1 :: 127.0.0.53:53"),
    ("addresses that are none", "256.1.1.1 1.2.3 1.2.3.04 1.2.3.4x 999.999.999.999"),
    ("code with double colons", "Face::add() std::vector a::b Cafe::b1() ::before 12:30:00 key:value"),
    ("addresses of version 6 that are none", "1:2:3:4:5:6:7 2001:db8:::1 2001:db8::1::2 12345::1 2001:db8::fffff"),
    ("no e-mail addresses", "@jo jo@ jo@localhost icon@2x.png lodash@4.17.21 react@18.0.0-rc.alpha a@b @media (x) user@example"),
    ("a repository", "git clone git@github.com:platen/platen.git"),
    ("an at sign in a path", "https://www.example.com/maps/@48.1,11.5 https://example.com/@jo https://example.com?q=@x"),
    ("placeholders of a configuration", "https://{user}:{password}@example.com https://${USER}:x@h"),
    ("a URL without a password", "https://example.com:8080/a ssh://git@example.com/x https://jo@example"),
    ("names that begin like keys", "sk-loading-spinner-container sk-learn task-0123456789012345678901234 npm_config_registry hf_hub"),
    ("tokens that are too short", "ghp_abc AKIA1234 xoxb-1 sk-abc123 eyJhbGci Bearer abc123"),
    ("bearer in prose", "the bearer of this letter, Bearer authentication, Bearer AuthenticationMiddleware"),
    ("public keys", f"{DASHES}BEGIN PUBLIC KEY{DASHES}\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A\n{DASHES}END PUBLIC KEY{DASHES}"),
    ("the beginning of a private key in prose", f"It begins with {DASHES}BEGIN PRIVATE KEY{DASHES} and then goes on."),
    ("placeholders", "[EMAIL_1] [phone] [CARD_12] [IBAN_1]: [SSN_1], [IP_1]-[SECRET_2] https://[CREDENTIALS_1]@example.com"),
    ("what touches a placeholder", "[EMAIL_1]@example.com jo@[IP_1] 030 1234567 [PHONE_1]"),
]

ONE_KIND = [
    ("only addresses", ["email"], "«email|jo@example.com» 8.8.8.8 +49 170 1234567"),
    ("only numbers", ["phone", "ip"], "jo@example.com «ip|8.8.8.8» «phone|+49 170 1234567»"),
    ("an address that hides in a URL", ["email"], "https://user:«email|pass@example.com»/"),
    ("no kind at all", [], "jo@example.com 8.8.8.8"),
]


def check(kind, value):
    """Checks what a person marked by other means than ours."""
    digits = [int(digit) for digit in re.sub(r"\D", "", value)]
    if kind == "card":
        doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
        assert (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0, value
    if kind == "iban":
        compact = re.sub(r"[ -]", "", value).upper()
        assert int("".join(str(int(c, 36)) for c in compact[4:] + compact[:4])) % 97 == 1, value
    if kind == "ip":
        ipaddress.ip_address(value)


def case(name, marked, kinds=None, is_reversible=True):
    text, redacted, findings, names = "", "", [], {}
    used = set(re.findall(r"\[([A-Z]+)_(\d+)\]", marked))
    place = 0
    for match in MARK.finditer(marked):
        kind, value = match.groups()
        check(kind, value)
        between = marked[place:match.start()]
        place = match.end()
        if (kind, value) not in names:
            number = 1 + max([n for (k, _), n in names.items() if k == kind], default=0)
            while (kind.upper(), str(number)) in used:
                number += 1
            names[kind, value] = number
        placeholder = f"[{kind.upper()}_{names[kind, value]}]" if is_reversible else f"[{kind}]"
        text += between
        start = len(text.encode())
        text += value
        findings.append({"kind": kind, "start": start, "end": len(text.encode()), "placeholder": placeholder})
        redacted += between + placeholder
    text += marked[place:]
    redacted += marked[place:]
    map_ = {f["placeholder"]: text.encode()[f["start"]:f["end"]].decode() for f in findings if is_reversible}
    result = {"name": name, "text": text, "redacted": redacted, "findings": findings, "map": map_}
    rules = {} if kinds is None else {"kinds": kinds}
    if not is_reversible:
        rules["reversible"] = False
    return result | ({"rules": rules} if rules else {})


def write(file, description, cases):
    content = {"description": description, "cases": cases}
    (HERE / file).write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n")


write("found.json", "What must be found, and what is put in its place.", [case(*entry) for entry in FOUND])
write("untouched.json", "What looks like personal data or a secret and is none: nothing is found.",
      [case(*entry) for entry in UNTOUCHED])
write("rules.json", "Chosen kinds, and placeholders that cannot be undone.",
      [case(name, marked, kinds) for name, kinds, marked in ONE_KIND]
      + [case("irreversible", "«email|a@example.com» «email|b@example.com» «ip|8.8.8.8»", None, False),
         case("irreversible addresses", "«email|a@example.com» 8.8.8.8", ["email"], False)])
