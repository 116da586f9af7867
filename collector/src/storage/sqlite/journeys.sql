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
  offset_min  INTEGER NOT NULL,              -- the phone's zone when it told
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
  at          INTEGER NOT NULL,              -- when it is looked at next: quiet hours hold it
  kind        TEXT NOT NULL,                 -- 'message' | 'coupon' | 'points'
  ref         TEXT NOT NULL,
  service     INTEGER NOT NULL,
  fired       INTEGER NOT NULL,              -- its moment came on the phone
  PRIMARY KEY (app, user, journey, key, begun, step)
) STRICT, WITHOUT ROWID;
CREATE INDEX actions_by_moment ON actions (app, at);

-- What this server did of them. An action that got here is no longer in `actions`.
CREATE TABLE deliveries (
  app         TEXT NOT NULL,
  user        TEXT NOT NULL,
  journey     TEXT NOT NULL,
  key         TEXT NOT NULL,
  begun       INTEGER NOT NULL,
  step        INTEGER NOT NULL,
  kind        TEXT NOT NULL,
  ref         TEXT NOT NULL,
  service     INTEGER NOT NULL,
  due         INTEGER NOT NULL,
  standing    TEXT NOT NULL,                 -- 'sending' | 'waiting' for another try | 'settled' | 'dead'
  outcome     TEXT NOT NULL,                 -- once settled: 'sent' | 'refused' | 'no_quota' | 'capped' | 'expired' | 'stopped'
  why         TEXT NOT NULL,
  attempts    INTEGER NOT NULL,
  at          INTEGER NOT NULL,              -- of the next try while waiting, else of the last change
  day         TEXT NOT NULL,                 -- the program's date of the last try
  repeatable  INTEGER NOT NULL,              -- the receiver does the same key once
  paid        INTEGER NOT NULL,              -- it took one of `credits`
  told        INTEGER NOT NULL,              -- the phone knows
  PRIMARY KEY (app, user, journey, key, begun, step)
) STRICT, WITHOUT ROWID;
CREATE INDEX deliveries_waiting ON deliveries (app, at) WHERE standing = 'waiting';
CREATE INDEX deliveries_dead ON deliveries (app, at) WHERE standing = 'dead';

-- Subscriptions left, as the platform's pushed events say; nothing of templates that the merchant's server never told of.
CREATE TABLE credits (
  app         TEXT NOT NULL,
  user        TEXT NOT NULL,
  template    TEXT NOT NULL,
  count       INTEGER NOT NULL,
  PRIMARY KEY (app, user, template)
) STRICT, WITHOUT ROWID;
