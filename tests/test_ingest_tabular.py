"""Tables of messages by recognised columns."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from audit.errors import AuditError
from audit.ingest.mapping import candidates, normalised
from tests.ingest_fixtures import MATERIAL, csv, needs_material, read, reasons, written


@pytest.mark.parametrize(
    ("given", "same"),
    [
        ("createdAt", "created_at"),
        ("\ufeffРепостов", "Репосты"),
        ("Вовлечённость", "вовлеченность"),
        (" Review\u00a0ID ", "reviewId"),
        ("user-name", "userName"),
    ],
)
def test_names_are_compared_normalised(given: str, same: str) -> None:
    assert normalised(given) == normalised(same)


def test_index_columns_have_no_name_and_counts_are_no_texts() -> None:
    assert normalised("Unnamed: 0") == ""
    assert candidates(["Комментарии", "Комментарий"])["text"] == ["Комментарий"]


@pytest.mark.parametrize(
    ("column", "brand", "customer"),
    [
        ("inbound", "false", "true"),
        ("incoming", "0", "1"),
        ("is_brand", "yes", "no"),
        ("sender", "Agent", "Customer"),
        ("sender_type", "User", "Contact"),
        ("author_role", "admin", "user"),
        ("message_type", "outgoing", "incoming"),
        ("message_type", "1", "0"),
        ("direction", "out", "in"),
        ("Тип", "Ответ", "Отзыв"),
        ("Направление", "Исходящее", "Входящее"),
        ("Kierunek", "wychodząca", "przychodząca"),
    ],
)
def test_a_column_tells_the_side(tmp_path: Path, column: str, brand: str, customer: str) -> None:
    batch = read(
        csv(
            tmp_path,
            f"id,ticket_id,text,created_at,{column}",
            f"1,7,Why?,2024-01-01T10:00:00Z,{customer}",
            f"2,7,Sorry,2024-01-01T11:00:00Z,{brand}",
        )
    )
    assert batch.messages.select("message_id", "conversation_id", "from_brand").rows() == [("1", "7", False), ("2", "7", True)]
    assert batch.mapping["from_brand"] == column


def test_monitoring_marks_tell_the_side(tmp_path: Path) -> None:
    batch = read(
        csv(
            tmp_path,
            "Дата;Время;ID сообщения;Заголовок;Текст;Источник;Тип источника;Автор;Лайков;Оценка",
            '24.04.2026;09:30;m1;Чайник;"Не греет &#33;";shop.example;Отзывы;Мария;1 250;2,0',
            "24.04.2026;12:10;m2;Чайник;Здравствуйте! Заменим.;shop.example;Отзывы;Ответ представителя;;",
            "25.04.2026;;m3;Комментарий к отзыву о Чайник;Спасибо;market.example;Отзывы;Лавка;;",
        )
    )
    rows = batch.messages.select("message_id", "from_brand", "rating", "likes", "channel", "channel_kind", "time_quality").rows()
    assert rows == [
        ("m1", False, 2, 1250, "shop.example", "review", "local zone"),
        ("m2", True, None, None, "shop.example", "review", "local zone"),
        ("m3", True, None, None, "market.example", "review", "date only"),
    ]
    assert batch.messages["text"][0] == "Не греет !"
    assert set(batch.messages["account"]) == {"export"}


def test_the_brand_s_name_tells_the_side(tmp_path: Path) -> None:
    path = csv(tmp_path, "id,author_id,author_name,text", "1,u1,Ola,Why?", "2,b1,Oak Air,Sorry")
    batch = read(path, brand="oak air")
    assert batch.messages["from_brand"].to_list() == [False, True]
    assert set(batch.messages["account"]) == {"oak air"}
    with pytest.raises(AuditError, match="no message is by the brand 'Elm'"):
        read(path, brand="Elm")
    with pytest.raises(AuditError, match="cannot tell the brand's messages from the customers'") as error:
        read(path)
    assert "--brand" in str(error.value.hint)


def test_reviews_without_replies_need_a_brand_s_name(tmp_path: Path) -> None:
    path = csv(tmp_path, "userName,score,content,at", "A user,5,nice,2024-01-01 10:00:00")
    with pytest.raises(AuditError, match="cannot tell"):
        read(path)
    assert read(path, brand="Oak").messages.select("account", "from_brand", "channel_kind").rows() == [("Oak", False, "review")]


def test_a_pair_gives_two_messages(tmp_path: Path) -> None:
    batch = read(
        csv(
            tmp_path,
            "reviewId,userName,content,score,at,replyContent,repliedAt",
            "r1,Ola,Bad,FIVE,2022-07-26 13:17:18,Sorry,2022-07-27 10:00:00",
            "r2,Jan,,4/5,2022-07-26 13:17:18,NaN,NaT",
            "r3,Ewa,,,2022-07-26 13:17:18,,",
        ),
        tz="Europe/Warsaw",
    )
    first, reply, second = batch.messages.to_dicts()
    assert (reply["message_id"], reply["parent_id"], reply["author"], reply["source_row"]) == ("r1/reply", "r1", "export", 1)
    assert first["sent_at"] == datetime(2022, 7, 26, 11, 17, 18)
    assert (first["rating"], second["rating"], second["text"]) == (5, 4, None)
    assert reasons(batch) == [(3, "no text")]
    assert batch.records == 3


def test_a_last_edit_is_no_first_answer(tmp_path: Path) -> None:
    text = '[{"reviewId": "a", "comment": "Meh", "starRating": "TWO", "createTime": "2024-01-01T10:00:00.123456Z",'
    text += ' "updateTime": "2024-01-05T10:00:00Z",'
    text += ' "reviewReply": {"comment": "Sorry", "updateTime": "2024-01-02T10:00:00Z"}}]'
    review, reply = read(written(tmp_path, "x.json", text)).messages.to_dicts()
    assert (review["time_quality"], reply["time_quality"]) == ("exact", "last edit")
    assert review["edited_at"] > reply["sent_at"]
    assert review["rating"] == 2


def test_ids_are_made_where_there_are_none_and_stay_the_same(tmp_path: Path) -> None:
    rows = ("author,text,date,reply", "Ola,Why?,2024-01-01,Sorry", "Ola,Why?,2024-01-02,Sorry", ",Hm,,", ",Hm,,")
    once = read(csv(tmp_path, *rows)).messages["message_id"].to_list()
    again = read(csv(tmp_path, *rows, name="other.csv")).messages["message_id"].to_list()
    assert once == again
    assert len(set(once)) == 6
    assert once[0].startswith("h:")
    assert len(once[0]) == 18
    assert once[1] == once[0] + "/reply"


def test_an_id_that_many_rows_share_is_a_conversation_s(tmp_path: Path) -> None:
    rows = [f"{n // 4},{'agent' if n % 2 else 'client'},text {n},2024-01-01T10:{n:02}:00Z" for n in range(12)]
    messages = read(csv(tmp_path, "id,role,text,created_at", *rows)).messages
    assert messages["message_id"].n_unique() == 12
    assert messages["conversation_id"].n_unique() == 3


def numbered(folder: Path, *numbers: str, header: str = "№", name: str = "export.csv") -> list[str]:
    rows = (f"{number};{10 + n:02}.02.2026 10:00;Вопрос {n % 3};Ответ" for n, number in enumerate(numbers))
    return (
        read(csv(folder, f"{header};Дата;Сообщение;Ответ", *rows, name=name)).messages.filter(~pl.col("from_brand"))["message_id"].to_list()
    )


def test_a_count_of_rows_is_no_identity(tmp_path: Path) -> None:
    header = "№;Дата;Сообщение;Автор;Тип"
    march = csv(tmp_path, header, "1;24.04.2026 09:30;Где заказ?;Мария;Отзыв", "2;24.04.2026 10:00;Едет;Разработчик;Ответ")
    whole = csv(tmp_path, header, "1;20.04.2026 09:30;Дорого;Пётр;Отзыв", *march.read_text().split("\n")[1:3], name="b.csv")
    whole.write_text(whole.read_text().replace("\n2;", "\n3;").replace("\n1;24", "\n2;24"), encoding="utf-8")
    first, second = read(march).messages["message_id"].to_list(), read(whole).messages["message_id"].to_list()
    assert second[1:] == first
    assert all(id.startswith("h:") for id in second)
    assert all(id.startswith("h:") for id in numbered(tmp_path, "3", "2", "1"))
    assert all(id.startswith("h:") for id in numbered(tmp_path, "4801", "4802", header="№ п/п"))


def test_a_number_sign_over_the_numbers_of_messages_is_an_id(tmp_path: Path) -> None:
    assert numbered(tmp_path, "4801", "4802", "4817") == ["4801", "4802", "4817"]
    assert numbered(tmp_path, "A-1", "A-2") == ["A-1", "A-2"]
    linked = read(csv(tmp_path, "№;Текст;Роль;parent_id", "1;Где заказ?;Клиент;", "2;Едет;Оператор;1")).messages
    assert linked.select("message_id", "parent_id").rows() == [("1", None), ("2", "1")]
    talks = read(csv(tmp_path, "№;Текст;Роль", "1;Где заказ?;Клиент", "1;Едет;Оператор", "2;А мой?;Клиент", "2;Тоже;Оператор")).messages
    assert talks["conversation_id"].to_list() == ["1", "1", "2", "2"]


def test_several_brand_authors_are_agents_and_one_is_the_account(tmp_path: Path) -> None:
    header = "ticket_id,author,role,text"
    several = read(csv(tmp_path, header, "1,Ola,customer,Why?", "1,Ann,agent,Sorry", "1,Bob,agent,Done")).messages
    assert several["agent"].to_list() == [None, "Ann", "Bob"]
    assert set(several["account"]) == {"export"}
    one = read(csv(tmp_path, header, "1,Ola,customer,Why?", "1,Oak Air,agent,Sorry")).messages
    assert set(one["account"]) == {"Oak Air"}


def test_an_agent_column_is_named_exactly(tmp_path: Path) -> None:
    path = csv(tmp_path, "id,text,role,shift lead", "1,Why?,customer,Kim", "2,Sorry,agent,Kim")
    assert read(path, agent_column="shift lead").messages["agent"].to_list() == [None, "Kim"]
    with pytest.raises(AuditError, match="--agent-column names the column 'shift led'") as error:
        read(path, agent_column="shift led")
    assert "did you mean 'shift lead'?" in str(error.value.hint)


def test_notes_logs_bots_and_private_messages(tmp_path: Path) -> None:
    batch = read(
        csv(
            tmp_path,
            "id,conversation_id,content,message_type,private,created_at",
            "1,5,Where is it?,0,false,1719829000",
            "2,5,assigned to Bob,2,false,1719829010",
            "3,5,ask the depot,1,true,1719829020",
            "4,5,We got it,3,false,1719829030",
            "5,5,On its way,1,false,1719829040",
        )
    )
    assert batch.messages.select("message_id", "from_brand", "automatic").rows() == [
        ("1", False, False),
        ("4", True, True),
        ("5", True, False),
    ]
    assert reasons(batch) == [(2, "neither the brand's nor a customer's"), (3, "internal note")]
    direct = read(csv(tmp_path, "id,text,role,is_private", "1,Why?,customer,true", "2,Sorry,agent,false")).messages
    assert direct.select("private", "channel_kind").rows() == [(True, "private"), (False, "public")]


def test_texts_are_cleaned_of_what_services_put_around_them(tmp_path: Path) -> None:
    batch = read(
        csv(
            tmp_path,
            "id,Сообщение,Тип",
            '1,"Отзыв о Приложение',
            "Оценка: 2 из 5",
            'Вылетает",Отзыв',
            '2,"Ответ на отзыв о Приложение',
            'Чиним",Ответ',
            '3,"(Translated by Google) Good  (Original) Dobre",Отзыв',
            "4,<p>One<br>two &lt;3</p>,Отзыв",
        )
    )
    assert batch.messages["text"].to_list() == ["Вылетает", "Чиним", "Dobre", "One\ntwo <3"]
    assert batch.messages["rating"].to_list() == [2, None, None, None]
    assert batch.messages["channel_kind"].to_list() == ["review"] * 2 + ["review"] * 2


def test_half_a_surrogate_pair_is_left_out(tmp_path: Path) -> None:
    lines = (
        r'{"author": "ann", "date": "2024-01-01 10:00", "text": "leaks \ud83d again \ud83d\ude00", "conversation_id": "a"}',
        r'{"author": "oak", "date": "2024-01-01 11:00", "text": "Sorry \ude00", "conversation_id": "a"}',
    )
    batch = read(csv(tmp_path, *lines, name="export.jsonl"), brand="oak")
    assert batch.messages["text"].to_list() == ["leaks  again 😀", "Sorry"]


def test_merits_and_faults_belong_to_the_text(tmp_path: Path) -> None:
    messages = read(csv(tmp_path, "id,Отзыв,Достоинства,Недостатки,Ответ", "1,,Тёплый,Маркий,Спасибо")).messages
    assert messages["text"].to_list() == ["Тёплый\nМаркий", "Спасибо"]


def test_the_first_column_that_holds_a_value_wins(tmp_path: Path) -> None:
    batch = read(csv(tmp_path, "id,Текст,Сообщение,Ответ,Язык", "1,,Где заказ?,Едет,Русский"))
    assert batch.mapping["text"] == "Сообщение"
    assert batch.messages["declared_lang"].to_list() == ["ru", None]


def test_numbers_and_truths_are_no_texts(tmp_path: Path) -> None:
    batch = read(csv(tmp_path, "id,comment,body,reply,role", "1,3,Why?,0,customer", "2,0,Sorry,1,agent"))
    assert batch.messages.select("text", "from_brand").rows() == [("Why?", False), ("Sorry", True)]


def test_a_source_that_holds_addresses_is_the_address(tmp_path: Path) -> None:
    batch = read(csv(tmp_path, "ID,Content,Source,Domain,Reply", "1,Why?,https://a.example/1,a.example,Sorry"))
    assert batch.messages.select("url", "channel").row(0) == ("https://a.example/1", "a.example")


def test_two_columns_of_names_tell_the_side(tmp_path: Path) -> None:
    text = (
        '[{"company": "Oak", "session_id": "s1", "talk": [{"client": "ola", "message": "Why?"}, {"agent": "OakCare", "message": "Sorry"}]}]'
    )
    rows = read(written(tmp_path, "x.json", text)).messages.select("author", "agent", "from_brand", "account", "conversation_id").rows()
    assert rows == [("ola", None, False, "Oak", "s1"), ("OakCare", None, True, "Oak", "s1")]


@needs_material
@pytest.mark.parametrize(
    ("path", "brand", "records", "replies"),
    [
        ("formats/trustpilot_dataset/AEA006101017_70reviews_14replies.csv", None, 70, 14),
        ("formats/trustpilot_dataset/AEA006101017.xlsx", None, 70, 14),
        ("data/reviews_with_replies/AEA000801018.xlsx", None, 144, 0),
        ("data/reviews_with_replies/wb_seller_ru.json", None, 145, 144),
        ("data/reviews_with_replies/ibm_twitter_care_en_dev.json", None, 686, 61),
        ("formats/google_play_scraper/firefox_DERIVED_replyContent_80rows.csv", None, 80, 80),
        ("formats/google_play_scraper/moniepoint_google_play_reviews.csv", "Moniepoint", 5000, 0),
        ("formats/google_maps_scraper/gm_reviews.csv", "El TabanKo", 60, 0),
        ("formats/brand_analytics/messages_HEADERS_SYNTHETIC.csv", None, 3, 2),
        ("formats/brand_analytics/full_text_messages_SYNTHETIC.json", "Имя Фамилия", 1, 1),
        ("formats/medialogia/sm_HEADERS_SYNTHETIC.csv", None, 2, 1),
        ("formats/zendesk_warehouse/ticket_comment_data.csv", "402935450113", 20, 1),
    ],
)
def test_real_exports(path: str, brand: str | None, records: int, replies: int) -> None:
    batch = read(MATERIAL / path, **({"brand": brand} if brand else {}))
    assert (batch.records, batch.rejects.height) == (records, 0)
    assert batch.messages.filter("from_brand").height == replies
    assert batch.messages.filter(pl.col("sent_at").is_null() & ~pl.col("from_brand")).height == 0
