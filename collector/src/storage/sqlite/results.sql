-- Views of experiments, from who saw what to the six sums that statistics need. Made anew at every start.

-- Whose a phone is: the user who was seen on it first. What it did before anybody logged in is hers.
DROP VIEW IF EXISTS device_owners;
CREATE VIEW device_owners AS
SELECT app, device, substr(min(day || user), 11) AS user
FROM (
  SELECT app, device, day, user FROM rows WHERE user <> ''
  UNION ALL
  SELECT app, device, day, user FROM exposures WHERE user <> ''
)
GROUP BY app, device;

-- A line for each experiment and person, of the latest bucket version. A person is a user, or a phone nobody logged in
-- on. `variation` is NULL for those who saw several.
DROP VIEW IF EXISTS experiment_people;
CREATE VIEW experiment_people AS
SELECT app, experiment, bucket_version, user, device,
       iif(min(variation) = max(variation), min(variation), NULL) AS variation, min(first_at) AS first_at, min(day) AS day
FROM (
  SELECT e.app, e.experiment, e.bucket_version, e.variation, e.first_at, e.day,
         coalesce(nullif(e.user, ''), o.user, '') AS user, iif(coalesce(nullif(e.user, ''), o.user) IS NULL, e.device, '') AS device
  FROM exposures e LEFT JOIN device_owners o ON o.app = e.app AND o.device = e.device
  WHERE e.bucket_version = (SELECT max(m.bucket_version) FROM exposures m WHERE m.app = e.app AND m.experiment = e.experiment)
)
GROUP BY app, experiment, bucket_version, user, device;

-- People by variation, those who saw several under NULL.
DROP VIEW IF EXISTS experiment_counts;
CREATE VIEW experiment_counts AS
SELECT app, experiment, bucket_version, variation, count(*) AS people, min(day) AS first_day, max(day) AS last_day
FROM experiment_people GROUP BY app, experiment, bucket_version, variation;

-- Rows of the people who are compared: `since` is 1 from the day of the first exposure on, 0 for the 28 days before.
-- CROSS JOIN and the unary plus keep SQLite from reading all rows of the app by day for each person.
DROP VIEW IF EXISTS experiment_rows;
CREATE VIEW experiment_rows AS
WITH people AS MATERIALIZED (
    SELECT *, date(day, '-28 days') AS from_day FROM experiment_people WHERE variation IS NOT NULL
  ),
  phones AS (
    SELECT p.app, p.experiment, p.variation, p.user, p.device, p.day, p.from_day, o.device AS phone
    FROM people p JOIN device_owners o ON o.app = p.app AND o.user = p.user WHERE p.user <> ''
    UNION ALL
    SELECT app, experiment, variation, user, device, day, from_day, device FROM people WHERE user = ''
  )
SELECT p.app, p.experiment, p.variation, p.user, p.device, r.id AS row_id, r.day, r.day >= p.day AS since
FROM people p CROSS JOIN rows r ON r.app = p.app AND r.user = p.user AND +r.day >= p.from_day
WHERE p.user <> ''
UNION ALL
SELECT p.app, p.experiment, p.variation, p.user, p.device, r.id, r.day, r.day >= p.day
FROM phones p CROSS JOIN rows r ON r.app = p.app AND r.user = '' AND r.device = p.phone AND +r.day >= p.from_day;

-- What a person did: `y` since, `x` in the 28 days before. People who did nothing have no line: both are 0.
-- total(), not sum(): a forged figure near 2^63 must not make the query fail.
DROP VIEW IF EXISTS experiment_values;
CREATE VIEW experiment_values AS
WITH seen AS MATERIALIZED (SELECT * FROM experiment_rows),
  spans AS MATERIALIZED (
    SELECT s.app, s.experiment, s.variation, s.user, s.device,
           total(iif(since, r.orders, 0)) AS orders, total(iif(since, 0, r.orders)) AS orders_before,
           total(iif(since, r.paid_fen, 0)) AS paid_fen, total(iif(since, 0, r.paid_fen)) AS paid_fen_before,
           total(iif(since, r.sessions, 0)) AS sessions, total(iif(since, 0, r.sessions)) AS sessions_before,
           count(DISTINCT iif(since, s.day, NULL)) AS days, count(DISTINCT iif(since, NULL, s.day)) AS days_before
    FROM seen s JOIN rows r ON r.id = s.row_id GROUP BY s.user, s.device, s.experiment, s.app, s.variation
  ),
  metrics (metric) AS (VALUES ('orders'), ('converted'), ('paid_fen'), ('sessions'), ('active_days'))
SELECT app, experiment, variation, user, device, metric,
       CASE metric WHEN 'orders' THEN orders WHEN 'converted' THEN orders > 0 WHEN 'paid_fen' THEN paid_fen
                   WHEN 'sessions' THEN sessions ELSE days END AS y,
       CASE metric WHEN 'orders' THEN orders_before WHEN 'converted' THEN orders_before > 0
                   WHEN 'paid_fen' THEN paid_fen_before WHEN 'sessions' THEN sessions_before ELSE days_before END AS x
FROM spans, metrics
UNION ALL
SELECT s.app, s.experiment, s.variation, s.user, s.device, 'event:' || e.key,
       total(iif(since, e.value ->> '$.n', 0)), total(iif(since, 0, e.value ->> '$.n'))
FROM seen s JOIN rows r ON r.id = s.row_id, json_each(r.body, '$.e') e
GROUP BY s.user, s.device, s.experiment, e.key, s.app, s.variation;

-- Per experiment, variation and metric: how many people, and their sums. A metric that nobody of a variation has is
-- not there: all its sums are 0. So are those with x where nothing is known from before.
DROP VIEW IF EXISTS experiment_sums;
CREATE VIEW experiment_sums AS
SELECT c.app, c.experiment, c.bucket_version, c.variation, v.metric, c.people AS n,
       v.sum_y, v.sum_yy, v.sum_x, v.sum_xx, v.sum_xy
FROM (
  SELECT app, experiment, variation, metric, total(y) AS sum_y, total(y * y) AS sum_yy,
         total(x) AS sum_x, total(x * x) AS sum_xx, total(x * y) AS sum_xy
  FROM experiment_values GROUP BY app, experiment, variation, metric
) v JOIN experiment_counts c ON c.app = v.app AND c.experiment = v.experiment AND c.variation = v.variation;
