"""Writes ids.json with OpenAI's own tokenizer: python3 ids.py <folder with the .tiktoken files>

Needs Python's tiktoken. The vocabularies are read from files, so nothing is downloaded.
"""

import json
import pathlib
import sys

import tiktoken
from tiktoken.load import load_tiktoken_bpe
from tiktoken_ext import openai_public

TEXTS = {
    "nothing": "",
    "prose": "Hello, world! It's 2026, and they'LL've said: don't.",
    "spaces and lines": "a  b\t c \n\n  d\r\n \u00a0e   ",
    "code": "function foo(array $x): ?string { return $x['key'] ?? null; } // §1.2\n",
    "languages": "Grüße, Ελλάδα, Москва, शहर, กรุงเทพ, 東京タワー, 서울, עברית، العربية",
    "cases": "ABCdef ABC漢字DEF ǅungla ʰx ªº ſ'ſ i\u0307",
    "marks": "e\u0301 \u0301x a\u0301\u0301B \u0301ABC",
    "emoji": "👩‍👧‍👦 🏳️‍🌈 👍🏽!",
    "numbers": "1 12 123 1234 ١٢٣٤ ½ Ⅷ 三",
    "runs": "-" * 70 + "=" * 33 + " " * 90 + "\n" * 9 + "a" * 50,
    "special": "<|endoftext|><|start|>",
    "other": "\u0000\u200d\ufeff\U0010ffff",
}


def encodings(folder):
    for name, special in openai_public.ENCODING_CONSTRUCTORS.items():
        if name not in ("o200k_base", "o200k_harmony", "cl100k_base", "p50k_base", "r50k_base"):
            continue
        file = folder / f"{name.replace('harmony', 'base')}.tiktoken"
        openai_public.load_tiktoken_bpe = lambda *_, file=file, **__: load_tiktoken_bpe(str(file))
        openai_public.data_gym_to_mergeable_bpe_ranks = lambda *_, file=file, **__: load_tiktoken_bpe(str(file))
        yield name, tiktoken.Encoding(**special())


def main():
    folder = pathlib.Path(sys.argv[1])
    cases = [
        {"name": f"{name}: {about}", "encoding": name, "text": text, "ids": encoding.encode_ordinary(text)}
        for name, encoding in encodings(folder)
        for about, text in TEXTS.items()
    ]
    lines = ",\n".join("  " + json.dumps(case, ensure_ascii=True) for case in cases)
    target = pathlib.Path(__file__).with_name("ids.json")
    target.write_text('{"cases": [\n' + lines + "\n]}\n")


main()
