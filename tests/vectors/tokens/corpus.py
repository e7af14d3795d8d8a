#!/usr/bin/env python3
"""Writes corpus.json: corpus.py CORPUS

What OpenAI's tokenizer makes of the corpus, as sums. Needs `tiktoken` from PyPI; the vocabularies are those in
src/core/data, so that nothing is downloaded, and the patterns and special tokens those of tiktoken's own definitions.
"""

import base64
import hashlib
import json
import pathlib
import struct
import sys

import tiktoken
import tiktoken.load
import tiktoken_ext.openai_public as public

HERE = pathlib.Path(__file__).resolve().parent
DATA = HERE.parent.parent.parent / "src/core/data"
ENCODINGS = ["o200k_base", "o200k_harmony", "cl100k_base", "p50k_base", "r50k_base"]


def ranks(address, expected_hash=None):
    """In place of tiktoken's download."""
    name = address.rsplit("/", 1)[1].removesuffix(".tiktoken")
    # r50k_base is p50k_base without the tokens it got later.
    size = 50256 if name == "r50k_base" else None
    file = DATA / f"{'p50k_base' if size else name}.tiktoken"
    lines = (line.split() for line in file.read_bytes().splitlines())
    pairs = ((base64.b64decode(token), int(rank)) for token, rank in lines)
    return {token: rank for token, rank in pairs if size is None or rank < size}


public.load_tiktoken_bpe = ranks


def main():
    encodings = {name: tiktoken.Encoding(**getattr(public, name)()) for name in ENCODINGS}
    rows = []
    for file in sorted(pathlib.Path(sys.argv[1]).glob("*.txt")):
        data = file.read_bytes()
        text = data.decode()
        ids = {}
        for name, encoding in encodings.items():
            tokens = encoding.encode_ordinary(text)
            ids[name] = [len(tokens), hashlib.sha256(struct.pack(f"<{len(tokens)}I", *tokens)).hexdigest()]
        rows.append({"text": file.stem, "sha256": hashlib.sha256(data).hexdigest(), "ids": ids})
    (HERE / "corpus.json").write_text("[\n" + ",\n".join("  " + json.dumps(row) for row in rows) + "\n]\n")


if __name__ == "__main__":
    main()
