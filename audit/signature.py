"""The agent who signed a brand's text: `^AB`, `-Name`, `*AB`, `/AB`, `~AB`, "С уважением, Анна", "Pozdrawiam, Tomek", "Best regards, Anna".

A signature may stand before a trailing link. Teams, departments and firms are no agents; neither are common words after a dash. Who signs
with a bare name ("... Ty Andrew", "... Lawrence 2/2") is not found: customers are addressed in the same form.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

_END = r"[\s.!)]*(?:\s*(?:https?://\S+|\(?\d/\d\)?|[🙂😊🙏💚💙❤️♥]+)\s*)*$"
_CARET = r"(^|[^\p{L}\d])\^\s?(\p{L}{1,20})"
_CAPITAL = r"(^|[^\p{L}\d*/~])(?:[*/]|~\s?)(\p{Lu}\p{L}{0,19})"
_DOTTED = r"((?:^|[.!?)…])\s*)[-–—^](\p{Lu}\.\s?\p{Lu}\.?)"
_THANKS = r"(?i:thanks|thank you|many thanks|thx|ty|cheers|apologies|regards|спасибо|dziękuję|dziękujemy|pozdrawiam)"
_DASHED = rf"((?:^|[\n.!?)…]|[:;]-?[(DPp]|https?://\S+\s|\b{_THANKS}[,!.]?\s)\s*)[-–—]{{1,2}}\s?(\p{{Lu}}\p{{L}}{{0,14}})"
_JOINED = r"()\s[-–—]{1,2}(\p{Lu}\p{L}{0,14})"
_PERSON = (
    r"(?:(?:[Вв]аша?|[Tt]woja|[Tt]wój|[Yy]our) )?(\p{Lu}\p{L}{1,14}(?:[ -]\p{Lu}\p{L}{1,20})?)(?: \p{Lu}\.)?(?:[,\n][^\n.!?]{1,60}){0,3}"
)
_REGARDS = (
    r"()(?:[Сс] уважением|[Сс] наилучшими пожеланиями|[Pp]ozdrawiam(?:y)?(?: serdecznie)?|[Zz] poważaniem|[Zz] wyrazami szacunku|"
    r"(?:[Bb]est|[Kk]ind|[Ww]arm)(?:est)? (?:[Rr]egards|[Ww]ishes)|[Rr]egards|[Ss]incerely)[\s,.!–—-]+" + _PERSON
)
_WISHES = (
    r"((?:[Вв]сего доброго|[Хх]орошего (?:дня|вечера)|[Mm]iłego dnia|(?:[Gg]reat|[Nn]ice|"
    r"[Gg]ood) day)[.!]*(?:[.!]|\n))\s*[–—-]?\s*(\p{Lu}\p{L}{1,14})"
)
_LAST_LINE = rf"(\n)\s*{_THANKS},\s*(\p{{Lu}}\p{{L}}{{1,14}})"
_DESK = (
    r"((?:^|[\n.!?])\s*)(\p{Lu}\p{L}{1,14}),\s*(?:(?:ваша|вам|twoja) )?"
    r"(?i:поддержка|служба поддержки|команда поддержки|отдел заботы|support|customer (?:care|service|support)|obsługa|biuro obsługi|"
    r"dział obsługi|zespół)"
    r"(?:\s+(?:клиент\p{L}+|klient\p{L}+|team|desk|«?\p{Lu}[\p{L}»]*)){0,3}"
)
_SIGNED = ("уважением", "пожеланиями", "ozdrawiam", "oważaniem", "szacunku", "egards", "ishes", "incerely")

_FORMS = (
    (("^",), _CARET),
    (("*", "~", "/"), _CAPITAL),
    (_SIGNED, _REGARDS),
    (("доброго", "орошего", "iłego", " day"), _WISHES),
    (("\n",), _LAST_LINE),
    (("оддержк", "отдел", "upport", "ustomer", "espół", "bsług"), _DESK),
    (("-", "–", "—", "^"), _DOTTED),
    (("-", "–", "—"), _DASHED),
    (("-", "–", "—"), _JOINED),
)
"""Letters that must stand near the end of a text before a form is looked for, and the form: (what stays)(name)."""

_LISTED = r"(?m)^\s*[-–—*•]\s?\S[^\n]*\n\s*[-–—*•]"
_NO_NAMES = """
the a an and or if in on at to we you it is yes no thanks thank sorry hi hello please cheers great let all dm pm am us uk usa eu app fb
ok not but with from for this that here there our your have enjoy team support care customer service services iphone ios android windows
mac storage settings general email phone off chat website online free new order orders account help monday tuesday wednesday thursday
friday saturday sunday mon tue wed thu fri sat sun best regards llc ltd inc sa sp мы вы и не да нет спасибо команда служба отдел
поддержка ваша ваш ваши ждем ждём извините администрация коллектив это магазин сервис бренд компания центр группа ооо оао зао ао пао ип
пн вт ср чт пт сб вс представитель продавец менеджер оператор специалист zespół zespol dział dzial obsługa obsluga biuro my wy i nie tak
dziękujemy przepraszamy pozdrawiam pozdrawiamy redakcja sklep firma serwis bok konsultant ekipa pn wt śr czw pt sob nd
"""
_NO_INITIALS = """
DM PM UK US USA EU FB OK APP OFF ON NO YES TV PC ID VIP MAC FAQ СМС ООО ОАО АО ИП ПАО ЗАО РФ BOK LLC LTD INC SA
"""
_TAIL = 120


def split(texts: pl.Series, *, brands: Sequence[str] = ()) -> pl.DataFrame:
    """Two columns in the order of `texts`.

    `agent` (String): the name as signed; initials, and a name of three letters or fewer that is not capitalised, in capitals; null where
    nobody signed. `unsigned` (String): the text without the signature, a link behind it kept; null only where the text is.
    Names in `brands` are no agents ("Pozdrawiamy, Kettlewell").
    """
    frame = texts.cast(pl.String).rename("text").to_frame()
    rows = frame.unique().drop_nulls().with_columns(pl.col("text").str.slice(-_TAIL).alias("tail"))
    rows = rows.filter(pl.col("tail").str.contains_any(sorted({mark for marks, _ in _FORMS for mark in marks})))
    strangers = [*_NO_NAMES.split(), *(word for brand in brands for word in brand.lower().split())]
    parts = [pl.DataFrame(schema={"text": pl.String, "agent": pl.String, "unsigned": pl.String})]
    for marks, form in _FORMS:
        near = rows.filter(pl.col("tail").str.contains_any(list(marks)))
        if near.is_empty():
            continue
        near = near.with_columns(pl.col("tail").str.extract(form + _END, 2).alias("name")).drop_nulls("name")
        if form != _CARET:
            word = pl.col("name").str.extract(r"^([^\s-]+)")
            common = (
                pl.when(word.str.contains(r"^\p{Lu}{2,3}$"))
                .then(word.is_in(_NO_INITIALS.split()))
                .otherwise(word.str.to_lowercase().is_in(strangers))
            )
            near = near.filter(~common, ~pl.col("tail").str.contains(_LISTED))
        if form == _REGARDS:  # "we greet you" and two words: a firm
            near = near.filter(~(pl.col("tail").str.contains("ozdrawiamy") & pl.col("name").str.contains(" ")))
        head = pl.col("text").str.head(pl.col("text").str.len_chars() - pl.col("tail").str.len_chars())
        links = pl.col("tail").str.extract(r"((?:\s*https?://\S+)+)\s*$").fill_null("")
        unsigned = pl.concat_str(
            head, pl.col("tail").str.replace(form + _END, "${1}").str.strip_chars_end(), pl.lit(" "), links.str.strip_chars()
        ).str.strip_chars_end()
        parts.append(near.select("text", _spelt(pl.col("name")).alias("agent"), unsigned.alias("unsigned")))
        rows = rows.join(near.select("text"), on="text", how="anti")
    joined = frame.join(pl.concat(parts), on="text", how="left", maintain_order="left")
    return joined.select("agent", pl.coalesce("unsigned", "text").alias("unsigned"))


def _spelt(name: pl.Expr) -> pl.Expr:
    """One spelling of an agent: `ab` and `A.B.` are `AB`, `anna` is `Anna`."""
    bare = name.str.replace_all(r"[.\s]*\.\s*", "")
    initials = bare.str.contains(r"^(?:\p{L}{1,2}|\p{Ll}{3})$")
    return pl.when(initials).then(bare.str.to_uppercase()).otherwise(bare.str.head(1).str.to_uppercase() + bare.str.slice(1))
