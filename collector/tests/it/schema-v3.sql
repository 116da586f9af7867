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
-- Tables of loyalty, since version 2. Times called `_s` are in seconds since 1970.

-- What counts for loyalty: what phones claim and what servers say, numbered for each user as it arrives. Replayed in
-- the order (moment_s, device, seq or n) it gives the user's state. Times of this table are in seconds.
CREATE TABLE ledger (
  app         TEXT NOT NULL,
  user        TEXT NOT NULL,
  n           INTEGER NOT NULL,
  kind        TEXT NOT NULL,
  order_id    TEXT NOT NULL,              -- '' where it is about no order
  device      TEXT NOT NULL,              -- '' for what a server says
  seq         INTEGER,                    -- the phone's own number; NULL for what a server says
  at_s        INTEGER NOT NULL,           -- as it was told
  moment_s    INTEGER NOT NULL,           -- as it counts
  offset_min  INTEGER NOT NULL,
  received_s  INTEGER NOT NULL,
  revision    INTEGER NOT NULL,           -- of the program that it is judged by
  day         TEXT NOT NULL,              -- the program's date of moment_s
  body        TEXT NOT NULL,              -- the act, as in docs/wire.md
  aside       INTEGER NOT NULL,           -- 1: kept for the record only, never replayed
  verdict     TEXT,                       -- why it changes nothing; NULL: it counts
  head        BLOB,                       -- of the phone's chain, this claim included
  link        BLOB NOT NULL,              -- of this table's own chain, in order of n
  PRIMARY KEY (app, user, n)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX ledger_by_seq ON ledger (app, user, device, seq) WHERE seq IS NOT NULL;
CREATE UNIQUE INDEX ledger_by_order ON ledger (app, order_id) WHERE kind = 'order_paid';
CREATE INDEX ledger_by_moment ON ledger (app, user, moment_s);
CREATE INDEX ledger_by_verdict ON ledger (app, verdict) WHERE verdict IS NOT NULL;

-- How far each phone's chain of claims has come.
CREATE TABLE devices (
  app         TEXT NOT NULL,
  user        TEXT NOT NULL,
  device      TEXT NOT NULL,
  seq         INTEGER NOT NULL,
  head        BLOB NOT NULL,
  receipt_s   INTEGER NOT NULL,           -- when it last got a receipt
  resets      INTEGER NOT NULL,           -- forks, gaps and mismatches
  mismatches  INTEGER NOT NULL,           -- times its state was another one than ours
  base_s      INTEGER NOT NULL,           -- the state it was last given to start from: up to this moment,
  base_n      INTEGER NOT NULL,           -- and this number
  PRIMARY KEY (app, user, device)
) STRICT, WITHOUT ROWID;

-- States on the way, so that a sync need not replay years. Anything here can be made again from the ledger.
CREATE TABLE checkpoints (
  app         TEXT NOT NULL,
  user        TEXT NOT NULL,
  moment_s    INTEGER NOT NULL,           -- everything up to this moment is in it
  n           INTEGER NOT NULL,           -- the highest number in it
  state       BLOB NOT NULL,
  PRIMARY KEY (app, user, moment_s)
) STRICT, WITHOUT ROWID;

-- Idempotency keys: the same request again gets the same answer.
CREATE TABLE requests (
  app         TEXT NOT NULL,
  caller      TEXT NOT NULL,              -- the user of the token; '' for the merchant's server
  key         TEXT NOT NULL,
  user        TEXT NOT NULL,              -- whom it was about
  digest      BLOB NOT NULL,              -- of the request
  answer      TEXT NOT NULL,
  PRIMARY KEY (app, caller, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX requests_by_user ON requests (app, user);

-- WeChat's per-user keys, as the merchant's server hands them over.
CREATE TABLE user_keys (
  app         TEXT NOT NULL,
  user        TEXT NOT NULL,
  version     INTEGER NOT NULL,
  key         BLOB NOT NULL,
  expires_at  INTEGER NOT NULL,
  PRIMARY KEY (app, user, version)
) STRICT, WITHOUT ROWID;
-- Tables of experiments, since version 3. Times are milliseconds since 1970.

-- The first time that somebody saw a variation; of what is told again, the earliest stays.
CREATE TABLE exposures (
  app            TEXT NOT NULL,
  experiment     TEXT NOT NULL,
  bucket_version INTEGER NOT NULL,        -- grows when the experiment begins anew
  user           TEXT NOT NULL,           -- '' before login
  device         TEXT NOT NULL,
  variation      TEXT NOT NULL,
  first_at       INTEGER NOT NULL,
  day            TEXT NOT NULL,           -- the program's date of first_at
  PRIMARY KEY (app, experiment, bucket_version, user, device, variation)
) STRICT, WITHOUT ROWID;
CREATE INDEX exposures_by_device ON exposures (app, user, device);
