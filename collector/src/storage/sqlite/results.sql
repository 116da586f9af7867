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
DROP VIEW IF EXISTS experiment_rows;
CREATE VIEW experiment_rows AS
WITH people AS MATERIALIZED (SELECT * FROM experiment_people WHERE variation IS NOT NULL)
SELECT p.app, p.experiment, p.variation, p.user, p.device, r.id AS row_id, r.day, r.day >= p.day AS since
FROM people p JOIN rows r ON r.app = p.app AND r.user = p.user AND r.day >= date(p.day, '-28 days')
WHERE p.user <> ''
UNION ALL
SELECT p.app, p.experiment, p.variation, p.user, p.device, r.id, r.day, r.day >= p.day
FROM people p JOIN device_owners o ON o.app = p.app AND o.user = p.user
     JOIN rows r ON r.app = p.app AND r.user = '' AND r.device = o.device AND r.day >= date(p.day, '-28 days')
WHERE p.user <> ''
UNION ALL
SELECT p.app, p.experiment, p.variation, p.user, p.device, r.id, r.day, r.day >= p.day
FROM people p JOIN rows r ON r.app = p.app AND r.user = '' AND r.device = p.device AND r.day >= date(p.day, '-28 days')
WHERE p.user = '';

-- What a person did: `y` since, `x` in the 28 days before. People who did nothing have no line: both are 0.
-- total(), not sum(): a forged figure near 2^63 must not make the query fail.
DROP VIEW IF EXISTS experiment_values;
CREATE VIEW experiment_values AS
WITH seen AS MATERIALIZED (SELECT * FROM experiment_rows),
  spans AS (
    SELECT s.app, s.experiment, s.variation, s.user, s.device, s.since, total(r.orders) AS orders,
           total(r.paid_fen) AS paid_fen, total(r.sessions) AS sessions, count(DISTINCT r.day) AS active_days
    FROM seen s JOIN rows r ON r.id = s.row_id GROUP BY s.app, s.experiment, s.variation, s.user, s.device, s.since
  ),
  metrics (metric) AS (VALUES ('orders'), ('converted'), ('paid_fen'), ('sessions'), ('active_days')),
  told AS (
    SELECT app, experiment, variation, user, device, since, metric,
           CASE metric WHEN 'orders' THEN orders WHEN 'converted' THEN orders > 0 WHEN 'paid_fen' THEN paid_fen
                       WHEN 'sessions' THEN sessions ELSE active_days END AS value
    FROM spans, metrics
    UNION ALL
    SELECT s.app, s.experiment, s.variation, s.user, s.device, s.since, 'event:' || e.key, e.value ->> '$.n'
    FROM seen s JOIN rows r ON r.id = s.row_id, json_each(r.body, '$.e') e
  )
SELECT app, experiment, variation, user, device, metric,
       total(iif(since, value, 0)) AS y, total(iif(since, 0, value)) AS x
FROM told GROUP BY app, experiment, variation, user, device, metric;

-- Per experiment, variation and metric: how many people, and their sums. A metric that nobody of a variation has is
-- not there: all its sums are 0. So are those with x where nothing is known from before.
DROP VIEW IF EXISTS experiment_sums;
CREATE VIEW experiment_sums AS
SELECT c.app, c.experiment, c.bucket_version, c.variation, v.metric, c.people AS n, total(v.y) AS sum_y,
       total(v.y * v.y) AS sum_yy, total(v.x) AS sum_x, total(v.x * v.x) AS sum_xx, total(v.x * v.y) AS sum_xy
FROM experiment_counts c JOIN experiment_values v
     ON v.app = c.app AND v.experiment = c.experiment AND v.variation = c.variation
GROUP BY c.app, c.experiment, c.bucket_version, c.variation, v.metric;
