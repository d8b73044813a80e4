-- placed -> turns: consecutive messages of one side of a dialogue. Automatic acknowledgements and bots belong to no turn.
CREATE OR REPLACE TEMP TABLE steps AS
SELECT *, coalesce(lag(from_brand) OVER spoken <> from_brand, true) AS opens
FROM (
    SELECT p.uid, p.from_brand, p.aim, p.placed_at, p.parent_state, hash(coalesce(p.thread, 'post'), coalesce(p.customer, p.uid::VARCHAR)) AS dialogue
    FROM placed p
    WHERE NOT (p.from_brand AND coalesce(p.automatic, false))
)
WINDOW spoken AS (PARTITION BY dialogue ORDER BY placed_at NULLS LAST, uid);

CREATE OR REPLACE TEMP TABLE stepped AS
SELECT *, sum(opens::INTEGER) OVER (PARTITION BY dialogue ORDER BY placed_at NULLS LAST, uid) AS turn FROM steps;

CREATE OR REPLACE TABLE turns AS
WITH grouped AS (
    SELECT s.dialogue, s.turn, min(s.uid) AS turn_id, any_value(s.from_brand) AS from_brand, count(*)::INTEGER AS messages,
           min(s.placed_at) AS started_at, max(s.placed_at) AS ended_at, max(s.uid) FILTER (s.opens) AS first_uid,
           max(s.aim) AS aim, max(s.parent_state) FILTER (s.opens) AS parent_state
    FROM stepped s GROUP BY s.dialogue, s.turn
),
long AS (
    SELECT s.dialogue, s.turn, string_agg(m.text, chr(10) ORDER BY s.placed_at NULLS LAST, s.uid) AS text
    FROM stepped s JOIN grouped g USING (dialogue, turn) JOIN messages m USING (uid)
    WHERE g.messages > 1 GROUP BY ALL
)
SELECT g.turn_id, g.dialogue, g.turn::INTEGER AS turn, g.from_brand, g.messages, g.started_at, g.ended_at, g.aim, g.parent_state,
       g.first_uid, l.text AS joined_text
FROM grouped g LEFT JOIN long l USING (dialogue, turn);

CREATE OR REPLACE TEMP TABLE turn_of AS
SELECT s.uid, t.turn_id, t.turn, t.dialogue FROM stepped s JOIN turns t USING (dialogue, turn);
