"""Counts the messages of FOLDER/*.json with OpenAI's tiktoken: python3 tokens.py FOLDER VOCABULARY

The vocabulary is src/core/data/o200k_base.tiktoken, so nothing is downloaded. Prints what platen-peers prints.
"""

import json
import pathlib
import sys
import time

import tiktoken
from tiktoken.load import load_tiktoken_bpe
from tiktoken_ext import openai_public

ROUNDS = 3


def encoding(vocabulary):
    openai_public.load_tiktoken_bpe = lambda *_, **__: load_tiktoken_bpe(vocabulary)
    return tiktoken.Encoding(**openai_public.o200k_base())


def measure(count, messages):
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter_ns()
        tokens = sum(count(message) for message in messages)
        times.append(time.perf_counter_ns() - start)
    size = sum(len(message.encode()) for message in messages)
    return {"rate": size / min(times) * 1e3, "tokens": tokens}


def main():
    folder, vocabulary = sys.argv[1:]
    ordinary = encoding(vocabulary).encode_ordinary
    files = sorted(pathlib.Path(folder).glob("*.json"))
    figures = {
        file.stem: measure(lambda message: len(ordinary(message)), json.loads(file.read_text())) for file in files
    }
    print(json.dumps({"tiktoken (Python)": figures}))


main()
