-- What makes a unit log whole again after a hub went back, and what this hub has signed for.

ALTER TABLE change ADD COLUMN taken_us INTEGER NOT NULL DEFAULT 0;  -- when the row came, by this hub's clock
ALTER TABLE change ADD COLUMN beside INTEGER NOT NULL DEFAULT 0;    -- 1 = it stood beside another value when it came

ALTER TABLE evidence ADD COLUMN complete_us INTEGER NOT NULL DEFAULT 0; -- when the file was whole

-- Places of streams that are known by their hash alone, from rows that others handed back: their author is asked.
CREATE TABLE wanted (
  device      TEXT    NOT NULL,
  incarnation TEXT    NOT NULL,
  log         TEXT    NOT NULL,
  n           INTEGER NOT NULL,
  PRIMARY KEY (device, incarnation, log, n)
) STRICT, WITHOUT ROWID;

-- Which incarnations have taken which refused group back.
CREATE TABLE given (
  number      INTEGER NOT NULL,          -- refused.number of the group's first change
  incarnation TEXT    NOT NULL,
  PRIMARY KEY (number, incarnation)
) STRICT, WITHOUT ROWID;

-- Receipts as they were given out.
CREATE TABLE receipt (
  number    INTEGER PRIMARY KEY,
  log       TEXT    NOT NULL,
  device    TEXT    NOT NULL,
  time_us   INTEGER NOT NULL,
  items     BLOB    NOT NULL,            -- 41 bytes each: kind, SHA-256, microseconds
  signature BLOB    NOT NULL
) STRICT;

CREATE INDEX receipt_by_device ON receipt (device, number);

-- Epochs that this hub has left behind: a head of one of them is known to be lost.
CREATE TABLE past_epoch (
  epoch   TEXT    NOT NULL PRIMARY KEY,  -- hex
  left_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX evidence_open ON evidence (sha256) WHERE complete = 0;
