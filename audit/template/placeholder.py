"""Placeholders of reply templates: where they stand, what they are called, and what stands in for them while a text is judged.

Understood: `{{a.b_c}}`, `{{ a | default: "x" }}` and `{% if a %}` (Liquid, Handlebars, Zendesk, Front), `{name}`, `{free text}`, `{0}` and
ICU's `{n, plural, ...}`, `[Name]`, `[free text]` and `[[name]]`, `<name>`, `<<name>>` and `<%= name %>`, `%name%`, `%%name%%`, `%(name)s` and
`%s`, `$name`, `$name$`, `${name}` and `$(name)`, `#NAME#`, `@@name@@`, `*|NAME|*`; and blanks that nothing will fill: `XXX`, `____`, `DATE`,
`_Link_`, `TODO`, `[your phone number]`. A VK mention `[id1|Anna]`, a Markdown link or footnote, a check box, an HTML or BBCode tag, a
button that is named (`press [Cancel]`) are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from audit.template.passage import Passage, literal, replaced


@dataclass(frozen=True)
class Placeholder:
    """`text[start:end]` is a placeholder. `blank`: nothing will ever fill it. `name` is empty for `%s`, blanks and control tags."""

    start: int
    end: int
    name: str
    syntax: str
    blank: bool = False

    @property
    def variable(self) -> str:
        """The name in one spelling: `Customer Name`, `customer-name` and `customer.name` are `customer_name`."""
        return spelling(self.name)


def spelling(name: str) -> str:
    """A variable's name in lower case, its words joined by underscores."""
    parted = re.sub(r"(?<=[^\W\d_A-ZА-ЯЁ])(?=[A-ZА-ЯЁ][^\W\d_A-ZА-ЯЁ])", "_", name)
    return re.sub(r"[\W_]+", "_", parted).strip("_").casefold()


_BUTTON = re.compile(
    r"(?:\b(?:press|click|tap|select|choose|hit|open|push|button|menu|tab|field|column|box|section|option|key)(?:s|ed|ing)?(?: on| the| to)*"
    r"|(?:кнопк|раздел|меню|вкладк|пункт|клавиш|режим|нажм|нажат|выбер|выбр|пол[еяюь]|клик)\w*(?: на)?"
    r"|(?:klikn|klik|naci[sś]|wybierz|wybra|przycisk|zak[lł]adk|pol[aeu]|polem|opcj|sekcj|menu|kafel|rubry|ikon|guzik|klawisz|nag[lł][oó]w)\w*(?: na| w)?)"
    r"[ :]*[\"'«„“*_]*$",
    re.IGNORECASE,
)

_FIELDS = (
    "NAME|FIRST_?NAME|LAST_?NAME|FNAME|LNAME|SURNAME|USERNAME|DATE|TIME|AMOUNT|LINK|NUMBER|ADDRESS|EMAIL|PHONE|URL|PRICE|CITY|PRODUCT"
    "|ИМЯ|ФИО|ФАМИЛИЯ|ДАТА|НОМЕР|СУММА|ССЫЛКА|АДРЕС|ТЕЛЕФОН|ГОРОД|ТОВАР"
    "|IMIĘ|IMIE|NAZWISKO|DATA|KWOTA|NUMER|TELEFON|MIASTO|PRODUKT"
)
_NEVER = r"(?:your|our|ваш\w*|наш\w*|tw[oó]j\w*|twoj\w*|nasz\w*)\s"
_TAG_NAMES = (
    "a abbr acronym address area article aside audio b base bdi bdo big blockquote body br button canvas caption center cite code col colgroup "
    "data datalist dd del details dfn dialog div dl dt em embed fieldset figcaption figure font footer form frame h1 h2 h3 h4 h5 h6 head header "
    "hr html i iframe img input ins kbd label legend li link main map mark meta nav noscript object ol optgroup option p param picture pre q s "
    "samp script section select small source span strike strong style sub summary sup table tbody td template textarea tfoot th thead time "
    "title tr tt u ul var video wbr"
)
TAGS = frozenset(_TAG_NAMES.split())
"""The elements of HTML."""
_BBCODE = r"\[/?(?:b|i|u|s|br|url|img|quote|code|list|size|color|center|left|right|spoiler|\*)(?:=[^\]\n]*)?\]"

_WORD = r"[^\W\d_]"
_PATH = rf"(?:{_WORD}|_)[\w.-]*"

_ANY = re.compile(
    "|".join(
        (
            # what looks like a placeholder and is none
            r"(?P<mention>\[(?:id|club|public|post|event)\d+(?:_\d+)?\|[^\]\n]*\])",
            r"(?P<link>!?\[[^\[\]\n]*\]\([^()\n]*\)|\[[^\[\]\n]+\]\[[^\[\]\n]*\]|^\[[^\[\]\n]+\]:(?= ?\S))",
            r"(?P<check>(?:(?<=[-*+] )|(?<=[-*+]\t)|(?<=\d[.)] ))\[[ xXхХ]\](?=[ \t]))",
            rf"(?P<tag>{_BBCODE}|\[\^[^\]\n]+\]|\[![A-Z]+\]|\[\d+/\d+\]|\[\d+\]|\[(?:UPD|UPDATE|UPDATED|EDIT|EDITED|FAQ|SOLVED|FIXED|INFO|NEW|SIC|sic)\])",
            r"(?P<html><!--.{0,2000}?-->|</[A-Za-z][\w-]*\s*>|<[A-Za-z][\w-]*(?:\s+[\w:@-]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'<>=]+))?)*\s*/?>)",
            # control tags and comments
            r"(?P<control>\{%-?[^%]{0,300}(?:%(?!\})[^%]{0,300}){0,4}%\}|\{#[^#]{0,300}#\}|\{\{~?[#/^!>&][^{}]*\}\}|\{\{~?\s*else\b[^{}]*\}\})",
            r"(?P<mustache>\{\{\{[^{}\n]{1,120}\}\}\}|\{\{[^{}\n]{1,120}\}\}(?!\}))",
            r"(?P<icu>\{\s*\w+\s*,\s*(?:plural|select|selectordinal)\s*,)",
            r"(?P<dollar>\$\{[^{}\n]{1,80}\}|\$\([A-Za-z_][\w .-]{1,40}\))",
            r"(?P<braces>(?<!\{)\{[^{}\[\]\n]{1,80}\}(?!\}))",
            r"(?P<blankbraces>\{\{?\s*\}?\}|\[\s*(?:\.{2,}|…)\s*\]|\[_+\])",
            r"(?P<doublebrackets>\[\[[^\[\]\n]{1,60}\]\])",
            r"(?P<erb><%=?[^%<>]{1,80}%>|<<[^<>\n]{2,60}>>)",
            r"(?P<mailmerge>\*\|[A-Za-z][A-Za-z0-9_: ]{1,40}\|\*)",
            r"(?P<brackets>(?<![\w\]])\[[^\[\]{}\n]{1,80}\](?!\())",
            r"(?P<angle><[^\W\d_][^<>\n=@/\"]{1,50}>)",
            r"(?P<printf>%\([^()\n]{1,40}\)[sdif]|(?<![\w%])%(?:\d\$)?[sd@](?![\w%]))",
            rf"(?P<percent>%%{_WORD}[\w .-]{{1,40}}%%|(?<![\w%])%{_WORD}[\w.-]{{1,40}}%(?!\w))",
            rf"(?P<at>@@{_WORD}\w{{1,40}}@@)",
            rf"(?P<hash>(?<![\w&#/])#{_WORD}[\w-]{{1,40}}#(?!\w))",
            rf"(?P<dollarname>(?<![\w$])\${_WORD}\w{{1,30}}\$?(?!\w))",
            # blanks
            rf"(?P<stub>(?<!\w)__?(?:{_FIELDS})__?(?!\w)|(?<!\w)_(?i:{_FIELDS})_(?!\w)|\b(?:TODO|FIXME|TBD|TBC)\b|(?i:lorem ipsum)|_{{4,}}"
            r"|(?<![\w-])[XХ]{3,}(?![\w-])|\b(?:DD|ДД)[./-](?:MM|ММ)(?:[./-](?:YY|ГГ|RR){1,2})?\b"
            rf"|(?<![\w{{\[<%$#@|])(?:[A-ZА-ЯЁ]+_)?(?:{_FIELDS})(?:_[A-ZА-ЯЁĄĆĘŁŃÓŚŹŻ]+)*(?![\w}}\]>%$#@|]))",
        )
    ),
    re.DOTALL | re.MULTILINE,
)

_URL = re.compile(r"(?:https?://|www\.)\S+")
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_CAPITALS = re.compile(r"\b[^\W\d_a-zа-яёąćęłńóśźż]{2,}\b")


def placeholders(text: str) -> list[Placeholder]:
    """Every placeholder of a text, in order. Blanks are among them; control tags too (without a name)."""
    found: list[Placeholder] = []
    links: list[tuple[int, int]] | None = None
    for match in _matches(text):
        kind = str(match.lastgroup)
        if kind in _NONE:
            if kind == "html" and (lone := _lone_tag(text, match)):
                found.append(lone)
            continue
        if links is None:
            links = [link.span() for link in _URL.finditer(text)]
        start, end = match.span()
        if found and start < found[-1].end:
            continue  # inside of a plural form
        if kind == "icu":
            end = _closing(text, start)
        if kind in _NOT_IN_LINKS and any(a <= start < b for a, b in links):
            continue
        if one := _placeholder(text, start, end, kind):
            found.append(one)
    return found


def lookalikes(text: str) -> list[tuple[int, int]]:
    """The spans of what looks like a placeholder and is none: mentions, links, check boxes, tags."""
    return [match.span() for match in _matches(text) if match.lastgroup in _NONE]


def _matches(text: str) -> Iterator[re.Match[str]]:
    position = 0
    while begins := _BEGINS.search(text, position):
        match = _ANY.match(text, begins.start())
        if match is None:
            position = begins.start() + 1
            continue
        yield match
        position = begins.start() + 1 if match.lastgroup in ("braces", "icu") else max(match.end(), begins.start() + 1)


_BEGINS = re.compile(r"[{\[<%$#@*!_]|(?<![^\W_])[A-ZА-ЯЁ]{2}|[Ll]orem")
"""What a placeholder, or what looks like one, begins with."""
_NONE = frozenset(("mention", "link", "check", "tag", "html"))
_NOT_IN_LINKS = frozenset(("percent", "printf", "hash", "at", "dollarname", "stub", "brackets"))


def _placeholder(text: str, start: int, end: int, kind: str) -> Placeholder | None:
    if kind == "control":
        return Placeholder(start, end, "", kind)
    if kind in ("stub", "blankbraces"):
        if kind == "stub" and _among_capitals(text, start, end):
            return None
        return Placeholder(start, end, "", kind, blank=True)
    inner = re.sub(r"^[{\[<%$#@*|(=~\s]+|[}\]>%$#@*|)~\s]+$", "", text[start:end])
    if kind == "printf":
        named = re.match(r"%\(([^()]*)\)", text[start:end])
        return Placeholder(start, end, named[1].strip() if named else "", kind)
    if kind == "icu":
        inner = inner.split(",")[0]
    elif kind in ("mustache", "braces", "dollar"):
        inner = re.split(r"\s*\|\s*", inner)[0] if kind == "mustache" else re.split(r"[!|]|:(?!\w+[.:_])", inner)[0]
        if kind != "mustache" and re.search(r"[;\"=]|\\", text[start + 1 : end - 1].removeprefix("=")):
            return None
    inner = inner.strip()
    if kind == "dollarname" and inner.isupper() and len(inner) <= 3:
        return None  # a currency
    if kind != "icu" and not _LETTERS.search(inner):
        return Placeholder(start, end, inner, kind) if kind in ("braces", "mustache") and re.fullmatch(r"\w+", inner) else None
    if kind in ("brackets", "angle", "braces") and _BUTTON.search(text[max(0, start - 30) : start]):
        return None
    if kind == "brackets" and (re.fullmatch(r"[A-Z]+\d+\w*|[a-z]", inner) or inner.endswith(("?", "!"))):
        return None
    never = re.match(_NEVER, inner, re.IGNORECASE) is not None and kind in ("brackets", "angle", "braces", "doublebrackets")
    return Placeholder(start, end, inner, kind, blank=never)


def _lone_tag(text: str, match: re.Match[str]) -> Placeholder | None:
    """`<name>` is no tag of HTML, and `<time>` is none where nothing closes it."""
    inside = re.fullmatch(r"<([A-Za-z][\w-]*(?:[ ][\w-]+)*)>", match[0])
    if not inside or match[0].lower() in ("<br>", "<hr>", "<p>", "<li>", "<img>", "<wbr>"):
        return None
    name = inside[1].split()[0].lower()
    if name in TAGS and (f"</{name}" in text.lower() or name not in _FIELD_TAGS):
        return None
    if _BUTTON.search(text[max(0, match.start() - 30) : match.start()]):
        return None
    return Placeholder(match.start(), match.end(), inside[1], "angle", blank=re.match(_NEVER, inside[1], re.IGNORECASE) is not None)


_FIELD_TAGS = frozenset(("link", "address", "data", "time", "title", "code", "summary", "details", "label", "source", "object"))
"""Tags of HTML that are names of fields as well."""


def _among_capitals(text: str, start: int, end: int) -> bool:
    """Whether words in capitals stand beside: then the whole is shouted, or a heading, and this word is no blank."""
    if not text[start:end].replace("_", "").isalpha() or text[start] == "_" or "_" in text[start:end]:
        return False
    if re.match(r"TODO|FIXME|TB[DC]|lorem|[XХ]{3}", text[start:end], re.IGNORECASE):
        return False
    before = re.search(r"([^\W\d_]+)\W*$", text[max(0, start - 30) : start])
    after = re.match(r"\W*([^\W\d_]+)", text[end : end + 30])
    return any(found is not None and _CAPITALS.fullmatch(found[1]) is not None for found in (before, after))


def _closing(text: str, start: int) -> int:
    """Behind the brace that closes the one at `start`; the end of the text where none does."""
    depth = 0
    for place in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if depth == 0:
            return place + 1
    return len(text)


_STANDS_FOR: Sequence[tuple[str, str]] = (
    ("link", r"(?:^|_)(?:link|url|website|site|href|ссылк|сайт|stron)"),
    ("span", r"timeframe|eta|days|hours|period|термин|срок|termin|czas(?!u)"),
    (
        "number",
        r"(?:^|_)(?:date|time|day|hour|amount|sum|price|number|no|nr|id|code|percent|discount|count|phone|tel|номер|дат|врем|сумм|цен|код|процент|скидк|телефон"
        r"|data|dat[yę]|godzin|kwot|cen|numer|kod|rabat|procent|telefon|status|step)",
    ),
    (
        "free",
        r"explanation|description|detail|reason|solution|answer|response|steps?$|phrase|text|comment|what_|fix|instruction|body|content|message|topic|summary"
        r"|описани|причин|решени|ответ|текст|подробност|комментари|инструкц|тем[аыу]|тре[сś]|opis|pow[oó]d|rozwi[aą]zani|odpowied|tre[sś][cć]|szczeg|temat|instrukcj",
    ),
)
_WORDS = {
    "en": {"name": "Alex", "number": "15", "span": "2 days", "free": "the blue one from the second shelf has a new steel lid no. 15"},
    "ru": {"name": "Алекс", "number": "15", "span": "2 дня", "free": "синяя модель со второй полки идёт с новой стальной крышкой № 15"},
    "pl": {"name": "Alex", "number": "15", "span": "2 dni", "free": "niebieski model z drugiej półki ma nową stalową pokrywkę nr 15"},
}
_LINK = "https://example.com"


def stands_for(placeholder: Placeholder) -> str:
    """What a placeholder will be filled with, told by its name: `name` (any short word), `number`, `span` (of time), `link`, `free` text,
    or `nothing` for a control tag."""
    if placeholder.syntax == "control":
        return "nothing"
    if placeholder.syntax in ("blankbraces", "stub"):
        return "name"
    return next((kind for kind, pattern in _STANDS_FOR if re.search(pattern, placeholder.variable)), "name")


def masked(text: str, lang: str | None = None, found: Sequence[Placeholder] | None = None) -> Passage:
    """`text` with a word in the place of each placeholder, so that rules judge what the customer will read; the way back is kept.

    A name stands for a word, a date for a number, an explanation for a sentence that says something: what is not known is not accused.
    """
    words = _WORDS.get(lang or "en", _WORDS["en"])
    spans = []
    for one in placeholders(text) if found is None else found:
        kind = stands_for(one)
        spans.append((one.start, one.end, _LINK if kind == "link" else words.get(kind, "")))
    if "] " in text:  # a check box is no blank that somebody forgot
        spans = sorted([*spans, *((*match.span(), "") for match in _matches(text) if match.lastgroup == "check")])
    return replaced(literal(text, 0, len(text)), spans)
