"""Typers behind one interface: hashed features, packed weights, the choice by name, a user's own over a server on loopback."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

from audit import classify, encoder, gram, linear, rows, typer
from audit.cli import group
from audit.concordance import Concordance
from audit.errors import AuditError
from audit.judge import judge
from audit.rulebook import home, open_rulebook
from audit.tables import ASKED_TYPES, LANGUAGES

EXAMPLE = Path(__file__).parent.parent / "examples" / "typer"


def read(*texts: str, **marks: list[bool]) -> gram.Tokens:
    return gram.Tokens(Concordance(pl.Series(texts)), [(name, np.array(mask)) for name, mask in marks.items()])


def test_hashes_are_the_same_everywhere() -> None:
    tokens = read(" late again ", " late ", " пло́хо жду ")
    assert tokens.distinct[:4] == ["\x02", "\x03", "again", "late"]
    assert tokens.stems[[0, 3]].tolist() == [11894821489657338498, 754309430369356697]
    owner, bucket = gram.features(tokens, 18)
    assert bucket[owner == 3][:4].tolist() == [87341, 10719, 247905, 145853]


@pytest.mark.parametrize(
    ("lang", "forms", "other"),
    [
        ("en", ["run", "runs", "running"], "ruin"),
        ("ru", ["курьер", "курьера", "курьеры", "курьером"], "курьерский"),
        ("pl", ["kupiłem", "kupiłam"], "kupiec"),
    ],
)
def test_forms_of_a_word_share_a_stem(lang: str, forms: list[str], other: str) -> None:
    held = Concordance(pl.Series([f" {' '.join(forms)} {other} "]))
    tokens = gram.Tokens(held, lang=lang)
    stem = dict(zip(tokens.distinct, tokens.stems.tolist(), strict=True))
    assert len({stem[form] for form in forms}) == 1
    assert stem[other] != stem[forms[0]]


def test_stems_are_those_that_the_weights_were_trained_on() -> None:
    held = Concordance(pl.Series([" running курьерами reklamację "]))
    hashes = {lang: gram.Tokens(held, lang=lang).stems[2:].tolist() for lang in LANGUAGES}
    assert hashes == {
        "en": [2320444361972482031, 12867784773503873634, 15089304442061973307],
        "ru": [2320444361972482031, 5916162658287956005, 4008215032387466279],
        "pl": [9462028407124240445, 5916162658287956005, 15089304442061973307],
    }


def test_the_encoder_reads_neither_links_handles_nor_numbers() -> None:
    said = pl.Series(["@shop order ZX-778899 (12.05.2026) never came https://x.example/1", "all is well", "thanks@shop24 a lot"])
    assert typer.spoken(said).str.strip_chars().to_list() == ["order never came", "all is well", "thanks a lot"]


def test_a_text_holds_a_token_once() -> None:
    held = read(" no no no ", " ").held()
    assert held.row.tolist() == [0, 0, 0, 1, 1]
    assert held.pair_row.tolist() == [0, 0, 0, 0, 1]


def test_marks_stand_behind_the_words() -> None:
    tokens = read(" late again ", " ", " late ", loud=[False, True, True], long=[False, False, True])
    held = tokens.held(1)
    assert [tokens.distinct[token] for token in held.token[held.row == 0]] == ["\x02", "\x03", "loud"]
    assert {tokens.distinct[token] for token in held.token[held.row == 1]} == {"\x02", "late", "loud", "long", "\x03"}
    alone = read(" late loud long ").held()
    assert held.pair[held.pair_row == 1].tolist() == alone.pair.tolist()


def test_of_a_long_text_the_first_tokens_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gram, "MOST", 3)
    tokens = read(" late again and again ", " late ")
    held = tokens.held()
    assert {tokens.distinct[token] for token in held.token[held.row == 0]} == {"\x02", "late", "again"}
    assert (held.row == 1).sum() == 3


def test_numbers_are_alike() -> None:
    assert read(" 14 days ", " 3 days ").distinct == ["\x02", "\x03", "0", "days"]


def model() -> linear.Hashed:
    random = np.random.default_rng(1)
    values = np.round(random.uniform(1, 9, 256) * 20).astype(np.float32) / np.float32(20)
    return linear.Hashed(random.normal(size=(256, 2)).astype(np.float32), values, np.array([0.5, -0.5], dtype=np.float32))


def test_a_score_is_the_cosine_weighed_sum_and_the_bias() -> None:
    own, tokens = model(), read(" late ", " never late ", " ")
    parts = tokens.held()
    owner, bucket = gram.features(tokens, own.bits)
    for row in range(3):
        held = [*np.concatenate([bucket[owner == token] for token in parts.token[parts.row == row]])]
        held += gram.bucket(parts.pair[parts.pair_row == row], own.bits).tolist()
        expected = own.weights[held].sum(axis=0) / np.sqrt((own.values[held] ** 2).sum()) + own.bias
        assert np.allclose(own.scores(tokens)[row], expected, atol=1e-4)


def test_long_lists_are_added_up_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = read(*(f" word{chr(97 + n % 26)} and {'x' * (n % 9 + 1)} " for n in range(100)))
    whole = model().scores(tokens)
    monkeypatch.setattr(linear, "_CHUNK", 7)
    assert np.allclose(model().scores(tokens), whole, atol=1e-5)


def test_packed_weights_give_nearly_the_same_scores() -> None:
    tokens = read(" the parcel is late ", " lovely ")
    assert np.allclose(linear.unpacked(model().packed()).scores(tokens), model().scores(tokens), atol=0.05)


def test_the_package_brings_weights_of_every_language_in_bounds() -> None:
    files = [home() / "typer" / f"{lang}.npz" for lang in LANGUAGES]
    assert sum(file.stat().st_size for file in files) <= 12 * 1024**2
    for lang in LANGUAGES:
        for name in ("fast", "accurate"):
            bounds = typer.Trained(name, home() / "typer").bounds(lang)
            assert set(ASKED_TYPES) | set(typer.FLAGS) | {"unclear"} <= set(bounds)


def test_probabilities_of_types_share_one_and_are_rounded() -> None:
    part = pl.DataFrame({"asked": ["It broke", "Thanks!"], "words": [" it broke ", " thanks ! "]})
    fast = typer.Trained("fast", home() / "typer")
    signs = part.select(pl.lit(0).alias(sign) for sign in typer.SIGNS).select(pl.all().repeat_by(2).explode())
    found = fast.probabilities(signs, fast.read(part, Concordance(part["words"]), "en"), "en")
    assert found.columns == list(typer.OUTPUTS)
    assert np.allclose(found.select(ASKED_TYPES).sum_horizontal().to_numpy(), 1, atol=0.01)
    assert found.equals(found.select(pl.all().round(typer.DECIMALS)))


def test_suspicions_of_one_kind_outweigh_a_single_other() -> None:
    said = {"complaint": 0.3, "criticism": 0.25, "other": 0.36}
    head = np.log([[said.get(kind, 0.03) for kind in ASKED_TYPES] + [0.5] * len(typer.FLAGS)])
    found = typer.weighed(np.ones((1, 1)), head)[0, : len(ASKED_TYPES)]
    assert ASKED_TYPES[found.argmax()] == "complaint"
    assert found.sum() == pytest.approx(1)


@pytest.mark.parametrize(("handle", "brand"), [("@AmazonHelp", True), ("@ru_mts", True), ("@Beeline_RUS", True), ("@Ekamagic", False)])
def test_a_leading_handle_of_a_brand_is_marked(handle: str, brand: bool) -> None:
    found = dict(typer.marks(pl.DataFrame({"asked": [f"{handle} hello"]})))
    assert found["<brand>"].tolist() == [brand]


def test_auto_takes_the_accurate_typer_where_it_can(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder, "available", lambda: True)
    monkeypatch.setattr(encoder, "open_encoder", lambda: None)
    assert typer.open_typer("auto", typer.MOST).name == "accurate"
    assert typer.open_typer("auto", typer.MOST + 1).name == "fast"
    monkeypatch.setattr(encoder, "available", lambda: False)
    assert typer.open_typer("auto", 1).name == "fast"


def test_an_unknown_typer_is_told_with_the_known_ones() -> None:
    with pytest.raises(AuditError, match="auto, fast, accurate"):
        typer.open_typer("fastest", 1)


def test_damaged_weights_are_told(tmp_path: Path) -> None:
    (tmp_path / "en.npz").write_bytes(b"nonsense")
    with pytest.raises(AuditError, match="make train"):
        typer.open_weights(tmp_path, "en")


@pytest.mark.parametrize("content", [None, b"nonsense"])
def test_a_missing_or_damaged_tuned_encoder_is_told(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / typer.TUNED).write_bytes(content)
    with pytest.raises(AuditError, match="make train"):
        typer.open_tuned(tmp_path)


@pytest.mark.skipif(not encoder.available(), reason="the extra is not installed")
@pytest.mark.parametrize(("outputs", "pieces"), [(typer.SCORES - 1, [7]), (typer.SCORES, [7, 8]), (typer.SCORES, [10**9])])
def test_a_tuned_encoder_of_another_version_is_told(tmp_path: Path, outputs: int, pieces: list[int]) -> None:
    arrays = encoder.packed(encoder.layers(), np.array([7]), np.zeros((1, encoder.WIDTH), dtype=np.float32))
    arrays |= {"pieces": np.array(pieces), "weights": np.zeros((encoder.WIDTH, outputs)), "bias": np.zeros(outputs)}
    np.savez(tmp_path / typer.TUNED, **arrays)  # type: ignore[arg-type]
    with pytest.raises(AuditError, match="make train"):
        typer.open_tuned(tmp_path)


def own(*answers: Mapping[str, float]) -> typer.Foreign:
    def call(texts: list[str], langs: list[str]) -> Sequence[Mapping[str, float]]:
        return list(answers)

    return typer.Foreign("own", "0", call)


def test_an_own_typer_is_called_where_it_was_made() -> None:
    threads = []

    def call(texts: list[str], langs: list[str]) -> list[dict[str, float]]:
        threads.append(threading.current_thread())
        return [{"complaint": 1.0} for _ in texts]

    judge_rows = pl.DataFrame({"asked": ["It broke"], "lang": ["en"]}).with_columns(
        asked_type=pl.lit(None, pl.String), asked_upset=pl.lit(None, pl.Boolean)
    )
    classify.typed(judge_rows, open_rulebook(), typer.Foreign("own", "0", call))
    assert threads == [threading.current_thread()]


def test_what_an_own_typer_says_is_taken_and_what_it_leaves_out_is_judged_by_wordings() -> None:
    given = [rows.checked(1, {"asked": "The kettle, it is on fire!!", "lang": "en"})]
    (answer,) = judge(given, typer=own({"complaint": 0.9}))
    assert (answer["asked_type"], answer["asked_upset"]) == ("complaint", True)
    (answer,) = judge([rows.checked(1, {"asked": "Great service, thank you!", "lang": "en"})], typer=own({}))
    assert answer["asked_type"] == "praise"


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ([], "0 answers to 1 texts"),
        ([{"anger": 0.5}], "neither a type nor a flag"),
        ([{"praise": 1.5}], "no probability"),
        (["praise"], "no mapping"),
    ],
)
def test_a_wrong_answer_of_an_own_typer_is_told(answers: list[Any], told: str) -> None:
    with pytest.raises(AuditError, match=told):
        list(judge([rows.checked(1, {"asked": "Hm, the lid", "lang": "en"})], typer=own(*answers)))


class Fake(BaseHTTPRequestHandler):
    """Speaks as much of the chat protocol as a typer needs: a message with `broke` is a complaint, else it says something odd."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        said = "Complaint." if "broke" in body["messages"][-1]["content"] else "I cannot tell"
        answer = json.dumps({"choices": [{"message": {"role": "assistant", "content": said}}]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The example of a typer, as pip would leave it."""
    kept = tmp_path / "local_server_typer-1.0.dist-info"
    kept.mkdir()
    (kept / "METADATA").write_text("Metadata-Version: 2.1\nName: local-server-typer\nVersion: 1.0\n", encoding="utf-8")
    points = (EXAMPLE / "pyproject.toml").read_text(encoding="utf-8")
    line = next(line for line in points.splitlines() if line.startswith("local-server = ")).replace('"', "")
    (kept / "entry_points.txt").write_text(f"[reply_audit.typers]\n{line}\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.syspath_prepend(str(EXAMPLE))
    monkeypatch.delitem(sys.modules, "local_server_typer", raising=False)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with HTTPServer(("127.0.0.1", 0), Fake) as http:
        threading.Thread(target=http.serve_forever, daemon=True).start()
        monkeypatch.setenv("LOCAL_TYPER_URL", f"http://127.0.0.1:{http.server_address[1]}/v1")
        yield
        http.shutdown()


@pytest.mark.usefixtures("installed", "server")
def test_the_example_asks_a_server_on_this_machine() -> None:
    lines = [{"id": 1, "asked": "Hm, the lid, it broke", "lang": "en"}, {"id": 2, "asked": "Hm, the lid", "lang": "en"}]
    said = CliRunner().invoke(group, ["judge", "-", "--typer", "local-server"], input="\n".join(map(json.dumps, lines)))
    assert said.exit_code == 0, said.output
    first, second = (json.loads(line) for line in said.stdout.splitlines())
    assert (first["asked_type"], first["asked_confidence"], first["asked_why"]) == ("complaint", 0.9, "model")
    assert second["asked_type"] == "unclear"


@pytest.mark.usefixtures("installed")
def test_a_server_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCAL_TYPER_URL", "http://127.0.0.1:9/v1")
    with pytest.raises(AuditError, match="does not answer"):
        list(judge([rows.checked(1, {"asked": "Hm, the lid", "lang": "en"})], typer="local-server"))
