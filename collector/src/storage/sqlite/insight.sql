-- How phones judged their people (docs/insight.md): the latest judgement of each phone, and one line a day for what is
-- looked at over time. Made once; migrate.rs runs this for older databases.

CREATE TABLE insight (
  app            TEXT NOT NULL,
  user           TEXT NOT NULL,
  device         TEXT NOT NULL,
  revision       INTEGER NOT NULL,           -- the highest stays
  received_at    INTEGER NOT NULL,
  level          TEXT NOT NULL,
  visit_permille INTEGER NOT NULL,
  buy_permille   INTEGER NOT NULL,
  signs          TEXT NOT NULL,              -- ["stop"]
  segments       TEXT NOT NULL,              -- ["evening"]
  PRIMARY KEY (app, user, device)
) STRICT, WITHOUT ROWID;

CREATE TABLE insight_days (
  app            TEXT NOT NULL,
  user           TEXT NOT NULL,
  device         TEXT NOT NULL,
  day            TEXT NOT NULL,              -- when the phone sent it, in the program's zone
  revision       INTEGER NOT NULL,           -- the highest of the day stays
  level          TEXT NOT NULL,
  visit_permille INTEGER NOT NULL,
  PRIMARY KEY (app, user, device, day)
) STRICT, WITHOUT ROWID;
