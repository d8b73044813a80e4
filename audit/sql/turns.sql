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

-- Most turns are one message, and need not be grouped.
CREATE OR REPLACE TEMP TABLE several AS SELECT DISTINCT dialogue, turn FROM stepped WHERE NOT opens;

CREATE OR REPLACE TABLE turns AS
SELECT s.uid AS turn_id, s.dialogue, s.turn::INTEGER AS turn, s.from_brand, 1::INTEGER AS messages, s.placed_at AS started_at,
       s.placed_at AS ended_at, s.aim, s.parent_state, s.uid AS first_uid, NULL::VARCHAR AS joined_text
FROM stepped s ANTI JOIN several USING (dialogue, turn)
UNION ALL
SELECT min(s.uid), s.dialogue, s.turn::INTEGER, any_value(s.from_brand), count(*)::INTEGER, min(s.placed_at), max(s.placed_at), max(s.aim),
       max(s.parent_state) FILTER (s.opens), max(s.uid) FILTER (s.opens), string_agg(m.text, chr(10) ORDER BY s.placed_at NULLS LAST, s.uid)
FROM stepped s JOIN several USING (dialogue, turn) JOIN messages m USING (uid)
GROUP BY s.dialogue, s.turn;

CREATE OR REPLACE TEMP TABLE turn_of AS
SELECT s.uid, t.turn_id, t.turn, t.dialogue FROM stepped s JOIN turns t USING (dialogue, turn);
