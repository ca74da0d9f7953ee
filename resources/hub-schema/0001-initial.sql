-- The store of a hub.  Times are microseconds since the Unix epoch, UTC.  A log is named 'code@valid_from'.

CREATE TABLE setting (
  name  TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE unit (
  code       TEXT NOT NULL,
  valid_from TEXT NOT NULL,
  valid_to   TEXT,
  name       TEXT NOT NULL,
  kind       TEXT NOT NULL,
  parent     TEXT,                       -- 'code@valid_from'
  PRIMARY KEY (code, valid_from)
) STRICT, WITHOUT ROWID;

CREATE TABLE device (
  id          TEXT    NOT NULL PRIMARY KEY,
  key         BLOB    NOT NULL,          -- Ed25519 public key
  name        TEXT    NOT NULL,
  log         TEXT    NOT NULL,
  role        TEXT    NOT NULL,
  enrolled_us INTEGER NOT NULL,
  revoked_us  INTEGER,
  seen_us     INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE enrolment (
  secret_hash TEXT    NOT NULL PRIMARY KEY, -- SHA-256 of the one-time secret: a stolen backup lets nobody in
  log         TEXT    NOT NULL,
  role        TEXT    NOT NULL,
  created_us  INTEGER NOT NULL,
  expires_us  INTEGER NOT NULL,
  used_by     TEXT                       -- device
) STRICT, WITHOUT ROWID;

-- Head of each unit log.
CREATE TABLE log (
  name  TEXT    NOT NULL PRIMARY KEY,
  seq   INTEGER NOT NULL,
  chain BLOB    NOT NULL
) STRICT, WITHOUT ROWID;

-- The unit logs.  A row is never deleted and its bytes are never touched.
CREATE TABLE change (
  log         TEXT    NOT NULL,
  seq         INTEGER NOT NULL,
  id          TEXT    NOT NULL UNIQUE,
  record      TEXT    NOT NULL,
  device      TEXT    NOT NULL,
  incarnation TEXT    NOT NULL,
  n           INTEGER NOT NULL,
  k           INTEGER NOT NULL,
  m           INTEGER NOT NULL,
  bytes       BLOB    NOT NULL,
  signature   BLOB,                      -- on the last change of its group
  holes       BLOB,                      -- hashes of stream numbers before it that have no row
  chain       BLOB    NOT NULL,          -- of the unit log, after this row
  PRIMARY KEY (log, seq)
) STRICT;

CREATE INDEX change_by_stream ON change (device, incarnation, log, n);

CREATE TABLE stream (
  device      TEXT    NOT NULL,
  incarnation TEXT    NOT NULL,
  log         TEXT    NOT NULL,
  n           INTEGER NOT NULL,          -- last n judged
  chain       BLOB    NOT NULL,
  holes       BLOB    NOT NULL,          -- hashes since the last row
  PRIMARY KEY (device, incarnation, log)
) STRICT, WITHOUT ROWID;

-- Who is whose child, asked for only while something stands rejected.
CREATE INDEX change_by_record ON change (record);

-- Rejected and held changes: kept, given back, never in a log.  A held group that is let in after all moves to its log.
CREATE TABLE refused (
  number      INTEGER PRIMARY KEY,       -- in the order of judging
  device      TEXT    NOT NULL,
  incarnation TEXT    NOT NULL,
  log         TEXT    NOT NULL,
  n           INTEGER NOT NULL,
  k           INTEGER NOT NULL,          -- place in its group, from 0
  m           INTEGER NOT NULL,          -- changes of its group
  id          TEXT    NOT NULL,
  record      TEXT    NOT NULL,
  parent      TEXT    NOT NULL,          -- record that it is part of; '' = it does not say
  bytes       BLOB    NOT NULL,
  signature   BLOB    NOT NULL,          -- of its group
  held        INTEGER NOT NULL,
  problem     TEXT    NOT NULL,
  settled     INTEGER NOT NULL DEFAULT 0,
  UNIQUE (device, incarnation, log, n)
) STRICT;

CREATE INDEX refused_by_id ON refused (id);
CREATE INDEX refused_open ON refused (device, log) WHERE settled = 0;

CREATE TABLE evidence (
  sha256   TEXT    NOT NULL PRIMARY KEY,
  size     INTEGER NOT NULL,             -- 0 = not said yet
  complete INTEGER NOT NULL,
  added_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Which logs name which file: who may send and fetch it.
CREATE TABLE evidence_use (
  sha256 TEXT NOT NULL,
  log    TEXT NOT NULL,
  PRIMARY KEY (sha256, log)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
  number INTEGER PRIMARY KEY,
  at_us  INTEGER NOT NULL,
  what   TEXT    NOT NULL,
  detail TEXT    NOT NULL
) STRICT;
