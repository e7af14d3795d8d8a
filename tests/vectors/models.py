#!/usr/bin/env python3
"""Compares what Platen knows of models with litellm's list: models.py model_prices_and_context_window_backup.json

The file is in the PyPI package litellm (`pip download --no-deps litellm`). Of each family in tokens/model-info.json, the
entries of the maker's own service whose longest known beginning it is are looked at; what differs is printed. A window is
the input that litellm tells, or that and the answer together. A service may offer less than the model has: names that
stand with several numbers pass with any of them.
"""

import collections
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
MAKERS = {
    "openai", "text-completion-openai", "anthropic", "gemini", "mistral", "deepseek", "xai", "cohere", "cohere_chat",
    "dashscope", "meta_llama",
}
MODES = {"chat", "responses", "completion", "embedding"}


def is_of_family(name, prefix):
    rest = name.removeprefix(prefix)
    return name.startswith(prefix) and (not rest or prefix[-1] in "-." or rest[0] in "-:@")


def main():
    cases = {case["name"]: case["info"] for case in json.load(open(HERE / "tokens/model-info.json"))["cases"]}
    prefixes = [name for name in cases if name and name != "default" and "/" not in name]
    known = collections.defaultdict(set)
    for name, entry in json.load(open(sys.argv[1])).items():
        if entry.get("litellm_provider") in MAKERS and entry.get("mode") in MODES and entry.get("max_input_tokens"):
            taken, given = entry["max_input_tokens"], entry.get("max_output_tokens") or 0
            known[name.split("/")[-1].lower().removeprefix("ft:")].add((taken, given))
    checked = differing = 0
    for name, limits in sorted(known.items()):
        family = max((prefix for prefix in prefixes if is_of_family(name, prefix)), key=len, default=None)
        info = cases[family] if family else cases["default"]
        window, answer = info["context_tokens"], info["max_output_tokens"]
        checked += 1
        if not any(window in (taken, taken + given) and (answer == given or not given) for taken, given in limits):
            differing += 1
            print(f"{name}: {window} and {answer} (family {family}), litellm {sorted(limits)}")
    print(f"{checked} names, {differing} differ")


if __name__ == "__main__":
    main()
