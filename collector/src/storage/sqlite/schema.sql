-- Tables; those of loyalty are in ledger.sql, those of experiments in experiments.sql. Times are milliseconds since 1970;
-- days are dates in the program's zone.

CREATE TABLE rows (
  id          INTEGER PRIMARY KEY,
  app         TEXT NOT NULL,
  user        TEXT NOT NULL,              -- '' before login
  device      TEXT NOT NULL,
  segment     TEXT NOT NULL,
  day         TEXT NOT NULL,
  revision    INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  events      INTEGER NOT NULL,           -- these five repeat what the body says; `verify` compares
  sessions    INTEGER NOT NULL,
  session_s   INTEGER NOT NULL,
  orders      INTEGER NOT NULL,
  paid_fen    INTEGER NOT NULL,
  body        TEXT NOT NULL,              -- the row object of the JSON profile (docs/wire.md)
  UNIQUE (app, user, device, segment, day)
) STRICT;
-- Totals by day are answered from this index alone.
CREATE INDEX rows_by_day ON rows (app, day, user, device, events, sessions, session_s, orders, paid_fen);
-- The newest rows of an app; grows at its end only.
CREATE INDEX rows_by_app ON rows (app);

CREATE TABLE quarantine (
  app         TEXT NOT NULL,
  user        TEXT NOT NULL,
  device      TEXT NOT NULL,
  segment     TEXT NOT NULL,
  day         TEXT NOT NULL,
  revision    INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  reason      TEXT NOT NULL,              -- 'day_too_old' | 'day_ahead'
  body        TEXT NOT NULL,
  PRIMARY KEY (app, user, device, segment, day)
) STRICT;

CREATE TABLE attributes (
  app         TEXT NOT NULL,
  user        TEXT NOT NULL,
  device      TEXT NOT NULL,
  revision    INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  body        TEXT NOT NULL,              -- {"city":"深圳","vip":true}
  PRIMARY KEY (app, user, device)
) STRICT, WITHOUT ROWID;

-- The log of deletions. The subject is a hash: enough to recognise an upload made before the deletion that arrives
-- after it, useless for finding out whose it was.
CREATE TABLE deletions (
  id          TEXT PRIMARY KEY,
  app         TEXT NOT NULL,
  subject     BLOB NOT NULL,
  sent_at     INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  removed     INTEGER NOT NULL
) STRICT;
CREATE INDEX deletions_by_subject ON deletions (subject, sent_at);

CREATE TABLE dictionaries (
  hash        INTEGER PRIMARY KEY,
  app         TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  names       BLOB NOT NULL
) STRICT;

CREATE TABLE programs (
  app         TEXT NOT NULL,
  revision    INTEGER NOT NULL,
  text        TEXT NOT NULL,
  PRIMARY KEY (app, revision)
) STRICT;

-- How much arrived, retries and duplicates included, by the server's own day (UTC).
CREATE TABLE traffic (
  app         TEXT NOT NULL,
  day         TEXT NOT NULL,
  uploads     INTEGER NOT NULL,
  bytes       INTEGER NOT NULL,
  taken       INTEGER NOT NULL,
  held        INTEGER NOT NULL,
  quarantined INTEGER NOT NULL,
  discarded   INTEGER NOT NULL,
  PRIMARY KEY (app, day)
) STRICT, WITHOUT ROWID;
