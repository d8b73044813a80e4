-- messages + linked + aims -> placed: each message in its dialogue (one customer and the brand in a thread).
CREATE OR REPLACE TEMP TABLE threaded AS
SELECT m.uid, m.from_brand, m.automatic, m.author, m.sent_at, m.parent_id, l.parent_uid,
       CASE WHEN m.conversation_id IS NOT NULL THEN m.space || '|' || m.conversation_id ELSE l.up::VARCHAR END AS thread,
       a.aim
FROM messages m JOIN linked l USING (uid) LEFT JOIN aims a USING (uid);

-- A message whose thread comes from a conversation takes those along that are linked below it without one.
CREATE OR REPLACE TEMP TABLE customers AS
SELECT thread, coalesce(author, thread) AS customer, min(uid) AS first_uid FROM threaded WHERE NOT from_brand GROUP BY ALL;

CREATE OR REPLACE TEMP TABLE alone AS
SELECT thread, any_value(customer) AS customer FROM customers GROUP BY thread HAVING count(*) = 1;

-- In a thread of many authors a brand message without a link belongs to the one whom it names.
CREATE OR REPLACE TEMP TABLE named AS
SELECT t.uid, any_value(c.customer) AS customer
FROM threaded t JOIN customers c USING (thread) JOIN messages m ON m.uid = t.uid
WHERE t.from_brand AND t.aim IS NULL AND contains(lower(m.text), '@' || lower(c.customer))
GROUP BY t.uid HAVING count(*) = 1;

CREATE OR REPLACE TEMP TABLE placed AS
SELECT t.uid, t.thread, t.from_brand, t.automatic, t.aim,
       CASE WHEN NOT t.from_brand THEN coalesce(t.author, t.thread)
            WHEN t.aim IS NOT NULL THEN coalesce(c.author, ct.thread)
            ELSE coalesce(named.customer, alone.customer) END AS customer,
       coalesce(t.sent_at, c.sent_at) AS placed_at,
       CASE WHEN t.parent_uid IS NOT NULL THEN 'linked' WHEN t.parent_id IS NOT NULL THEN 'text absent' ELSE 'none' END AS parent_state
FROM threaded t
LEFT JOIN messages c ON c.uid = t.aim AND NOT c.from_brand
LEFT JOIN threaded ct ON ct.uid = c.uid
LEFT JOIN named ON named.uid = t.uid
LEFT JOIN alone ON alone.thread = t.thread AND t.from_brand AND t.aim IS NULL AND t.parent_id IS NULL;
