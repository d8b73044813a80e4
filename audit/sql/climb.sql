-- One step of pointer jumping: every message's `up` becomes its up's up. Repeated until nothing moves, log2(depth) times.
CREATE OR REPLACE TEMP TABLE linked AS
SELECT l.uid, l.parent_uid, u.up, u.up <> l.up AS moved FROM linked l JOIN linked u ON u.uid = l.up;

CREATE OR REPLACE TEMP TABLE aims AS
SELECT a.uid, CASE WHEN a.open THEN b.aim ELSE a.aim END AS aim, a.open AND coalesce(b.open, false) AS open
FROM aims a LEFT JOIN aims b ON a.open AND b.uid = a.aim;
