-- Adds the frame `incoming` (tables.MESSAGES and its row number `seq`) to messages, and `incoming_rejects` to rejects.
-- Parameters: input, space, all_fresh (nothing is stored yet and no id comes twice: what follows need not be looked up). A message is the same as a stored one when space, id and time are; the reply of a pair may be re-dated by
-- an edit. Of one that comes twice, the newest version stays.
CREATE OR REPLACE TEMP TABLE arrived AS
SELECT seq, source_row, message_id, CASE WHEN message_id = parent_id || '/reply' THEN NULL ELSE sent_at END AS key_time,
       coalesce(edited_at, sent_at) AS version_time
FROM incoming;

CREATE OR REPLACE TEMP TABLE kept AS
SELECT seq, message_id, key_time, version_time, hash(message_id, key_time) AS key FROM arrived
QUALIFY row_number() OVER (PARTITION BY key ORDER BY version_time DESC NULLS LAST, seq DESC) = 1;

CREATE OR REPLACE TEMP TABLE met AS
SELECT k.seq, m.uid, k.version_time > coalesce(m.edited_at, m.sent_at) AS newer
FROM kept k
JOIN messages m ON m.space = $space AND m.message_id = k.message_id
 AND (CASE WHEN m.message_id = m.parent_id || '/reply' THEN NULL ELSE m.sent_at END) IS NOT DISTINCT FROM k.key_time;

DELETE FROM messages WHERE uid IN (SELECT uid FROM met WHERE newer);

CREATE OR REPLACE TEMP TABLE fresh AS
SELECT seq FROM kept WHERE seq NOT IN (SELECT seq FROM met WHERE NOT coalesce(newer, false));

INSERT INTO messages
SELECT (SELECT coalesce(max(uid), 0) FROM messages) + 1 + i.seq, $input, $space,
       i.message_id, i.account, i.from_brand, i.automatic, i.author, i.author_name, i.agent, i.channel, i.channel_kind, i.private, i.conversation_id, i.parent_id, i.answer_ids, i.sent_at, i.time_quality, i.edited_at, i.title, i.text, i.rating, i.likes, i.brand_liked, i.removed, i.url, i.declared_lang, i.source_row
FROM incoming i WHERE $all_fresh OR i.seq IN (SELECT seq FROM fresh);

CREATE OR REPLACE TABLE import_counts AS
WITH record AS (
    SELECT a.source_row, bool_or(k.seq IS NOT NULL AND met.seq IS NULL) AS fresh
    FROM arrived a LEFT JOIN kept k USING (seq) LEFT JOIN met USING (seq)
    GROUP BY 1
)
SELECT count(*) FILTER (fresh) AS stored, count(*) FILTER (NOT fresh) AS duplicate FROM record;

INSERT INTO rejects SELECT $input, source_row, column_name, value, reason FROM incoming_rejects;

-- Gone: a message that an older export holds and a newer one of the same accounts, channels and time does not.
DELETE FROM gone WHERE uid NOT IN (SELECT uid FROM messages) OR uid IN (SELECT uid FROM met);

INSERT INTO gone
SELECT DISTINCT m.uid
FROM messages m
JOIN (
    SELECT account, channel, min(sent_at) AS first, max(sent_at) AS last FROM incoming WHERE sent_at IS NOT NULL GROUP BY ALL
) r ON r.account IS NOT DISTINCT FROM m.account AND r.channel IS NOT DISTINCT FROM m.channel AND m.sent_at BETWEEN r.first AND r.last
WHERE NOT $all_fresh AND m.space = $space AND m.input_id <> $input AND m.uid NOT IN (SELECT uid FROM met)
  AND m.uid NOT IN (SELECT uid FROM gone);
