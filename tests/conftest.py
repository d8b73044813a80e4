"""Fixtures that several modules share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.run_fixtures import tweets


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "tweets.csv"
    path.write_text(tweets(), encoding="utf-8")
    return path
