-- Views: the JSON of a row, laid out as tables for people with a SQL prompt. Made anew at every start.

DROP VIEW IF EXISTS event_counts;
CREATE VIEW event_counts AS
SELECT r.id AS row_id, r.app, r.user, r.device, r.segment, r.day, e.key AS event, e.value ->> '$.n' AS count
FROM rows r, json_each(r.body, '$.e') e;

DROP VIEW IF EXISTS label_counts;
CREATE VIEW label_counts AS
SELECT r.id AS row_id, r.app, r.user, r.device, r.segment, r.day, e.key AS event, d.key AS dimension, l.key AS label,
       l.value ->> 0 AS count, l.value ->> 1 AS first_number_sum
FROM rows r, json_each(r.body, '$.e') e, json_each(e.value, '$.by') d, json_each(d.value) l;

DROP VIEW IF EXISTS number_sums;
CREATE VIEW number_sums AS
SELECT r.id AS row_id, r.app, r.user, r.device, r.segment, r.day, e.key AS event, n.key AS number, n.value ->> '$.sum' AS sum
FROM rows r, json_each(r.body, '$.e') e, json_each(e.value, '$.num') n;

-- `low` and `high` are the bounds of the bucket, both included: below 16 a value each, above 8 parts a power of two.
DROP VIEW IF EXISTS sketch_buckets;
CREATE VIEW sketch_buckets AS
SELECT row_id, app, user, device, segment, day, event, number, bucket, count, low, low + width - 1 AS high
FROM (
  SELECT *, CASE WHEN bucket < 16 THEN 1 ELSE 1 << ((bucket - 16) / 8 + 1) END AS width,
            CASE WHEN bucket < 16 THEN bucket ELSE (8 + (bucket - 16) % 8) << ((bucket - 16) / 8 + 1) END AS low
  FROM (
    SELECT r.id AS row_id, r.app, r.user, r.device, r.segment, r.day, e.key AS event, n.key AS number,
           b.value ->> 0 AS bucket, b.value ->> 1 AS count
    FROM rows r, json_each(r.body, '$.e') e, json_each(e.value, '$.num') n, json_each(n.value, '$.b') b
  )
);

-- `reached` attempts got to this step; steps count from 1.
DROP VIEW IF EXISTS flow_steps;
CREATE VIEW flow_steps AS
SELECT r.id AS row_id, r.app, r.user, r.device, r.segment, r.day, f.key AS flow, s.key + 1 AS step, s.value AS reached
FROM rows r, json_each(r.body, '$.f') f, json_each(f.value) s;

-- Names of steps, from the newest program that this collector has served.
DROP VIEW IF EXISTS flow_step_names;
CREATE VIEW flow_step_names AS
SELECT p.app, f.value ->> '$.name' AS flow, s.key + 1 AS step, s.value AS name
FROM programs p, json_each(p.text, '$.flows') f, json_each(f.value, '$.steps') s
WHERE p.revision = (SELECT max(revision) FROM programs q WHERE q.app = p.app);

DROP VIEW IF EXISTS hour_counts;
CREATE VIEW hour_counts AS
SELECT r.id AS row_id, r.app, r.user, r.device, r.segment, r.day, CAST(h.key AS INTEGER) AS hour, h.value AS count
FROM rows r, json_each(r.body, '$.h') h;

DROP VIEW IF EXISTS claimed_orders;
CREATE VIEW claimed_orders AS
SELECT r.id AS row_id, r.app, r.user, r.device, r.segment, r.day, o.value ->> 0 AS order_id, o.value ->> 1 AS paid_fen
FROM rows r, json_each(r.body, '$.o') o;

DROP VIEW IF EXISTS drop_counts;
CREATE VIEW drop_counts AS
SELECT r.id AS row_id, r.app, r.user, r.device, r.segment, r.day, x.key AS reason, x.value AS count
FROM rows r, json_each(r.body, '$.x') x;

DROP VIEW IF EXISTS attribute_values;
CREATE VIEW attribute_values AS
SELECT a.app, a.user, a.device, v.key AS name, v.value AS value
FROM attributes a, json_each(a.body) v;

-- total(), not sum(): a forged figure near 2^63 must not make the query fail.
DROP VIEW IF EXISTS active_days;
CREATE VIEW active_days AS
SELECT app, user, day, count(DISTINCT device) AS devices, CAST(total(events) AS INTEGER) AS events, CAST(total(sessions) AS INTEGER) AS sessions,
       CAST(total(session_s) AS INTEGER) AS session_s, CAST(total(orders) AS INTEGER) AS orders, CAST(total(paid_fen) AS INTEGER) AS paid_fen
FROM rows GROUP BY app, user, day;

-- Paid orders, as the merchant's server says.
DROP VIEW IF EXISTS facts;
CREATE VIEW facts AS
SELECT app, user, n, kind, order_id, body ->> '$.paid_fen' AS paid_fen, at_s * 1000 AS at, received_s * 1000 AS received_at
FROM ledger WHERE kind = 'order_paid';

-- What a user is left with of each order: what was paid, less what went back.
DROP VIEW IF EXISTS order_sums;
CREATE VIEW order_sums AS
SELECT app, user, order_id,
       min(iif(kind = 'order_paid', day, NULL)) AS day,
       sum(iif(kind = 'order_paid', body ->> '$.paid_fen', 0)) AS paid_fen,
       sum(iif(kind = 'refund', body ->> '$.refund_fen', 0)) AS refund_fen
FROM ledger WHERE kind IN ('order_paid', 'refund') AND verdict IS NULL GROUP BY app, user, order_id;

-- Claims and facts that change nothing, and why.
DROP VIEW IF EXISTS refusals;
CREATE VIEW refusals AS
SELECT app, user, device, day, kind, verdict, count(*) AS count
FROM ledger WHERE verdict IS NOT NULL GROUP BY app, user, device, day, kind, verdict;
