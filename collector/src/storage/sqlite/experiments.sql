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
