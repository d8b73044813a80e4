"""The agent who signed a brand's text: `^AB`, `-Name`, `*AB`, `/AB`, `~AB`, "С уважением, Анна", "Pozdrawiam, Tomek", "Best regards, Anna".

A signature may stand before a trailing link. Teams and departments are no agents; neither are common words after a dash.
"""

from __future__ import annotations

import polars as pl

_END = r"[\s.!)]*(?:\s*(?:https?://\S+|\(?\d/\d\)?|[🙂😊🙏💚💙❤️♥]+)\s*)*$"
_INITIALS = r"(?P<before>^|[^\p{L}\d])[\^*~/]\s?(\p{L}{1,20})"
_DASHED = r"(?P<before>^|[\n.!?)…:]\s*)[-–—]{1,2}\s?(\p{Lu}\p{L}{0,14})"
_JOINED = r"(?P<before>\s)[-–—]{1,2}(\p{Lu}\p{L}{0,14})"
_CLOSING = (
    r"(?:[Сс] уважением|[Сс] наилучшими пожеланиями|[Вв]сего доброго|[Хх]орошего (?:дня|вечера)|[Pp]ozdrawiam(?:y)?(?: serdecznie)?|[Zz] poważaniem|"
    r"[Zz] wyrazami szacunku|[Mm]iłego dnia|(?:[Bb]est|[Kk]ind|[Ww]arm)(?:est)? (?:[Rr]egards|[Ww]ishes)|[Rr]egards|[Ss]incerely|[Cc]heers|[Aa]ll the best)"
)
_REGARDS = r"(?P<before>)" + _CLOSING + r"[\s,.!–—-]+(?:(?:[Вв]аша?|[Tt]woja|[Tt]wój|[Yy]our) )?(\p{Lu}\p{L}{1,14})(?:\s+\p{Lu}\p{L}{0,20}\.?)?(?:,[^\n.!?]{1,60})?"
_DESK = (
    r"(?P<before>^|[\n.!?]\s*)(\p{Lu}\p{L}{1,14}),\s*"
    r"(?:[Пп]оддержка|[Сс]лужба поддержки|[Кк]оманда поддержки|[Ss]upport|[Cc]ustomer care|[Zz]espół|[Oo]bsługa klienta|[Dd]ział obsługi)[^\n.!?]{0,40}"
)

_FORMS = (
    (("^", "*", "~", "/"), _INITIALS),
    (("уважением", "пожеланиями", "доброго", "орошего", "ozdrawiam", "oważaniem", "szacunku", "iłego", "egards", "ishes", "incerely", "heers", "best"), _REGARDS),
    (("оддержк", "upport", "are", "espół", "bsługa", "bsługi"), _DESK),
    (("-", "–", "—"), _DASHED),
    (("-", "–", "—"), _JOINED),
)
"""Letters that must stand near the end of a text before a form is looked for, and the form."""

_NO_NAMES = (
    "the a an and or if in on at to we you it is yes no thanks thank sorry hi hello please cheers great let all dm pm us uk usa app fb ok not but with from for "
    "this that here there our your have enjoy team support care customer service iphone ios android windows storage settings "
    "мы вы и не да нет спасибо команда служба отдел поддержка ваша ваш ждем ждём извините администрация коллектив это "
    "zespół zespol dział dzial obsługa obsluga biuro my wy i nie tak dziękujemy przepraszamy pozdrawiam pozdrawiamy redakcja"
).split()
_TAIL = 90


def split(texts: pl.Series) -> pl.DataFrame:
    """Two columns in the order of `texts`: `agent`, the name as signed, initials in capitals (null where nobody signed), and
    `unsigned`, the text without the signature, a link behind it kept."""
    frame = texts.rename("text").to_frame()
    rows = frame.unique().drop_nulls().with_columns(pl.col("text").str.slice(-_TAIL).alias("tail"))
    parts = []
    for marks, form in _FORMS:
        near = rows.filter(pl.col("tail").str.contains_any(list(marks)))
        near = near.with_columns(pl.col("tail").str.extract(form + _END, 2).alias("name")).drop_nulls("name")
        if form not in (_INITIALS,):
            near = near.filter(~pl.col("name").str.to_lowercase().is_in(_NO_NAMES))
        links = pl.col("tail").str.extract(r"((?:https?://\S+\s*)+)$").fill_null("")
        short = pl.col("tail").str.replace(form + _END, "${before}")
        head = pl.col("text").str.head(pl.col("text").str.len_chars() - pl.col("tail").str.len_chars())
        initials = (pl.col("name").str.len_chars() <= 3) & pl.lit(form == _INITIALS) | pl.col("name").str.contains(r"^\p{L}{1,2}$")
        name = pl.when(initials).then(pl.col("name").str.to_uppercase()).otherwise(pl.col("name").str.head(1).str.to_uppercase() + pl.col("name").str.slice(1))
        parts.append(near.select("text", name.alias("agent"), pl.concat_str(head, short, pl.lit(" "), links).alias("unsigned")))
        rows = rows.join(near.select("text"), on="text", how="anti")
    found = pl.concat(parts)
    joined = frame.join(found, on="text", how="left", maintain_order="left")
    return joined.select("agent", pl.coalesce("unsigned", "text").alias("unsigned"))
