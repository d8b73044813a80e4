-- Adds the frame `incoming` (tables.MESSAGES) to messages, and `incoming_rejects` to rejects. Parameters: input, space.
-- A message is the same as a stored one when space, id and time are; the reply of a pair may be re-dated by an edit.
CREATE OR REPLACE TEMP TABLE arrived AS
SELECT *, CASE WHEN message_id = parent_id || '/reply' THEN NULL ELSE sent_at END AS key_time,
       coalesce(edited_at, sent_at) AS version_time
FROM incoming
QUALIFY row_number() OVER (PARTITION BY message_id, key_time ORDER BY version_time DESC NULLS LAST, source_row DESC) = 1;

CREATE OR REPLACE TEMP TABLE met AS
SELECT a.message_id, a.key_time, m.uid, a.version_time > coalesce(m.edited_at, m.sent_at) AS newer
FROM arrived a
JOIN messages m ON m.space = $space AND m.message_id = a.message_id
 AND (CASE WHEN m.message_id = m.parent_id || '/reply' THEN NULL ELSE m.sent_at END) IS NOT DISTINCT FROM a.key_time;

DELETE FROM messages WHERE uid IN (SELECT uid FROM met WHERE newer);

INSERT INTO messages
SELECT (SELECT coalesce(max(uid), 0) FROM messages) + row_number() OVER (ORDER BY a.source_row, a.from_brand, a.message_id), $input, $space,
       a.message_id, a.account, a.from_brand, a.automatic, a.author, a.author_name, a.agent, a.channel, a.channel_kind, a.private, a.conversation_id, a.parent_id, a.answer_ids, a.sent_at, a.time_quality, a.edited_at, a.title, a.text, a.rating, a.likes, a.brand_liked, a.removed, a.url, a.declared_lang, a.source_row
FROM arrived a
LEFT JOIN met ON met.message_id = a.message_id AND met.key_time IS NOT DISTINCT FROM a.key_time
WHERE met.uid IS NULL OR met.newer;

CREATE OR REPLACE TABLE import_counts AS
WITH record AS (
    SELECT i.source_row, bool_or(a.message_id IS NOT NULL AND met.uid IS NULL) AS fresh
    FROM incoming i
    LEFT JOIN arrived a ON a.source_row = i.source_row AND a.message_id = i.message_id
    LEFT JOIN met ON met.message_id = a.message_id AND met.key_time IS NOT DISTINCT FROM a.key_time
    GROUP BY 1
)
SELECT count(*) FILTER (fresh) AS stored, count(*) FILTER (NOT fresh) AS duplicate FROM record;

INSERT INTO rejects SELECT $input, source_row, column_name, value, reason FROM incoming_rejects;
