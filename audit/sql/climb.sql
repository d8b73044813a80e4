-- One step of pointer jumping: every message's `up` becomes its up's up. Repeated until nothing moves, log2(depth) times.
CREATE OR REPLACE TEMP TABLE linked AS
SELECT l.uid, l.parent_uid, u.up, u.up <> l.up AS moved FROM linked l JOIN linked u ON u.uid = l.up;
