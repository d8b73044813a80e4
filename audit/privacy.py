"""Masks what identifies a person in the texts that are written out. The database keeps the originals.

One list of steps serves both engines: polars for columns, `re` where places in the text must be followed. So the patterns use neither
lookaround nor `\\w` and `\\s`, which the two read differently, and `\\b` is ASCII in both. Each has two groups, what stays before and
what
stays after the part that gives way to the mask. The order matters: an e-mail holds an `@`, a card is a long number, a phone a shorter
one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from functools import lru_cache
from threading import Lock
from typing import NamedTuple

import polars as pl

from audit import names

Span = tuple[int, int]


class _Step(NamedTuple):
    mask: str
    pattern: str
    hints: tuple[str, ...]
    """One of these stands in every text that the pattern fits."""


_GUARD = "\x01"
"""Set inside what must survive, so that no later pattern fits; taken out at the end."""
_DIGITS = tuple("0123456789")
_FREE = "(^|[^0-9A-Za-z/=_.+&?%@\x01-])"
"""No number goes on here, and no link."""
_U = "[A-ZÀ-ÖØ-ÞĀĄĆČĎĘĚŁŃŇÓŘŚŠŤŹŻŽА-ЯЁІЇЄҐ]"
_L = "[A-Za-zÀ-ÖØ-öø-ÿĀ-žА-Яа-яЁёІіЇїЄєҐґ'’]"
_NAME = f"(?:[OD]['’])?{_U}[A-Za-zÀ-ÖØ-öø-ÿĀ-žА-Яа-яЁёІіЇїЄєҐґ]{_L}*(?:-{_L}+)?"
_FULL = f"{_NAME}(?: {_NAME}){{0,2}}"
_SP = "[ \u00a0]"
_TITLE = (
    rf"(?:[Mm]rs?\.?{_SP}|[Mm]s\.?{_SP}|[Mm]iss{_SP}|[Pp]an(?:i|ie|ią|a|u|em)?{_SP}|[Гг]осподин{_SP}|[Гг]оспожа{_SP}|"
    rf"[Гг]-н{_SP}|[Гг]-жа{_SP})"
)
_CALL = r"(?:\b(?:[Hh]i|[Hh]ello|[Hh]ey|[Dd]ear|[Hh]iya)|[Cc]ześć|[Hh]ej|[Ww]itaj|[Ss]zanown(?:y|a|i)|[Уу]важаем(?:ый|ая))"
_SALUTE = (
    r"(?:\b[Gg]ood (?:[Mm]orning|[Aa]fternoon|[Ee]vening)|\b[Tt]hanks|\b[Tt]hank you|\b[Ss]orry|\b[Aa]pologies|\b[Ww]elcome|"
    r"[Зз]дравствуйте|[Дд]обр(?:ый|ого) (?:день|вечер|дня|вечера)|"
    r"[Дд]оброе утро|[Пп]ривет|[Пп]риветствуем|[Сс]пасибо|[Ии]звините|[Dd]zień dobry|[Dd]obry wieczór|[Ww]itam|[Dd]ziękujemy|"
    r"[Pp]rzepraszamy)"
)
_SELF = (
    r"(?:[Mm]y (?:full )?name(?: is|'s|’s)|[Мм]еня зовут|[Мм]о[её] имя|[Мм]о[ия] (?:имя и )?фамилия|ФИО:?|[Nn]azywam się|[Nn]azywam sie|"
    r"[Mm]am na imię|[Mm]oje (?:imię i )?nazwisko(?: to|:)?)"
)
_CLOSING = r"(?:[Сс] уважением|[Zz] poważaniem|[Pp]ozdrawiam(?:y)?(?: serdecznie)?|\b[Rr]egards|\b[Bb]est wishes|\b[Ss]incerely)"
_END = f"({_SP}*(?:[,.!?;)\n]|:[)(DP]|$)|{_SP}+(?:[–—-]|:[)(DP]))"
_NO_NAMES = (
    "Mr Mrs Ms Miss Hi Hello Hey Unfortunately Great Actually Certainly Absolutely Sometimes Hopefully Perfect Awesome Happy Glad "
    "Sure Oh Wow There Team All Everyone Everybody Again You For We The To Please That This Your It Is In On At So And But Or If My "
    "Our What Why How When Where Can Could Do Does Did Just Not No "
    "Yes Ok DM Customer Sir Madam Guys Folks Friend Friends Thanks Thank Sorry Good Morning Welcome Back Having Have Has Still Also "
    "Now Let Once Hope Support Service Care Best Kind "
    "Получили Проверили Отправили Исправили Передали Хм Ок Ладно Дружище Конечно Понимаем Приносим Благодарим Сожалеем Действительно "
    "Уже Жаль К Сейчас Привет Вас Вам Вы Ваш Ваша Ваше Ваши За Мы Нам Это Пожалуйста Спасибо Покупатель Клиент Клиенты Гость Гости "
    "Друзья Коллеги Команда Служба Отдел Администрация Коллектив "
    "Магазин Здравствуйте Добрый Да Нет Но Что Как Если Мне Меня Мой Моя Не На По При Очень Уважаемый Уважаемая Компания "
    "Представитель Ждём Ждем "
    "Pan Pani Panie Panowie Akcjonariusze Dzień Cześć Witam Witaj Hej Przepraszamy Niestety Oczywiście Państwu Państwa Państwo "
    "Klientko Kliencie Klienci Za Dziękujemy Dziękuję Bardzo Proszę Zespół Dział Biuro Obsługa Czy Nie Jak Jest Na To Dlaczego Kiedy "
    "Redakcja Ekipa Super Prezes Doktor Doktora Doktorze Prezydent Prezydentowi Poseł Prof"
)
_MONEY = "(?:тысяч|млн|миллион|tys|mln|million|zł|złot|PLN|руб|р\\.|₽|тыс|грн|тенге|₸|USD|EUR|GBP|usd|eur|€|\\$|£|dollar|euro|pound|км|km|GB|MB|ГБ|МБ|шт)"
_ORDER = (
    r"(?:[Зз]аказ[а-я]*|[Нн]омер[а-я]*|[Оо]бращени[а-я]*|[Дд]оговор[а-я]*|[Zz]am[oó]wieni[ae]|[Zz]g[lł]oszeni[ae]|"
    r"[Nn]umer|[Pp]aczk[aię]|\b[Oo]rder|\b[Nn]r|\b[Tt]icket|\b[Cc]ase|\b[Rr]ef(?:erence)?|\b[Tt]racking)"
)

_BEFORE_NAMES = (
    _Step(
        "[email]",
        rf"()(?:(?:{_L}|[0-9_.+-])+(?:@| ?[\[(] ?(?:at|małpa|собака) ?[\])] ?)(?:{_L}|[0-9-])+(?:\.(?:{_L}|[0-9-])+)+|__email__)()",
        ("@", "(", "[", "__email__"),
    ),
    _Step("[@user]", r"()\[(?:id|club|public|post)-?[0-9_]+\|[^\]\n]*\]()", ("|",)),
    _Step(
        "[link user]",
        r"()\b(?:https?://)?(?:www\.|m\.|[a-z]{2}\.)?(?:vk\.com/id[0-9]+|vk\.ru/id[0-9]+|ok\.ru/profile/[0-9]+|wa\.me/\+?[0-9]+|"
        r"linkedin\.com/in/[A-Za-z0-9_%./-]+|vk\.(?:com|ru)/[a-z]+[._][a-z0-9_.]+|facebook\.com/[A-Za-z]+\.[A-Za-z]{3,}[A-Za-z0-9.]*|"
        r"facebook\.com/(?:profile\.php\?id=|people/)[A-Za-z0-9_./-]+|"
        r"(?:t\.me|instagram\.com|twitter\.com|x\.com)/@?[A-Za-z0-9_][A-Za-z0-9_./-]*)()",
        ("vk.", "wa.me", "linkedin.com", "ok.ru", "facebook.com", "t.me", "instagram.com", "twitter.com", "x.com"),
    ),
    _Step("[@user]", f"(^|[^A-Za-z0-9_@\\[])@(?:{_L}|[0-9_])(?:(?:{_L}|[0-9_.])*(?:{_L}|[0-9_]))?()", ("@",)),
    _Step(_GUARD, rf"([0-9])((?:{_SP}|\.)?[0-9]{{3}}(?:{_SP}|-)?{_MONEY})", _DIGITS),
    _Step(_GUARD, rf"([0-9]{_SP})(000{_SP}000)", ("000",)),
    _Step("[iban]", _FREE + r"(?:[A-Z]{2}[0-9]{2} ?[A-Z0-9]{4}(?: ?[0-9]{4}){2,6}(?: ?[0-9]{1,3})?|[0-9]{2}(?: [0-9]{4}){6})\b()", _DIGITS),
    _Step(
        "[card]",
        _FREE + r"(?:[0-9]{4}[ -][0-9]{4}[ -][0-9]{4}[ -][0-9]{1,4}(?:[ -][0-9]{1,3})?|3[0-9]{3}[ -][0-9]{6}[ -][0-9]{5}|"
        r"[2-6][0-9]{15}|[0-9]{4} ?(?:[0-9]{2})?[*xXхХ•]{2,}[ *xXхХ•-]*[0-9]{4}|[*•]{2,}[ *•-]*[0-9]{4})\b()",
        _DIGITS,
    ),
    _Step(
        "[phone]",
        _FREE
        + r"(?:\+[0-9](?:[ \u00a0().-]{0,2}[0-9]){8,14}|00[1-9](?:[ \u00a0().-]{0,2}[0-9]){8,12}|\(0?[0-9]{2,4}\) ?[0-9]{2,4}[ -][0-9]{2,4}(?:[ -][0-9]{2,4})?|"
        r"1[ -]\(?[0-9]{3}\)?[ -]?[0-9]{3}[ -]?[0-9]{4}|"
        r"[78][ -]?\(?[0-9]{3}\)?[ -]?[0-9]{3}[ -]?[0-9]{2}[ -]?[0-9]{2}|0[0-9]{2,4}[ -][0-9]{3,4}[ -][0-9]{3,4}|0[0-9]{4} [0-9]{6}|"
        r"[2-9][0-9]{2}\.[0-9]{3}\.[0-9]{4}|[4-8][0-9]{2}\.[0-9]{3}\.[0-9]{3}|"
        r"[0-9]{3}[ -][0-9]{3}[ -][0-9]{2,4}(?:[ -][0-9]{2})?|[0-9]{2}[ -][0-9]{3}[ -][0-9]{2}[ -][0-9]{2})\b()",
        _DIGITS,
    ),
    _Step(
        "[phone]",
        rf"((?:[Тт]ел(?:ефон[а-я]*)?|\b[Tt]el(?:efon[a-z]*)?|\b[Pp]hone|\b[Mm]obile|[Kk]omórk[a-ząęi]+)[.:]?{_SP}{{0,2}})"
        r"[0-9(][0-9 ()-]{4,}[0-9]\b()",
        ("ел", "el", "hone", "obile", "omórk"),
    ),
    _Step(
        "[number]", rf"({_ORDER}(?: (?:number|no\.?|nr\.?|ID|id|номер))?[ :#№]{{0,3}})[A-Z]{{1,5}}[/-][0-9]{{2,}}[/-][0-9]+\b()", ("/", "-")
    ),
    _Step(
        "[number]", rf"({_ORDER}(?: (?:number|no\.?|nr\.?|ID|id|номер))?[ :#№]{{0,3}})[A-Z0-9-]*[0-9][0-9-]{{3,}}[A-Z0-9-]*\b()", _DIGITS
    ),
    _Step("[number]", r"(№ ?)[A-Z]{0,4}-?[0-9][0-9A-Z-]{3,}\b()", ("№",)),
    _Step("[number]", r"((?:^|[^&])# ?)[0-9][0-9A-Z-]{4,}\b()", ("#",)),
    _Step("[number]", _FREE + r"(?:[A-Z]{1,5}-?[0-9]{5,}[0-9A-Z-]*|1Z[0-9A-Z]{16})\b()", _DIGITS),
    _Step("[number]", _FREE + r"[0-9]{6,}\b()", _DIGITS),
)
_CALLS = ("Hi", "hi", "ello", "Hey", "hey", "ear ", "ear,", "ear!", "ear\u00a0", "ześć", "Hej", "hej", "itaj", "zanown", "важаем")
_SALUTES = (
    *(
        "ood ",
        "hank",
        "orry",
        "pologies",
        "elcome",
        "дравствуйте",
        "обр",
        "ривет",
        "пасибо",
        "звините",
        "zień dobry",
        "obry wieczór",
        "itam",
        "ziękujemy",
        "rzepraszamy",
    ),
)
_TITLES = ("Mr", "mr", "Ms", "ms", "Miss", "miss", "Pan", "pan", "осподин", "оспожа", "г-", "Г-")
_SELVES = ("name", "зовут", "имя", "фамилия", "ФИО", "azywam", "imię", "azwisko")
_CLOSINGS = ("уважением", "oważaniem", "ozdrawiam", "egards", "est wishes", "incerely")
_NAMES = (
    _Step("[name]", rf"({_SELF}{_SP}+){_FULL}()", _SELVES),
    _Step("[name]", rf"((?:name is|зовут|azywam si[ęe]){_SP}+){_L}{{2,}}()", ("name is", "зовут", "azywam")),
    _Step("[name]", rf"((?:{_CALL}|{_SALUTE})[,!]?{_SP}+{_TITLE}?){_FULL}{_END}", (*_CALLS, *_SALUTES)),
    _Step("[name]", rf"({_CALL}{_SP}+{_TITLE}?){_NAME}(?:{_SP}{_NAME})?()", _CALLS),
    _Step("[name]", rf"(\b{_TITLE}){_FULL}()", _TITLES),
    _Step("[name]", rf"({_CLOSING}[,.!]?[ \n\u00a0]+){_FULL}()", _CLOSINGS),
    _Step("[name]", rf"((?:^|[.!?\n]) *){_FULL}(,{_SP}+{_SALUTE})", _SALUTES),
)
_EDGE = f"(^|[^A-Za-zÀ-ÖØ-öø-ÿĀ-žА-Яа-яЁёІіЇїЄєҐґ0-9@#_/^*~\\[{_GUARD}-])"
_BEHIND = "([^A-Za-zÀ-ÖØ-öø-ÿĀ-žА-Яа-яЁёІіЇїЄєҐґ0-9_]|$)"


def _given_names(spared: str) -> tuple[_Step, ...]:
    """Names that stand anywhere. The first goes twice, since a character between two names belongs to one of them only."""
    capitals, others = (tuple(sorted({form[:3] for form in each})) for each in (names.given(), names.doubtful()))
    sure, doubtful, patronymic, initials = (f"{_EDGE}{pattern}{_BEHIND}" for pattern in names.patterns())
    return (
        _Step(_GUARD, rf"({names.WORD} )((?:{spared})(?:[^A-Za-zÀ-žА-яЁё]|$))", capitals),
        _Step("[name]", sure, capitals),
        _Step("[name]", sure, capitals),
        _Step("[name]", doubtful, others),
        _Step("[name]", patronymic, ("ович", "евич", "ьич", "овн", "евн", "ичн", "инишн")),
        _Step("[name]", initials, (".",)),
    )


def _steps(keep: tuple[str, ...]) -> tuple[tuple[_Step, re.Pattern[str], str], ...]:
    """Every step in order, with its pattern as Python and as polars read it."""
    with _COMPILING:  # threads that ask at the same time wait for one of them
        return _compiled(keep)


_COMPILING = Lock()


@lru_cache(maxsize=8)
def _compiled(keep: tuple[str, ...]) -> tuple[tuple[_Step, re.Pattern[str], str], ...]:
    brands = sorted({word for name in keep for word in re.findall(r"[A-Za-z0-9_]+", name)}, key=lambda word: (-len(word), word))
    kept = "|".join("".join(f"[{c.lower()}{c.upper()}]" if c.isalpha() else c for c in word) for word in brands)
    handles = [_Step(_GUARD, rf"([@/])((?:{kept})\b)", ("@", "/"))] if kept else []
    spared = "|".join([*_NO_NAMES.split(), "[А-Я][а-яё]*[йиь]те(?:сь)?", *([kept] if kept else [])])
    before = rf"{_CALL}|{_SALUTE}|{_CLOSING}|{_TITLE}"
    steps = [
        *handles,
        *_BEFORE_NAMES,
        _Step(
            _GUARD, rf"((?:{before})[,!.]?[ \n\u00a0]*)((?:{spared})(?:[^A-Za-zÀ-žА-яЁё]|$))", (*_CALLS, *_SALUTES, *_CLOSINGS, *_TITLES)
        ),
        _Step(_GUARD, rf"((?:^|[.!?\n]) *)((?:{spared}),{_SP}+{_SALUTE})", _SALUTES),
        *_NAMES,
        *_given_names(spared),
        _Step("", f"(){_GUARD}()", (_GUARD,)),
    ]
    return tuple((step, re.compile(step.pattern, re.ASCII), step.pattern.replace(r"\b", r"(?-u:\b)")) for step in steps)


def masked(texts: pl.Series, *, keep: Sequence[str] = ()) -> pl.Series:
    """The texts in order, nulls left, with what identifies a person masked.

    Masks: `[email]`, `[phone]`, `[card]`, `[iban]`, `[number]` (orders, tickets, parcels, six digits and more in a row), `[@user]`,
    `[link user]`, `[name]` (after a salutation, a title, "my name is", or a closing). Handles and names in `keep`, the brands', stay.
    """
    once = texts.cast(pl.String).unique().drop_nulls()
    lines = once.clone()  # scatter changes a series in its place
    for step, _, pattern in _steps(tuple(keep)):
        near = lines.str.contains_any(list(step.hints)).arg_true()
        if len(near):
            lines = lines.scatter(near, lines.gather(near).str.replace_all(pattern, f"${{1}}{step.mask}${{2}}"))
    return texts.cast(pl.String).replace_strict(once, lines, default=None, return_dtype=pl.String)


def masked_columns(rows: pl.DataFrame, *columns: str, keep: Sequence[str] = ()) -> list[pl.Series]:
    """`masked` of several columns at once: to compile the patterns takes longer than to search a page of texts."""
    lines = masked(pl.concat([rows.get_column(column) for column in columns]), keep=keep)
    return [lines.slice(place * rows.height, rows.height) for place in range(len(columns))]


def mask_with_spans(text: str, spans: Sequence[Span], *, keep: Sequence[str] = ()) -> tuple[str, list[Span]]:
    """The masked text, as `masked` gives it, and where the code-point `spans` of the original stand in it.

    A span that meets a mask grows to hold it. Spans may overlap and stand in any order;
    each is (start, end) with 0 <= start <= end <= len(text).
    """
    written, cuts = _masking(text, tuple(keep))
    return written, [_moved(span, cuts) for span in spans]


@lru_cache(maxsize=4096)
def _masking(text: str, keep: tuple[str, ...]) -> tuple[str, list[tuple[int, list[Span]]]]:
    """The masked text and, step after step, the length of the mask and the places that gave way to it."""
    passes: list[tuple[int, list[Span]]] = []
    for step, regex, _ in _steps(keep):
        if any(hint in text for hint in step.hints):
            cuts = [(match.end(1), match.start(2)) for match in regex.finditer(text)]
            if cuts:
                passes.append((len(step.mask), cuts))
                edges = [0, *(place for cut in cuts for place in cut), len(text)]
                text = step.mask.join(text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True))
    return text, passes


def _moved(span: Span, passes: Sequence[tuple[int, list[Span]]]) -> Span:
    low, high = span
    for length, cuts in passes:
        start, end, shift = low, high, 0
        for left, right in cuts:
            behind = shift + length - (right - left)
            if right <= low:
                start = low + behind
            elif left < low:
                start = left + shift
            if left < high:
                end = max(high, right) + behind
            shift = behind
        low, high = start, max(start, end)
    return low, high


_STATUS = re.compile(r"(https?://(?:www\.|mobile\.|m\.)?(?:twitter|x)\.com/)([A-Za-z0-9_]+)(/status/[0-9]+)")


def link(url: str | None, *, keep: Sequence[str] = ()) -> str | None:
    """The address of a message without its author's handle; None where it leads to a person or cannot do without one."""
    if url is None:
        return None
    if found := _STATUS.match(url):
        own = found[2].lower() in {name.lower().lstrip("@") for name in keep}
        return url if own else f"{found[1]}i{found[3]}"
    written = mask_with_spans(url, [], keep=keep)[0]
    return None if any(mask in written for mask in ("[email]", "[phone]", "[@user]", "[link user]")) else url


def identifier(id: str | None) -> str | None:
    """An id as exported; an e-mail, a phone or the name of a chat becomes a hash, short enough to fit thousands of others too."""
    if id is None or (re.fullmatch(r"[A-Za-z0-9_:./#|=+-]*|<[^<> ]+>", id) and not re.search(r"\+[0-9]{9}", id)):
        return id
    return f"id-{hashlib.blake2b(id.encode('utf-8', 'surrogatepass'), digest_size=3).hexdigest()}"


def pseudonym(authors: pl.Series, *, key: str = "", kind: str = "customer") -> pl.Series:
    """A stable name for each author (`customer-3f9a01c2`), null for null: the same author and `key` give the same name on every machine.

    Without a secret `key` whoever knows an author's handle can compute the name and recognise it.
    """
    secret = hashlib.sha256(key.encode()).digest()
    distinct = authors.cast(pl.String).drop_nulls().unique()
    names = [f"{kind}-{hashlib.blake2b(author.encode(), key=secret, digest_size=4).hexdigest()}" for author in distinct]
    return (
        authors.cast(pl.String)
        .replace_strict(distinct, pl.Series(names, dtype=pl.String), default=None, return_dtype=pl.String)
        .rename(authors.name)
    )
