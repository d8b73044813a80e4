-- messages -> linked(uid, parent_uid, up): the message each one answers, in the same space and not later than itself.
CREATE OR REPLACE TEMP TABLE linked AS
WITH wanted AS (SELECT uid, input_id, space, parent_id, sent_at FROM messages WHERE parent_id IS NOT NULL),
found AS (
    SELECT w.uid, arg_min(p.uid, (p.input_id <> w.input_id, p.uid)) AS parent_uid
    FROM wanted w
    JOIN messages p ON p.space = w.space AND p.message_id = w.parent_id AND p.uid <> w.uid
                   AND coalesce(p.sent_at <= w.sent_at, true)
    GROUP BY w.uid
)
SELECT m.uid, f.parent_uid, coalesce(f.parent_uid, m.uid) AS up FROM messages m LEFT JOIN found f USING (uid);

-- The customer's message that a brand message answers: its parent, or the parent's own where the brand answered itself.
CREATE OR REPLACE TEMP TABLE aims AS
SELECT l.uid, l.parent_uid AS aim, p.from_brand AS open
FROM linked l JOIN messages m USING (uid) JOIN messages p ON p.uid = l.parent_uid
WHERE m.from_brand;
