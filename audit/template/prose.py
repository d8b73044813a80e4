"""Is a text one that is sent to a customer, or is it code, a label, a note for colleagues?"""

from __future__ import annotations

import re

from audit.template.placeholder import placeholders

LONGEST = 10_000
"""Letters of the longest text that one reply can be."""

_WORD = re.compile(r"[^\W\d_]{2,}")
_CODE = re.compile(
    r"^[ \t]*(?:\$ |#!|>>> |(?:sudo|npm|npx|yarn|pip|pipx|uv|git|curl|wget|docker|kubectl|cd|make|python3?|brew|apt(?:-get)?|cargo|go|export|echo|import|from|def"
    r"|class|function|const|let|var|return|SELECT|INSERT INTO|CREATE TABLE|public|private|package|use|include|require|if \(|for \(|while \()\s)"
    r"|[├└│]|[;{][ \t]*$|=>|(?<!-)->|\(\)|&&|\|\||::|^[ \t]*[\w.-]+\s*[:=]\s*[\w\"'\[{./-]+,?\s*$|^[ \t]*</?\w+[^>]*>[ \t]*$|--[a-z][\w-]+(?:[ =]|$)",
    re.MULTILINE,
)
_ADDRESSED = re.compile(
    # greetings, thanks, regrets, wishes and farewells
    r"\b(?:hi|hello|hey|dear|good (?:morning|afternoon|evening)|thanks?|thank you|sorry|apologi[sz]e|apolog(?:y|ies)|we(?:'|’)re (?:glad|happy|aware|on it)"
    r"|we appreciate|please (?:let|send|contact|dm|reply|give|share|check|reach|accept|write|feel|visit|call|message)|(?:kind|best|warm) regards|sincerely|let us know"
    r"|your (?:order|refund|message|request|feedback|review|account|ticket|report|parcel|payment|patience|case|question|complaint|experience)|dm us|got you)\b"
    r"|здравствуй|добрый (?:день|вечер)|доброе утро|доброго (?:дня|времени)|привет\b|уважаем|спасибо|благодар|извин|прости(?:те|м)|прос(?:им|ьба)|сожале|(?:нам|мне|очень) жаль"
    r"|приносим|пожалуйста|с уважением|ваш(?:е|ему|его|ей|их|ими?|у|а)? (?:отзыв|заказ|обращени|вопрос|мнени|доверие|замечани|терпени|жалоб|сообщени|заявк)"
    r"|(?:свяжитесь|напишите|обратитесь|позвоните|уточните|сообщите|пришлите|проверьте)\b"
    r"|dzień dobry|dobry wieczór|witam|witaj|cześć|szanown|drog[ia] (?:klien|pan)|dzięku|przepra|przykro|prosi(?:my|ę)|pozdraw|z poważaniem|z wyrazami|zapraszamy"
    r"|(?:twoj|tw[oó]j|państwa|pana|pani)\w* (?:zam[oó]wieni|opini|zgłoszeni|wiadomoś|przesyłk|paczk|reklamacj|zwrot|uwag|sugesti)",
    re.IGNORECASE,
)
_STARTS = (
    "thank hello sorry apolog dear regards your please appreciate sincerely let we hi hey good got dm "
    "здравств добр привет уважа спасиб благодар извин прост прос сожал жаль принос пожалуйст ваш свяж напиш обрат позвон уточн сообщ пришл проверь "
    "dzień dobry wita cześć szanown drog dzięk przepra przykro prosi pozdraw poważan wyraz zaprasz twoj twój państw pan"
)
_STEMS = tuple(_STARTS.split())
"""What each of these words holds: looked for first, since most texts of a repository hold none."""
_SENTENCE = re.compile(r"[^\W\d_]{2,}\W{0,3}(?:\s+\S+){2,}\s*")
_HINT = re.compile(
    r"templat|macros?|canned|replies|reply(?!.audit)|respons|snippet|saved.?repl|answers?\b|скрипт|шаблон|ответ|макрос|заготовк|szablon|odpowied|makr[oa]|shablon|otvet|autorepl",
    re.IGNORECASE,
)
_CHANNEL = re.compile(r"issue_template|pull_request_template|workflow|docker|terraform|helm", re.IGNORECASE)


def is_prose(text: str) -> bool:
    """Some words of a language: no code, no identifier, no path."""
    words = _WORD.findall(text)
    if len(words) < 2 and not (words and addressed(text)):
        return False
    if " " not in text.strip():
        return False
    return not is_code(text)


def is_sentence(text: str) -> bool:
    """A whole sentence: four words or more and a mark at the end of one, or an address to somebody."""
    if not is_prose(text):
        return False
    ended = re.search(r"[^\W\d_][\"»”')]*[.!?…](?:\W|$)", text) is not None
    return (len(_WORD.findall(text)) >= 4 and ended and _SENTENCE.search(text) is not None) or (addressed(text) and len(text.split()) > 2)


def is_code(text: str) -> bool:
    """Whether commands or statements fill a good part of the lines."""
    if not _CODE.search(text):
        return False
    lines = [line for line in text.splitlines() if line.strip()]
    return sum(_CODE.search(line) is not None for line in lines) > 0.34 * len(lines)


def addressed(text: str) -> bool:
    """Whether the text speaks to a customer: it greets, thanks, regrets, asks or says goodbye."""
    lower = text.lower()
    return any(stem in lower for stem in _STEMS) and _ADDRESSED.search(text) is not None


def greets(text: str) -> bool:
    """Whether the text speaks to a customer from its first words on."""
    return addressed(text.lstrip()[:40])


def speaks(text: str) -> bool:
    """Whether the text speaks to a customer or has a place for a name."""
    return addressed(text) or any(not one.blank for one in placeholders(text))


def hinted(name: str) -> bool:
    """Whether the name of a file, a folder, a key or a title says that reply templates are inside."""
    return _HINT.search(name) is not None and _CHANNEL.search(name) is None
