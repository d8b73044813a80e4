"""A concordance: the words of many texts, each with the texts that hold it, and the running words in their order."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

Numbers = NDArray[np.uint32]


class Running(NamedTuple):
    """The words of texts one after the other: the text that each stands in, and its number among `words`."""

    text: Numbers
    word: Numbers


class Concordance:
    """Takes texts in normal form (audit.text). `words`: distinct, sorted; an empty text holds the word ""."""

    def __init__(self, texts: pl.Series) -> None:
        self.texts = texts
        running = (
            texts.to_frame("word")
            .with_row_index("text")
            .lazy()
            .with_columns(pl.col("word").str.strip_chars().str.split(" "))
            .explode("word")
            .with_row_index("place")
            .collect()
        )
        held = running.lazy().select("word", "place").group_by("word").agg("place").sort("word").collect()
        self.words: list[str] = held["word"].to_list()
        self.starts = np.concatenate([[0], np.cumsum(held["place"].list.len().to_numpy())]).astype(np.intp)
        self._text = running["text"].to_numpy()
        self._places = held["place"].explode().to_numpy() if len(held) else np.zeros(0, dtype=np.uint32)
        self.rows: NDArray[np.intp] = self._text[self._places].astype(np.intp)  # numpy looks up by this kind at once
        """The texts that hold the first word, then those that hold the second, and so on: word n has those from starts[n] on."""

    @cached_property
    def spaced(self) -> pl.Series:
        """Each word as a text of its own."""
        return pl.select(pl.concat_str([pl.lit(" "), pl.Series(self.words, dtype=pl.String), pl.lit(" ")])).to_series()

    @cached_property
    def running(self) -> Running:
        word = np.empty(len(self._places), dtype=np.uint32)
        word[self._places] = np.repeat(np.arange(len(self.words), dtype=np.uint32), np.diff(self.starts))
        return Running(self._text, word)
