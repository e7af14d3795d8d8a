"""Writes prompt-hash/rules.json: what prompts come to by each rule, made with Python's own Unicode data.

python3 tests/vectors/prompts.py
"""

import hashlib
import json
import pathlib
import re
import unicodedata

# Unicode's White_Space; str.isspace() takes four control characters more.
WHITE_SPACE = "\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"

VALUES = {
    "words": "Hello  World",
    "lines": "\n  Hello\r\n\tWorld \n\n",
    "nothing but white space": " \t\n\u2003 ",
    "no-break and ideographic spaces": "a\u00a0b\u3000c\u2028d\u0085e",
    "separators that are no white space": "a\u001cb\u200bc\ufeffd",
    "sharp s": ["Straße", "STRASSE", "strasse", "ẞ"],
    "sigma at the end of a word": ["ΟΔΟΣ", "οδος", "οδοσ"],
    "dotted and dotless i": ["İ", "ı", "I", "i̇"],
    "ligatures and compatibility letters": ["ﬁ", "Ǆ", "ſ", "K", "Å"],
    "Greek with marks": ["ᾼ", "ΑΙ", "Ὰͅ", "ΐ", "ᾴ"],
    "Cherokee folds to upper case": ["Ꭰ", "ꭰ", "ᏸ"],
    "not composed": ["E\u0301", "é", "A\u030a\u0327"],
    "emoji and Han": "👩‍👩‍👧  漢字 ",
    "a chat": {
        "model": "GPT-4o",
        "messages": [{"role": "user", "content": "  What IS\nthis? "}, {"role": "system", "content": ""}],
        "n": 1,
    },
    "names stay as they are": {"A  b": "A  b", "a b": "X"},
    "no text": [1, True, None, {}],
}
RULES = [
    {},
    {"whitespace": "exact", "case": "exact"},
    {"whitespace": "collapse"},
    {"case": "fold"},
    {"whitespace": "collapse", "case": "fold"},
]


def apply(value, options):
    if isinstance(value, str):
        text = unicodedata.normalize("NFC", value)
        if options.get("case") == "fold":
            text = unicodedata.normalize("NFC", text.casefold())
        if options.get("whitespace") == "collapse":
            text = re.sub(f"[{WHITE_SPACE}]+", " ", text).strip(" ")
        return text
    if isinstance(value, list):
        return [apply(item, options) for item in value]
    if isinstance(value, dict):
        return {name: apply(item, options) for name, item in value.items()}
    return value


def canonical(value, options):
    line = "platen-prompt-v1"
    line += " whitespace=collapse" if options.get("whitespace") == "collapse" else ""
    line += " case=fold" if options.get("case") == "fold" else ""
    text = json.dumps(apply(value, options), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return f"{line}\n{text}"


def vectors():
    for name, value in VALUES.items():
        for options in RULES:
            text = canonical(value, options)
            words = " ".join(f"{option}={word}" for option, word in options.items()) or "default"
            yield {
                "name": f"{name}, {words}",
                "value": value,
                "options": {**options, "version": 1} if options else options,
                "canonical": text,
                "hash": hashlib.sha256(text.encode()).hexdigest(),
            }


path = pathlib.Path(__file__).parent / "prompt-hash" / "rules.json"
rows = ",\n".join("  " + json.dumps(vector) for vector in vectors())
path.write_text(f"[\n{rows}\n]\n")
