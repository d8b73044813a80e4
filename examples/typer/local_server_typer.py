"""A typer that asks a server on this machine which speaks the OpenAI chat protocol (llama.cpp, Ollama, vLLM and others do).

Environment: LOCAL_TYPER_URL (default http://127.0.0.1:8080/v1), LOCAL_TYPER_MODEL (default "local").
For an ONNX model the body of `probabilities` would run its session on the texts, and the rest would stay.
"""

from __future__ import annotations

import json
import os
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from urllib.error import URLError

TYPES = ("complaint", "criticism", "destructive", "trolling", "praise", "question", "other")
SURE = 0.9
"""A server that names one type gives no probability; what it names is taken to be this likely."""

TASK = f"""A customer wrote the message below to or about a brand. Answer with one word of: {", ".join(TYPES)}.
complaint: something went wrong for the author. criticism: a judgement of product or policy with a reason or proposal.
destructive: insults the brand, with neither fault nor reason. trolling: mocks or baits for fun. praise: thanks or approval.
question: asks for information, with no fault reported. other: none of these."""


def probabilities(texts: list[str], langs: list[str]) -> list[dict[str, float]]:
    """For each text the probabilities of types; an empty answer leaves it to the wordings of reply-audit."""
    with ThreadPoolExecutor(max_workers=4) as pool:
        return list(pool.map(_asked, texts))


def _asked(text: str) -> dict[str, float]:
    body = {
        "model": os.environ.get("LOCAL_TYPER_MODEL", "local"),
        "temperature": 0,
        "max_tokens": 4,
        "messages": [{"role": "system", "content": TASK}, {"role": "user", "content": text}],
    }
    request = urllib.request.Request(
        os.environ.get("LOCAL_TYPER_URL", "http://127.0.0.1:8080/v1").rstrip("/") + "/chat/completions",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            said = json.load(answer)["choices"][0]["message"]["content"].strip().lower().strip(".\"'")
    except (URLError, TimeoutError, OSError) as error:
        raise RuntimeError(f"the server of LOCAL_TYPER_URL does not answer: {error}") from error
    if said not in TYPES:
        return {}
    rest = (1 - SURE) / (len(TYPES) - 1)
    return {kind: SURE if kind == said else rest for kind in TYPES}
