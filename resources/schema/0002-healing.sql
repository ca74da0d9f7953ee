-- What makes a unit log whole again after a hub went back, and what the hub has signed for.

-- Hashes at places of others' streams that have no row here: with them the rows after them prove themselves.
CREATE TABLE place (
  log         TEXT    NOT NULL,
  device      TEXT    NOT NULL,
  incarnation TEXT    NOT NULL,
  n           INTEGER NOT NULL,
  hash        BLOB    NOT NULL,          -- SHA-256 of the bytes at that place
  PRIMARY KEY (log, device, incarnation, n)
) STRICT, WITHOUT ROWID;

-- The hub's word on who the authors of the rows are; goes with rows that are handed back.
CREATE TABLE certificate (
  device TEXT NOT NULL PRIMARY KEY,
  body   TEXT NOT NULL                   -- JSON, signed by the hub
) STRICT, WITHOUT ROWID;

-- What the hub has signed for.  Never deleted.
CREATE TABLE receipt (
  number    INTEGER PRIMARY KEY,
  log       TEXT    NOT NULL,
  device    TEXT    NOT NULL,            -- whom the hub gave it to
  epoch     BLOB    NOT NULL,
  time_us   INTEGER NOT NULL,            -- when the hub signed it, by the hub's clock
  items     BLOB    NOT NULL,            -- 41 bytes each: kind, SHA-256, microseconds, as they were signed
  signature BLOB    NOT NULL             -- Ed25519, by the hub
) STRICT;

-- The receipt that first proved each change and each file.
CREATE TABLE receipt_item (
  kind    INTEGER NOT NULL,              -- 1 change, 2 evidence file
  hash    BLOB    NOT NULL,
  at_us   INTEGER NOT NULL,              -- when it came to the hub
  receipt INTEGER NOT NULL,
  PRIMARY KEY (kind, hash)
) STRICT, WITHOUT ROWID;

-- Records that others deleted, many at once: they stay on the screen until a person has said yes.
CREATE TABLE spared (
  record TEXT NOT NULL PRIMARY KEY,
  log    TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX change_aside ON change (log, device, incarnation, n) WHERE state = 2;
