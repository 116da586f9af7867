-- Views over judgements (docs/collector.md). A person is a user, or a phone before login; of a person's phones the one that
-- spoke last counts. Made anew at every start.

DROP VIEW IF EXISTS persons_now;
CREATE VIEW persons_now AS
SELECT app, user, iif(user = '', device, user) AS person, level, visit_permille, buy_permille, signs, segments, received_at
FROM (
  SELECT *, row_number() OVER (
    PARTITION BY app, user, iif(user = '', device, '') ORDER BY received_at DESC, revision DESC, device
  ) AS place
  FROM insight
) WHERE place = 1;

DROP VIEW IF EXISTS level_sizes;
CREATE VIEW level_sizes AS SELECT app, level, count(*) AS persons FROM persons_now GROUP BY app, level;

DROP VIEW IF EXISTS segment_sizes;
CREATE VIEW segment_sizes AS
SELECT p.app, s.value AS segment, count(*) AS persons FROM persons_now p, json_each(p.segments) s GROUP BY p.app, s.value;

DROP VIEW IF EXISTS sign_sizes;
CREATE VIEW sign_sizes AS
SELECT p.app, s.value AS sign, count(*) AS persons FROM persons_now p, json_each(p.signs) s GROUP BY p.app, s.value;

-- How the people who came on a day stood.
DROP VIEW IF EXISTS level_days;
CREATE VIEW level_days AS
SELECT app, day, level, count(*) AS persons
FROM (
  SELECT app, day, level, row_number() OVER (
    PARTITION BY app, user, iif(user = '', device, ''), day ORDER BY revision DESC, device
  ) AS place
  FROM insight_days
) WHERE place = 1 GROUP BY app, day, level;

-- Days ahead that a score speaks of: of the newest program, 7 unless fitted.
DROP VIEW IF EXISTS score_horizons;
CREATE VIEW score_horizons AS
SELECT p.app, coalesce(p.text ->> '$.model.returning.horizon_days', 7) AS horizon_days
FROM programs p WHERE p.revision = (SELECT max(revision) FROM programs q WHERE q.app = p.app);

-- Scores by tenths (0 is 0-9 %) beside who came within the horizon; only days whose horizon has passed, by the latest day on
-- which anybody was seen.
DROP VIEW IF EXISTS score_calibration;
CREATE VIEW score_calibration AS
SELECT app, tenth, count(*) AS scores, avg(visit_permille) / 1000.0 AS expected, avg(came) AS came
FROM (
  SELECT d.app, min(d.visit_permille / 100, 9) AS tenth, d.visit_permille,
         EXISTS (
           SELECT 1 FROM rows r
           WHERE r.app = d.app AND r.user = d.user AND (d.user <> '' OR r.device = d.device) AND r.sessions > 0
             AND r.day > d.day AND r.day <= date(d.day, '+' || coalesce(h.horizon_days, 7) || ' days')
         ) AS came
  FROM insight_days d LEFT JOIN score_horizons h ON h.app = d.app
  WHERE date(d.day, '+' || coalesce(h.horizon_days, 7) || ' days') <= (SELECT max(day) FROM rows r WHERE r.app = d.app)
) GROUP BY app, tenth;

-- Of the attempts that got to a step, those that got no further; the last step has none.
DROP VIEW IF EXISTS flow_breaks;
CREATE VIEW flow_breaks AS
SELECT app, flow, step, name, reached, max(reached - following, 0) AS broke_off
FROM (
  SELECT s.app, s.flow, s.step, coalesce(n.name, '') AS name, s.reached,
         coalesce(lead(s.reached) OVER (PARTITION BY s.app, s.flow ORDER BY s.step), s.reached) AS following
  FROM (SELECT app, flow, step, CAST(total(reached) AS INTEGER) AS reached FROM flow_steps GROUP BY app, flow, step) s
  LEFT JOIN flow_step_names n ON n.app = s.app AND n.flow = s.flow AND n.step = s.step
);

-- How journeys fare; those held out beside the others, so that the difference of the shares that got to the goal is what the
-- journey is worth.
DROP VIEW IF EXISTS journey_sums;
CREATE VIEW journey_sums AS
SELECT app, journey, held_out, count(*) AS entered,
       sum(standing = 'running' AND stopped_by IS NULL) AS running,
       sum(standing = 'goal') AS converted,
       sum(standing = 'exited' OR (standing = 'running' AND stopped_by IS NOT NULL)) AS stopped
FROM trips WHERE stopped_by IS NOT 'another' GROUP BY app, journey, held_out;

-- What came of steps, as phones tell.
DROP VIEW IF EXISTS journey_outcomes;
CREATE VIEW journey_outcomes AS
SELECT t.app, t.journey, d.value ->> 0 AS step, d.value ->> 1 AS outcome, count(*) AS count
FROM trips t, json_each(t.done) d WHERE t.stopped_by IS NOT 'another' GROUP BY t.app, t.journey, step, outcome;

-- What is to be done and has not been stopped: what a backend asks for with `due <= now`. What a phone has promised, by its
-- moment coming there, stays promised.
DROP VIEW IF EXISTS pending_actions;
CREATE VIEW pending_actions AS
SELECT a.*, a.journey || '~' || a.key || '~' || (a.begun / 1000) || '~' || a.step AS id, t.variation, t.device, t.offset_min
FROM actions a JOIN trips t USING (app, user, journey, key, begun)
WHERE t.held_out = 0 AND (
  t.standing IN ('running', 'finished') AND t.stopped_by IS NULL
  OR a.fired = 1 AND a.kind <> 'message' AND t.stopped_by IS NOT 'another'
);

-- What this server did, by what came of it.
DROP VIEW IF EXISTS delivery_sums;
CREATE VIEW delivery_sums AS
SELECT app, journey, kind, iif(standing = 'settled', outcome, standing) AS outcome, count(*) AS count
FROM deliveries GROUP BY app, journey, kind, iif(standing = 'settled', outcome, standing);
