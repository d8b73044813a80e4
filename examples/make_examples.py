"""Makes the exports of Kettlewell, a plainly invented maker of kettles, from the texts in `texts/`. Same run, same bytes.

Run it as `python examples/make_examples.py` after a change of the texts.
"""

from __future__ import annotations

import csv
import random
import tomllib
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

HOME = Path(__file__).parent / "kettlewell" / "exports"
TEXTS = Path(__file__).parent / "texts"
START = datetime(2026, 1, 5)
DAYS = 84
BURST = (61, 62)
"""Days on which 25 happy reviews of the app arrive."""

WEEKDAYS = {
    "en": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"],
    "ru": ["понедельник", "среду", "четверг", "пятницу", "субботу"],
    "pl": ["poniedziałek", "środę", "czwartek", "piątek", "sobotę"],
}
PAST = ["понедельника", "вторника", "среды", "четверга"]
TOWNS = ["Leeds", "York", "Cork", "Derby", "Bath", "Hull"]
NAMES = ["Ola", "Max", "Ivy", "Sam", "Lea", "Tom", "Ada", "Ben", "Zoe", "Kim", "Rae", "Ned"]

CARE = {"AB": 0.97, "EF": 0.9, "GH": 0.35, "KM": 0.02, "TL": 0.8}
"""Agents, and how often each answers as one should. TL is new and has answered only a few."""
APP = {"pw": 0.95, "rt": 0.55}
MOSCOW = {"Анна": 0.96, "Ирина": 0.75, "Олег": 0.03}
WARSAW = {"Ola": 0.95, "Jan": 0.03}
TEAMS = {
    "Social": ["AB", "EF", "TL"],
    "Night desk": ["GH", "KM"],
    "App": ["PW", "RT"],
    "Moscow": ["Анна", "Ирина", "Олег"],
    "Warsaw": ["Ola", "Jan"],
}


class Writer:
    """Draws texts of one language, and the agents who answer. What a conversation names (a day, a town) stays the same in all its texts."""

    def __init__(self, lang: str, seed: int, agents: dict[str, float]) -> None:
        self.lang, self.agents = lang, agents
        self.texts = tomllib.loads((TEXTS / f"{lang}.toml").read_text(encoding="utf-8"))
        self.chance = random.Random(seed)
        self._packs: dict[str, list[Any]] = {}
        self._named: dict[str, Any] = {}

    def dealt(self, cards: Sequence[Any]) -> Any:
        """One of the cards; each comes up once before any comes up again."""
        pack = self._packs.setdefault(str(cards), [])
        if not pack:
            pack.extend(self.chance.sample(cards, len(cards)))
        return pack.pop()

    def conversation(self, cases: list[dict[str, Any]]) -> dict[str, Any]:
        """A new conversation about one of the cases."""
        draw = self.chance.choice
        self._named = {
            "day": draw(WEEKDAYS[self.lang]),
            "past": draw(PAST),
            "n": self.chance.randint(3, 19),
            "hour": self.chance.randint(16, 20),
            "town": draw(TOWNS),
            "name": draw(NAMES),
        }
        return dict(self.dealt(cases))

    def of_kind(self, cases: list[dict[str, Any]], weights: dict[str, int]) -> dict[str, Any]:
        """A new conversation; how often each kind comes up, the weights say."""
        (kind,) = self.chance.choices(list(weights), list(weights.values()))
        return self.conversation([case for case in cases if kind_of(case) == kind])

    def text(self, forms: Sequence[str]) -> str:
        return str(self.dealt(forms)).format(**self._named)

    def answer(self, case: dict[str, Any], at: datetime | None = None) -> tuple[str, str, bool]:
        """An agent on duty, what they answer, and whether it helps."""
        on_duty = [0.02 if name == "TL" else 0.1 if at and asleep(at) != (name in TEAMS["Night desk"]) else 0.5 for name in self.agents]
        (name,) = self.chance.choices(list(self.agents), on_duty)
        good = self.chance.random() < self.agents[name]
        return name, self.text(case["good"] if good else case.get("poor") or self.texts["poor"][kind_of(case)]), good

    def again(self, case: dict[str, Any], helped: bool) -> tuple[str, bool] | None:
        """What a customer writes after a reply to a complaint, and whether it still is one; often nothing."""
        if kind_of(case) != "complaint" or self.chance.random() < 0.4:
            return None
        happy = helped and "thanks" in case and self.chance.random() < 0.7
        return self.text(
            case["thanks"] if happy else case["still"] if helped and "still" in case else self.texts["unhappy"]["still"]
        ), not happy

    def moment(self) -> datetime:
        """Mostly by day, sometimes at night."""
        day = START + timedelta(days=self.chance.randrange(DAYS))
        hour = self.chance.choices(range(24), [2] * 7 + [6] * 15 + [3] * 2)[0]
        return day + timedelta(hours=hour, minutes=self.chance.randrange(60))

    def wait(self, at: datetime, agent: str) -> timedelta:
        quick = self.chance.random() < (0.5 if asleep(at) else 0.8) * (0.5 + self.agents[agent] / 2)
        return timedelta(minutes=self.chance.randint(3, 55) if quick else self.chance.choice([75, 130, 240, 480, 900, 2000]))


def asleep(at: datetime) -> bool:
    return not 7 <= at.hour < 22


def kind_of(case: dict[str, Any]) -> str:
    """What is asked; of a review, by its stars."""
    by_stars = {1: "complaint", 2: "complaint", 3: "criticism", 4: "question", 5: "praise"}
    return str(case.get("kind") or by_stars[case["stars"]])


def tweets() -> list[list[Any]]:
    """What was tweeted, in the order of time, in the shape of Kaggle's twcs.csv."""
    writer = Writer("en", 5, CARE)
    texts, chance = writer.texts, writer.chance
    sent: list[dict[str, Any]] = []

    def put(author: str, at: datetime, text: str, parent: dict[str, Any] | None = None) -> dict[str, Any]:
        sent.append({"author": author, "at": at, "text": text, "parent": parent})
        return sent[-1]

    def reply(to: dict[str, Any], after: timedelta, text: str, agent: str) -> dict[str, Any]:
        return put("Kettlewell", to["at"] + after, f"@{to['author']} {text} ^{agent}", to)

    for turn in range(110):
        case = writer.of_kind(texts["case"], {"complaint": 9, "criticism": 3, "question": 5, "praise": 4})
        first = put(str(700100 + turn), writer.moment(), writer.text(case["asked"]))
        if chance.random() < 0.1:
            continue
        agent, text, helped = writer.answer(case, first["at"])
        answer = reply(first, writer.wait(first["at"], agent), text, agent)
        if said := writer.again(case, helped):
            second = put(first["author"], answer["at"] + timedelta(minutes=chance.randint(20, 300)), f"@Kettlewell {said[0]}", answer)
            agent, text, _ = writer.answer(case | {"good": texts["unhappy"]["good"]}, second["at"])
            if said[1] and chance.random() < 0.6:
                reply(second, writer.wait(second["at"], agent), text, agent)
    for copy in range(14):
        leak = writer.conversation(texts["case"][:1])
        first = put(str(701000 + copy), START + timedelta(days=30 + copy, hours=9 + copy % 8), writer.text(leak["asked"]))
        reply(first, timedelta(minutes=20), writer.text([texts["poor"]["copied"]]), "KM")
    baits = [(text, fed) for bait in texts["bait"].values() for text, fed in zip(bait, [True, True, False, False, False], strict=False)]
    for turn, (text, fed) in enumerate(baits):
        first = put(str(702000 + turn), START + timedelta(days=8 * turn + 3, hours=12), text)
        if fed:
            reply(first, timedelta(minutes=12), texts["poor"]["fed"], "KM")
    for turn, kept in enumerate((True, True, True, False, False)):
        lost = writer.conversation(texts["case"][2:3])
        first = put(str(702500 + turn), START + timedelta(days=9 * turn + 10, hours=11), writer.text(lost["asked"]))
        answer = reply(first, timedelta(minutes=15), writer.text([texts["promise"]["made"]]), "AB" if kept else "GH")
        if kept:
            patient = put(first["author"], answer["at"] + timedelta(minutes=9), texts["promise"]["patient"], answer)
            reply(patient, timedelta(hours=20), writer.text([texts["promise"]["kept"]]), "AB")
    shop = writer.conversation(texts["case"][6:7])
    first = put("702900", START + timedelta(days=40, hours=13), writer.text(shop["asked"][:1]))
    reply(first, timedelta(minutes=30), texts["poor"]["hard"], "GH")

    sent.sort(key=lambda tweet: tweet["at"])
    for number, tweet in enumerate(sent, 1001):
        tweet["id"] = number
    answers: dict[int, list[str]] = {}
    for tweet in sent:
        if tweet["parent"]:
            answers.setdefault(tweet["parent"]["id"], []).append(str(tweet["id"]))
    return [
        [
            tweet["id"],
            tweet["author"],
            tweet["author"] != "Kettlewell",
            f"{tweet['at']:%a %b %d %H:%M:%S} +0000 {tweet['at']:%Y}",
            tweet["text"],
            ",".join(answers.get(tweet["id"], [])),
            tweet["parent"]["id"] if tweet["parent"] else "",
        ]
        for tweet in sent
    ]


def reviews() -> list[list[Any]]:
    """Reviews of the app: steady, and 25 happy ones in two days."""
    writer = Writer("en", 9, APP)
    chance = writer.chance
    rows: list[list[Any]] = []
    days = (
        [day for day in range(DAYS) if day not in BURST for _ in range(chance.choice([0, 1, 1, 1, 2]))] + [BURST[0]] * 14 + [BURST[1]] * 11
    )
    for number, day in enumerate(sorted(days)):
        at = START + timedelta(days=day, minutes=chance.randrange(1440))
        burst = day in BURST
        case = writer.of_kind(writer.texts["review"], {"praise": 1} if burst else {"complaint": 4, "criticism": 2, "praise": 7})
        text, reply, replied = writer.text(case["asked"]), "", None
        if burst and number % 4 == 0:
            text = writer.text([writer.texts["cloned"]])
        if chance.random() < 0.75 and not burst:
            agent, reply, _ = writer.answer(case)
            reply, replied = f"{reply} ^{agent}", at + timedelta(hours=chance.choice([2, 6, 20, 40]))
        times = [
            f"{time:%Y-%m-%dT%H:%M:%SZ},{int((time - datetime(1970, 1, 1)).total_seconds()) * 1000}" if time else ","
            for time in (at, replied)
        ]
        sent, answered = (time.split(",") for time in times)
        link = f"https://play.example/apps?reviewId=gp:K{number:04d}"
        rows.append(["example.kettlewell.timer", 42, "4.1", "en", "K9", *sent, *sent, case["stars"], "", text, *answered, reply, link])
    return rows


def russian() -> list[list[Any]]:
    """A help desk's messages in the order of conversations, the agent both in a column and in the signature."""
    writer = Writer("ru", 13, MOSCOW)
    texts, chance = writer.texts, writer.chance
    rows: list[list[Any]] = []
    clients = ["Мария К.", "Илья", "Светлана", "Дмитрий П.", "Ольга", "Тимур", "Вера С.", "Лев", "Нина", "Роман Т."]

    def put(case: int, at: datetime, author: str, role: str, text: str, agent: str = "", removed: bool = False) -> None:
        mark = "да" if removed else "нет"
        rows.append([5001 + len(rows), f"D{case:03d}", f"{at:%d.%m.%Y}", f"{at:%H:%M}", author, role, text, agent, mark])

    for number, asked_at in enumerate(sorted(writer.moment() for _ in range(95))):
        case = writer.of_kind(texts["case"], {"complaint": 10, "criticism": 3, "question": 4, "praise": 4})
        client, at = chance.choice(clients), asked_at
        put(number, at, client, "клиент", writer.text(case["asked"]))
        if chance.random() < 0.1:
            continue
        agent, text, helped = writer.answer(case)
        at += writer.wait(at, agent)
        put(number, at, "Kettlewell", "оператор", f"{text} С уважением, {agent}", agent)
        if said := writer.again(case, helped):
            at += timedelta(minutes=chance.randint(20, 300))
            put(number, at, client, "клиент", said[0])
            agent, text, _ = writer.answer(case | {"good": texts["unhappy"]["good"]})
            if said[1] and chance.random() < 0.6:
                put(number, at + writer.wait(at, agent), "Kettlewell", "оператор", f"{text} С уважением, {agent}", agent)
    for number, kept in enumerate((True, False), 95):
        at = START + timedelta(days=number - 60, hours=12)
        put(number, at, "Галина", "клиент", writer.text(writer.conversation(texts["case"][1:2])["asked"]))
        put(number, at + timedelta(minutes=25), "Kettlewell", "оператор", f"{texts['promise']['made']} С уважением, Ирина", "Ирина")
        if kept:
            put(number, at + timedelta(minutes=40), "Галина", "клиент", texts["promise"]["patient"])
            text = writer.text([texts["promise"]["kept"]])
            put(number, at + timedelta(hours=22), "Kettlewell", "оператор", f"{text} С уважением, Ирина", "Ирина")
    at = START + timedelta(days=50, hours=10)
    put(97, at, "Тимур", "клиент", writer.text(writer.conversation(texts["case"][:1])["asked"]), removed=True)
    put(98, at, "Kettlewell", "клиент", texts["own_praise"])
    return rows


def polish() -> list[list[Any]]:
    """A shop's reviews, the answer in the same row."""
    writer = Writer("pl", 17, WARSAW)
    chance = writer.chance
    rows: list[list[Any]] = []
    authors = ["marta_k", "Zbyszek", "kawa_i_herbata", "Grażyna", "pan_tomek", "ania84", "Wiesia", "rowerzysta", "Krystian", "eliza.m"]
    for number, at in enumerate(sorted(writer.moment() for _ in range(85))):
        case = writer.of_kind(writer.texts["review"], {"complaint": 5, "criticism": 2, "question": 1, "praise": 3})
        text, reply, replied, agent = writer.text(case["asked"]), "", "", ""
        if chance.random() > 0.12:
            agent, reply, _ = writer.answer(case)
            replied = f"{at + timedelta(hours=chance.choice([1, 3, 8, 30])):%Y-%m-%d %H:%M}"
        rows.append([f"PL{number:03d}", chance.choice(authors), f"{at:%Y-%m-%d %H:%M}", case["stars"], text, reply, replied, agent])
    return rows


def write(path: Path, header: str, rows: list[list[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header.split(","))
        writer.writerows(rows)


def main() -> None:
    write(HOME / "tweets.csv", "tweet_id,author_id,inbound,created_at,text,response_tweet_id,in_response_to_tweet_id", tweets())
    console = (
        "Package Name,App Version Code,App Version Name,Reviewer Language,Device,Review Submit Date and Time,Review Submit Millis Since Epoch,"
        "Review Last Update Date and Time,Review Last Update Millis Since Epoch,Star Rating,Review Title,Review Text,Developer Reply Date and Time,"
        "Developer Reply Millis Since Epoch,Developer Reply Text,Review Link"
    )
    write(HOME / "reviews_console.csv", console, reviews())
    write(HOME / "obrashcheniya.csv", "ID,Обращение,Дата,Время,Автор,Роль,Сообщение,Оператор,Удалено", russian())
    write(HOME / "opinie.csv", "ID,Autor,Data,Ocena,Treść,Odpowiedź,Data odpowiedzi,Konsultant", polish())


if __name__ == "__main__":
    main()
