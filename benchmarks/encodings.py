"""How often the encoding of a text export is told: texts of the material encoded anew, beside charset-normalizer where it is installed.

    python -m benchmarks.encodings          # needs AUDIT_MATERIAL; pip install charset-normalizer to compare

Prints for every encoding and number of texts the share that is decoded to what was encoded.
"""

from __future__ import annotations

import csv
import os
import random
import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from audit.errors import AuditError
from audit.ingest import encoding

DATA = Path(os.environ.get("AUDIT_MATERIAL") or Path(__file__).parents[1] / ".." / "shared").resolve() / "data"
FILES = {"ru": "sentirueval2016_train_ru.csv", "pl": "poleval2024_pl.csv"}
CODECS = {"ru": ("cp1251", "koi8-r", "cp866", "iso-8859-5", "mac-cyrillic"), "pl": ("cp1250", "iso-8859-2", "cp852")}
TEXTS = (1, 3, 10, 50)
TRIALS = 200


def texts(lang: str) -> list[str]:
    with (DATA / FILES[lang]).open(encoding="utf-8", newline="") as file:
        return [row["text"] for row in csv.DictReader(file) if row["text"]]


def own(raw: bytes) -> str | None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.csv"
        path.write_bytes(raw)
        try:
            return encoding.encoding_of(path)
        except AuditError:
            return None


def tellers() -> dict[str, Callable[[bytes], str | None]]:
    try:
        library = import_module("charset_normalizer")
    except ImportError:
        return {"reply-audit": own}
    among = [codec for codecs in CODECS.values() for codec in codecs]

    def theirs(raw: bytes) -> str | None:
        best = library.from_bytes(raw, cp_isolation=among).best()
        return str(best.encoding) if best else None

    return {"reply-audit": own, "charset-normalizer": theirs}


def main() -> None:
    chance = random.Random(5)
    told = tellers()
    print(f"{'texts':>5} {'encoding':13} " + " ".join(f"{name:>18}" for name in told))
    for lang in FILES:
        pool = texts(lang)
        for count in TEXTS:
            for codec in CODECS[lang]:
                right, trials = dict.fromkeys(told, 0), 0
                while trials < TRIALS:
                    raw = "\n".join(chance.sample(pool, count)).encode(codec, errors="ignore")
                    if raw.isascii():
                        continue
                    trials += 1
                    for name, tell in told.items():
                        found = tell(raw)
                        right[name] += found is not None and raw.decode(found, errors="replace") == raw.decode(codec)
                print(f"{count:5} {codec:13} " + " ".join(f"{right[name] / trials:18.3f}" for name in told), flush=True)


if __name__ == "__main__":
    main()
