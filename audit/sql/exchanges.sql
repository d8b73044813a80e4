-- turns -> exchanges: one customer turn with the brand turn that answers it, either side absent where there is none.
-- Parameters: until (end of history, or null), history (hours of history after a message before silence counts).
CREATE OR REPLACE TEMP TABLE ends AS
SELECT space, coalesce($until::TIMESTAMP, max(sent_at)) AS history_end FROM messages GROUP BY space;

-- The sides take turns, so that a customer's are every other one, and what is asked stands right before what is replied.
CREATE OR REPLACE TEMP TABLE customer_turns AS
SELECT t.turn_id, t.dialogue, t.turn, t.first_uid, t.started_at, (t.turn + 1) // 2 AS nth, t.turn + 1 >= l.turn AS last_of_customer,
       m.space, m.channel, m.channel_kind
FROM turns t JOIN (SELECT dialogue, max(turn) AS turn FROM turns GROUP BY 1) l USING (dialogue) JOIN messages m ON m.uid = t.first_uid
WHERE NOT t.from_brand;

-- A brand turn that nothing precedes and that answers no known id is a post of its own.
CREATE OR REPLACE TEMP TABLE brand_turns AS
SELECT r.turn_id, r.dialogue, r.turn, r.first_uid, r.started_at, r.ended_at, r.parent_state,
       coalesce(CASE WHEN a.dialogue = r.dialogue AND a.turn < r.turn THEN a.turn END, CASE WHEN r.turn > 1 THEN r.turn - 1 END) AS asked_turn
FROM turns r LEFT JOIN turn_of a ON a.uid = r.aim
WHERE r.from_brand AND (r.parent_state <> 'none' OR r.turn > 1);

-- Answered: a later brand turn that answers this turn or a later one of its author.
CREATE OR REPLACE TEMP TABLE answers AS
SELECT c.turn_id, count(r.turn_id) > 0 AS answered, min(r.started_at) AS answered_at
FROM customer_turns c
LEFT JOIN brand_turns r ON r.dialogue = c.dialogue AND r.turn > c.turn AND r.asked_turn >= c.turn
GROUP BY c.turn_id;

-- Answers that the export names but does not hold.
CREATE OR REPLACE TEMP TABLE named_answers AS
SELECT DISTINCT w.turn_id
FROM (
    SELECT t.turn_id, m.space, unnest(string_split(m.answer_ids, ',')) AS answer_id
    FROM messages m JOIN turn_of t USING (uid) WHERE NOT m.from_brand AND m.answer_ids IS NOT NULL
) w
LEFT JOIN messages h ON h.space = w.space AND h.message_id = trim(w.answer_id)
WHERE h.uid IS NULL AND trim(w.answer_id) <> '';

-- A review export in which every review has its reply was filtered so: it says nothing about silence.
CREATE OR REPLACE TEMP TABLE only_answered AS
SELECT c.space, c.channel
FROM customer_turns c JOIN answers a USING (turn_id)
WHERE c.channel_kind = 'review' AND c.nth = 1
GROUP BY ALL HAVING count(*) >= 5 AND bool_and(a.answered);

CREATE OR REPLACE TEMP TABLE pairs AS
SELECT asked_id, reply_id, row_number() OVER (ORDER BY asked_id NULLS LAST, reply_id NULLS LAST) AS exchange_id,
       asked_id IS NOT NULL AND row_number() OVER (PARTITION BY asked_id ORDER BY reply_turn NULLS LAST) = 1 AS asked_first
FROM (
    SELECT c.turn_id AS asked_id, r.turn_id AS reply_id, r.turn AS reply_turn
    FROM customer_turns c LEFT JOIN brand_turns r ON r.dialogue = c.dialogue AND r.asked_turn = c.turn
    UNION ALL
    SELECT NULL, turn_id, turn FROM brand_turns WHERE asked_turn IS NULL
);

-- Whose account an unanswered message belongs to: as exported, else the brand of the dialogue, else the first brand that it names.
CREATE OR REPLACE TEMP TABLE dialogue_account AS
SELECT r.dialogue, arg_min(m.account, r.turn) AS account
FROM brand_turns r JOIN messages m ON m.uid = r.first_uid GROUP BY 1;

CREATE OR REPLACE TEMP TABLE brands AS
SELECT space, lower(account) AS handle, min(account) AS account FROM messages WHERE account IS NOT NULL GROUP BY ALL;

CREATE OR REPLACE TEMP TABLE named_account AS
SELECT x.turn_id, arg_min(b.account, x.place) AS account
FROM (
    SELECT c.turn_id, c.space, unnest(h) AS handle, generate_subscripts(h, 1) AS place
    FROM (
        SELECT c.turn_id, c.space, regexp_extract_all(lower(m.text), '@(\w+)', 1) AS h
        FROM customer_turns c JOIN messages m ON m.uid = c.first_uid
        LEFT JOIN dialogue_account d USING (dialogue)
        WHERE m.account IS NULL AND d.account IS NULL
    ) c
) x JOIN brands b ON b.space = x.space AND b.handle = x.handle
GROUP BY 1;

CREATE OR REPLACE TEMP TABLE only_account AS
SELECT space, any_value(account) AS account FROM brands GROUP BY space HAVING count(*) = 1;

CREATE OR REPLACE TABLE exchanges AS
SELECT
    p.exchange_id,
    coalesce(c.dialogue, r.dialogue) AS dialogue,
    p.asked_id, p.reply_id, c.first_uid AS asked_uid, r.first_uid AS reply_uid,
    coalesce(rm.account, cm.account, d.account, na.account, oa.account) AS account,
    c.turn AS asked_turn, r.turn AS reply_turn,
    c.started_at AS asked_at, r.started_at AS replied_at, r.ended_at AS reply_ended_at,
    coalesce(r.parent_state, 'none') AS parent_state,
    p.asked_first,
    c.nth = 1 AS opens_dialogue,
    c.last_of_customer,
    b.turn < c.turn AS after_reply,
    a.answered,
    coalesce(a.answered, false) OR coalesce(c.started_at + to_hours($history) <= e.history_end, false) AS history_after,
    n.turn_id IS NULL AND o.space IS NULL AS answers_known,
    r.turn = b.turn AND c.nth = 1 AS first_reply,
    CASE WHEN cm.time_quality IN ('exact', 'local zone') AND rm.time_quality IN ('exact', 'local zone') AND r.started_at >= c.started_at
         THEN epoch(r.started_at - c.started_at) / 60 END AS minutes_waited,
    CASE WHEN cm.time_quality IN ('exact', 'local zone') AND e.history_end >= c.started_at
         THEN epoch(e.history_end - c.started_at) / 60 END AS minutes_observed,
    e.history_end,
    coalesce(cm.brand_liked, CASE WHEN cm.channel IN ('google-play', 'app-store') THEN false END) AS liked,
    coalesce(cm.edited_at > r.started_at, false) AS edited_after_reply,
    cm.time_quality AS asked_time_quality, rm.time_quality AS reply_time_quality
FROM pairs p
LEFT JOIN customer_turns c ON c.turn_id = p.asked_id
LEFT JOIN messages cm ON cm.uid = c.first_uid
LEFT JOIN brand_turns r ON r.turn_id = p.reply_id
LEFT JOIN messages rm ON rm.uid = r.first_uid
LEFT JOIN answers a ON a.turn_id = p.asked_id
LEFT JOIN ends e ON e.space = coalesce(cm.space, rm.space)
LEFT JOIN dialogue_account d ON d.dialogue = coalesce(c.dialogue, r.dialogue)
LEFT JOIN named_account na ON na.turn_id = p.asked_id
LEFT JOIN only_account oa ON oa.space = coalesce(cm.space, rm.space)
LEFT JOIN named_answers n ON n.turn_id = p.asked_id
LEFT JOIN only_answered o ON o.space = cm.space AND o.channel = cm.channel
LEFT JOIN (SELECT dialogue, min(turn) AS turn FROM brand_turns GROUP BY 1) b ON b.dialogue = c.dialogue;

-- Names that are the brand's own: accounts, authors of its messages, and people of it with a first and a last name (a first name is many people's).
CREATE OR REPLACE TABLE insiders AS
SELECT DISTINCT space, lower(name) AS name FROM (
    SELECT space, account AS name FROM messages
    UNION ALL SELECT space, author FROM messages WHERE from_brand
    UNION ALL SELECT space, author_name FROM messages WHERE from_brand AND contains(author_name, ' ')
    UNION ALL SELECT space, agent FROM messages WHERE contains(agent, ' ')
) WHERE name IS NOT NULL AND length(name) > 2;

-- The exchanges with their texts, as a person would query them.
CREATE OR REPLACE VIEW conversations AS
SELECT x.*, coalesce(cm.space, rm.space) AS space,
       coalesce(cm.channel, rm.channel) AS channel, coalesce(cm.channel_kind, rm.channel_kind) AS channel_kind,
       coalesce(rm.private, cm.private, rm.channel_kind = 'private', cm.channel_kind = 'private', false) AS private,
       coalesce(cm.conversation_id, rm.conversation_id, cm.message_id, rm.message_id) AS conversation_id,
       cm.author AS customer, cm.author_name AS customer_name, coalesce(ct.joined_text, cm.text) AS asked, cm.title AS asked_title,
       cm.rating, cm.message_id AS asked_message_id, cm.url AS asked_url, cm.removed, g.uid IS NOT NULL AS asked_gone,
       ia.name IS NOT NULL OR ib.name IS NOT NULL AS insider, cm.declared_lang AS asked_declared_lang,
       coalesce(rt.joined_text, rm.text) AS reply, rm.url AS reply_url, rm.agent, rm.author AS reply_author, rm.message_id AS reply_message_id,
       rm.declared_lang AS reply_declared_lang
FROM exchanges x
LEFT JOIN messages cm ON cm.uid = x.asked_uid LEFT JOIN turns ct ON ct.turn_id = x.asked_id
LEFT JOIN messages rm ON rm.uid = x.reply_uid LEFT JOIN turns rt ON rt.turn_id = x.reply_id
LEFT JOIN gone g ON g.uid = x.asked_uid
LEFT JOIN insiders ia ON ia.space = cm.space AND ia.name = lower(cm.author)
LEFT JOIN insiders ib ON ib.space = cm.space AND ib.name = lower(cm.author_name);
