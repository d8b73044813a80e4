"""Makes the exports of Kettlewell, a plainly invented maker of kettles, in English, Russian and Polish. Same run, same bytes.

python examples/make_examples.py
"""

from __future__ import annotations

import csv
import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

HOME = Path(__file__).parent / "kettlewell" / "exports"
START = datetime(2026, 1, 5, 8, 0)
DAYS = 84

EN_COMPLAINTS = [
    "my kettle leaks from the base since {day}, this is awful!!!",
    "the lid broke after two weeks and nobody answers my mails. Ridiculous!",
    "charged twice for one kettle, I am furious!!!",
    "my parcel never came, been waiting {n} days now",
    "the switch stopped working on {day} and I have a house full of guests",
    "received the wrong colour, I ordered blue",
    "the kettle is making a burning smell, really worried",
    "my refund still hasn't arrived after {n} days, shocking service",
]
EN_CRITICISM = [
    "the new lid is too small for my hand, please bring the old one back",
    "your app would be better with a list of spare parts, it should have one",
    "prices are too high for a kettle without a filter",
    "I wish you would add a softer beep, it wakes the baby",
]
EN_QUESTIONS = [
    "does the K5 lid fit the K3 kettle?",
    "is the shop in Leeds open on {day}?",
    "how long does delivery to Cork take?",
    "can I use the K7 on a boat with 12 volts?",
]
EN_PRAISE = [
    "thank you, sorted in minutes, great service!",
    "love my new kettle, so quiet. Thanks!",
    "brilliant support from your team today, thank you!",
]
EN_GOOD = {
    "complaint": [
        "I'm so sorry, that must be upsetting. Thank you for telling us. The seals of week {n} were faulty; a new one left our store today and is with you on {day}. ^AB",
        "Sorry about this, I understand how annoying it is. We found the second charge and £{n} goes back to your card by {day}. Thanks for your patience. ^AB",
        "Apologies, that is not how it should be, and thank you for bearing with us. Your parcel was scanned in York this morning; the courier brings it on {day}. ^AB",
        "We are sorry to hear this. Please unplug it first: hold the button for {n} seconds and the fuse resets. If it still smells we replace it for free on {day}. ^EF",
    ],
    "criticism": [
        "Thank you for saying so. The wider lid returns in May, order number K5-{n} fits today already. ^AB",
        "Thanks for the idea! A list of parts is planned for version 4.{n}, out on {day}. ^EF",
    ],
    "question": [
        "Yes, from 9 to 17 on {day}, entrance at door {n}. ^EF",
        "It does, use the ring marked K{n}. ^AB",
        "Three days to Cork, so it is with you by {day} if you order before {n} o'clock. ^EF",
    ],
    "praise": ["Thank you, you just made our morning! ^AB", "So glad to hear it, enjoy your tea! ^EF"],
}
EN_POOR = {
    "complaint": [
        "Please DM us your order number. ^KM",
        "We apologise for any inconvenience. ^KM",
        "That is not true, our records show no fault with this kettle. ^KM",
        "Thanks for your message. We have passed it to the relevant department. ^KM",
        "Hi, please email us at help@kettlewell.example with your details. ^GH",
        "Our kettles always work, this cannot be. ^KM",
    ],
    "criticism": ["Your feedback is very important to us. ^KM", "Please fill in the form on our website. ^GH"],
    "question": ["Please call us on 555-010-0199. ^GH", "Please contact our customer service. ^KM"],
    "praise": ["Noted. ^KM", "Please rate us in the store. ^GH"],
}
COPIED = "Hi {name}, we are looking into what happened with your kettle and its seal at the moment. ^KM"
HARD = (
    "In accordance with the aforementioned contractual provisions regarding the replacement of defective household appliances, our organisation is currently "
    "undertaking a comprehensive investigation of the circumstances surrounding your particular notification, following which appropriate compensatory measures "
    "will be individually determined and communicated. ^GH"
)
TROLLS = ["lol did the intern write this ad between naps? 😂", "haha let the cat run the account again, nobody asked"]
DESTRUCTIVE = ["Scammers, burn in hell, all of you", "bunch of crooks, go bankrupt"]


def text(form: str, chance: random.Random) -> str:
    day = chance.choice(["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"])
    return form.format(
        day=day,
        n=chance.randint(3, 19),
        name=chance.choice(["Ola", "Max", "Ivy", "Sam", "Lea", "Tom", "Ada", "Ben", "Zoe", "Kim", "Rae", "Ned"]),
    )


def tweets() -> list[list[Any]]:
    chance = random.Random(5)
    rows: list[list[Any]] = []
    number = 1000

    def put(author: str, inbound: bool, at: datetime, body: str, parent: int | None) -> int:
        nonlocal number
        number += 1
        rows.append([number, author, inbound, f"{at:%a %b %d %H:%M:%S} +0000 {at:%Y}", body, "", parent or ""])
        return number

    for turn in range(120):
        customer = str(700100 + turn)
        at = START + timedelta(minutes=chance.randrange(DAYS * 24 * 60))
        kind = chance.choices(["complaint", "criticism", "question", "praise"], [10, 3, 5, 4])[0]
        asked = {"complaint": EN_COMPLAINTS, "criticism": EN_CRITICISM, "question": EN_QUESTIONS, "praise": EN_PRAISE}[kind]
        first = put(customer, True, at, f"@Kettlewell {text(chance.choice(asked), chance)}", None)
        luck = chance.random()
        if luck < 0.12:
            continue
        answers = EN_GOOD[kind] if luck < 0.6 else EN_POOR[kind]
        wait = chance.choice([4, 9, 15, 22, 35, 50]) if luck < 0.8 else chance.choice([95, 240, 900, 2000])
        reply = put("Kettlewell", False, at + timedelta(minutes=wait), f"@{customer} {text(chance.choice(answers), chance)}", first)
        if kind == "complaint" and chance.random() < 0.45:
            again = chance.choice(
                ["thank you, that was quick!", "it still leaks, what now?", "still nothing, and nobody answers", "how long will that take?"]
            )
            second = put(customer, True, at + timedelta(minutes=wait + 40), f"@Kettlewell {again}", reply)
            if chance.random() < 0.5:
                body = text("Thanks for checking again. A new kettle leaves today and is with you on {day}. ^AB", chance)
                put("Kettlewell", False, at + timedelta(minutes=wait + 60), f"@{customer} {body}", second)
    for copy in range(14):
        customer, at = str(701000 + copy), START + timedelta(days=30 + copy, hours=3)
        first = put(customer, True, at, f"@Kettlewell {text(EN_COMPLAINTS[copy % 8], chance)}", None)
        put("Kettlewell", False, at + timedelta(minutes=20), f"@{customer} {text(COPIED, chance)}", first)
    for turn, body in enumerate(TROLLS + DESTRUCTIVE):
        customer, at = str(702000 + turn), START + timedelta(days=10 * turn + 3, hours=2)
        first = put(customer, True, at, f"@Kettlewell {body}", None)
        answer = "That is unfair. We work hard, we deliver every day, and we will not be spoken to like this. ^KM"
        put("Kettlewell", False, at + timedelta(minutes=12), f"@{customer} {answer}", first)
    first = put("702900", True, START + timedelta(days=40), "@Kettlewell my kettle is broken and the shop refuses to take it back!", None)
    put("Kettlewell", False, START + timedelta(days=40, minutes=30), f"@702900 {HARD}", first)
    return rows


def reviews() -> list[list[Any]]:
    """Two months of steady praise for the app, and 25 in two days."""
    chance = random.Random(9)
    rows: list[list[Any]] = []
    days = [day for day in range(DAYS) for _ in range(chance.choice([0, 1, 1, 1, 2]))] + [61] * 14 + [62] * 11
    for number, day in enumerate(sorted(days)):
        at = datetime(2026, 1, 5) + timedelta(days=day, minutes=chance.randrange(1440))
        burst = day in (61, 62)
        stars = 5 if burst else chance.choice([1, 2, 4, 5, 5, 5])
        body = {
            1: "The app crashes when I open the timer, useless",
            2: "Timer doesn't work since the update, please fix it",
            4: "Good app, thank you",
            5: chance.choice(["Love it, great app!", "Works perfectly, thanks", "Excellent timer, thank you!", "Great app, very helpful"]),
        }[stars]
        reply, replied = "", None
        if chance.random() < 0.7 and not burst:
            replied = at + timedelta(hours=chance.choice([2, 6, 20, 40]))
            reply = (
                "Sorry about that! Version 4.2 repairs the timer, it is in the store today. Thank you for telling us. ^pw"
                if stars < 3
                else chance.choice(["Thank you so much! ^pw", "Glad you like it, thank you! ^rt"])
            )
        link = f"https://play.example/apps?reviewId=gp:K{number:04d}"
        sent = [f"{at:%Y-%m-%dT%H:%M:%SZ}", int(at.timestamp() * 1000)] * 2
        answered = [f"{replied:%Y-%m-%dT%H:%M:%SZ}", int(replied.timestamp() * 1000)] if replied else ["", ""]
        rows.append(["example.kettlewell.timer", 42, "4.1", "en", "K9", *sent, stars, "", body, *answered, reply, link])
    return rows


RU_ASKED = {
    "жалоба": [
        "Чайник течёт с {day}, это ужас!!!",
        "Заказ не пришёл, жду уже {n} дней",
        "Крышка сломалась через неделю, верните деньги!",
        "Дважды списали деньги за один чайник!!!",
    ],
    "вопрос": ["Подскажите, подойдёт ли крышка К5 к чайнику К3?", "Сколько идёт доставка до Твери?"],
    "критика": ["Кнопка слишком маленькая, сделайте её больше, пожалуйста", "Хотелось бы тише сигнал, он будит ребёнка"],
    "похвала": ["Спасибо, помогли за пять минут!", "Отличный чайник, очень доволен"],
}
RU_GOOD = {
    "жалоба": [
        "Здравствуйте! Нам очень жаль, понимаем, как это неприятно. Спасибо, что написали. Прокладка из бракованной партии, новая будет у вас в {day}, доставка бесплатная.",
        "Добрый день! Простите за ожидание и спасибо за терпение. Посылка сегодня в Твери, курьер привезёт её в {day} до {n} часов.",
    ],
    "вопрос": ["Здравствуйте! Да, подойдёт с кольцом К{n}.", "Добрый день! Доставка занимает три дня, в {day} будет у вас."],
    "критика": ["Спасибо за замечание! Широкая кнопка будет в модели К{n}, она выходит в мае."],
    "похвала": ["Спасибо вам, очень приятно!", "Рады, что всё получилось, приятного чаепития!"],
}
RU_POOR = {
    "жалоба": [
        "Напишите нам в личные сообщения.",
        "Приносим извинения за доставленные неудобства.",
        "Это неправда, наши чайники не текут.",
        "Ваше обращение передано в соответствующий отдел.",
    ],
    "вопрос": ["Позвоните, пожалуйста, на горячую линию 8 800 555-35-35."],
    "критика": ["Ваше мнение очень важно для нас."],
    "похвала": ["Принято."],
}


def russian() -> list[list[Any]]:
    chance = random.Random(13)
    rows: list[list[Any]] = []
    number = 5000
    for case in range(90):
        at = START + timedelta(minutes=chance.randrange(DAYS * 24 * 60))
        kind = chance.choices(list(RU_ASKED), [10, 4, 3, 4])[0]
        day, n = chance.choice(["среду", "пятницу", "субботу"]), chance.randint(5, 19)
        number += 1
        body = chance.choice(RU_ASKED[kind]).format(day="понедельника", n=n)
        rows.append([number, f"D{case}", f"{at:%d.%m.%Y}", f"{at:%H:%M}", f"Клиент {case}", "клиент", body, ""])
        luck = chance.random()
        if luck < 0.1:
            continue
        good = luck < 0.6
        agent, signature = ("Анна", "Анна") if good else ("Олег", "Олег")
        answer = chance.choice((RU_GOOD if good else RU_POOR)[kind]).format(day=day, n=n)
        at += timedelta(minutes=chance.choice([5, 12, 30, 55]) if luck < 0.8 else 300)
        number += 1
        rows.append(
            [number, f"D{case}", f"{at:%d.%m.%Y}", f"{at:%H:%M}", "Kettlewell", "оператор", f"{answer} С уважением, {signature}", agent]
        )
    return rows


PL_ASKED = {
    1: [
        "Czajnik cieknie od tygodnia, skandal!!!",
        "Pokrywka pękła po dwóch dniach, nie polecam",
        "Paczka nie przyszła, czekam już {n} dni",
    ],
    3: ["Czajnik ładny, ale przycisk za mały, przydałby się większy", "Za głośny sygnał, dajcie możliwość wyciszenia"],
    5: ["Świetny czajnik, polecam!", "Bardzo dobra obsługa, dziękuję"],
}
PL_GOOD = {
    1: [
        "Dzień dobry, bardzo nam przykro, rozumiemy złość. Dziękujemy za wiadomość. Uszczelka była z wadliwej partii, nowa wyjedzie dziś i będzie w piątek, za darmo.",
        "Dzień dobry, przepraszamy i dziękujemy za cierpliwość. Paczka jest w Łodzi, kurier będzie jutro przed {n}.",
    ],
    3: ["Dziękujemy za uwagę! Większy przycisk będzie w modelu K{n}, od maja w sklepach."],
    5: ["Dziękujemy, bardzo nam miło!", "Cieszymy się i dziękujemy za opinię!"],
}
PL_POOR = {
    1: [
        "Prosimy o kontakt z infolinią.",
        "Przepraszamy za wszelkie niedogodności.",
        "To nieprawda, nasze czajniki nie ciekną.",
        "Państwa zgłoszenie zostało przekazane do odpowiedniego działu.",
    ],
    3: ["Państwa opinia jest dla nas bardzo ważna."],
    5: ["Przyjęto."],
}


def polish() -> list[list[Any]]:
    chance = random.Random(17)
    rows: list[list[Any]] = []
    for number in range(80):
        at = START + timedelta(minutes=chance.randrange(DAYS * 24 * 60))
        stars = chance.choices([1, 3, 5], [6, 3, 4])[0]
        n = chance.randint(8, 18)
        body = chance.choice(PL_ASKED[stars]).format(n=n)
        luck = chance.random()
        reply, replied, agent = "", "", ""
        if luck > 0.12:
            agent = "Ola" if luck < 0.65 else "Jan"
            reply = chance.choice((PL_GOOD if agent == "Ola" else PL_POOR)[stars]).format(n=n)
            replied = f"{at + timedelta(hours=chance.choice([1, 3, 8, 30])):%Y-%m-%d %H:%M}"
        rows.append([f"PL{number}", f"Klient {number}", f"{at:%Y-%m-%d %H:%M}", stars, body, reply, replied, agent])
    return rows


def write(name: str, header: str, rows: list[list[Any]]) -> None:
    with (HOME / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header.split(","))
        writer.writerows(rows)


def main() -> None:
    write("tweets.csv", "tweet_id,author_id,inbound,created_at,text,response_tweet_id,in_response_to_tweet_id", tweets())
    console = (
        "Package Name,App Version Code,App Version Name,Reviewer Language,Device,Review Submit Date and Time,Review Submit Millis Since Epoch,"
        "Review Last Update Date and Time,Review Last Update Millis Since Epoch,Star Rating,Review Title,Review Text,Developer Reply Date and Time,"
        "Developer Reply Millis Since Epoch,Developer Reply Text,Review Link"
    )
    write("reviews_console.csv", console, reviews())
    write("obrashcheniya.csv", "ID,Обращение,Дата,Время,Автор,Роль,Сообщение,Оператор", russian())
    write("opinie.csv", "ID,Autor,Data,Ocena,Treść,Odpowiedź,Data odpowiedzi,Konsultant", polish())


if __name__ == "__main__":
    main()
