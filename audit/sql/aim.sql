-- The same for what a brand message answers, past the brand's own messages.
CREATE OR REPLACE TEMP TABLE aims AS
SELECT a.uid, CASE WHEN a.open THEN b.aim ELSE a.aim END AS aim, a.open AND coalesce(b.open, false) AS open
FROM aims a LEFT JOIN aims b ON a.open AND b.uid = a.aim;
