-- What journeys are to do (docs/journeys.md): trips as phones tell of them, and their actions. Instants are milliseconds.

CREATE TABLE trips (
  app         TEXT NOT NULL,
  user        TEXT NOT NULL,
  journey     TEXT NOT NULL,
  key         TEXT NOT NULL,
  begun       INTEGER NOT NULL,
  device      TEXT NOT NULL,                 -- who told of it last
  revision    INTEGER NOT NULL,              -- the phone's; a lower one of the same phone changes nothing
  received_at INTEGER NOT NULL,
  standing    TEXT NOT NULL,                 -- 'running' | 'finished' | 'exited' | 'goal'
  ended       INTEGER NOT NULL,
  variation   INTEGER NOT NULL,
  held_out    INTEGER NOT NULL,
  once        INTEGER NOT NULL,
  by_order    INTEGER NOT NULL,
  cancel_on   TEXT NOT NULL,                 -- ["order_paid"]
  done        TEXT NOT NULL,                 -- [[0,"done"]], as the phone says
  stopped_by  TEXT,                          -- what the server saw that ends it, or 'another' trip
  PRIMARY KEY (app, user, journey, key, begun)
) STRICT, WITHOUT ROWID;

CREATE TABLE actions (
  app         TEXT NOT NULL,
  user        TEXT NOT NULL,
  journey     TEXT NOT NULL,
  key         TEXT NOT NULL,
  begun       INTEGER NOT NULL,
  step        INTEGER NOT NULL,
  due         INTEGER NOT NULL,
  kind        TEXT NOT NULL,                 -- 'message' | 'coupon' | 'points'
  ref         TEXT NOT NULL,
  service     INTEGER NOT NULL,
  PRIMARY KEY (app, user, journey, key, begun, step)
) STRICT, WITHOUT ROWID;
CREATE INDEX actions_by_due ON actions (due);
