-- The store of one enrolment.  Every table is STRICT: a wrong type is refused, not converted.
-- Times are microseconds since the Unix epoch, UTC.  A log is named 'code@valid_from' of its unit.

-- Facts of which there is one: device, unit, role, incarnation, epoch of the hub, …
CREATE TABLE setting (
  name  TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE unit (
  code       TEXT NOT NULL,
  valid_from TEXT NOT NULL,              -- yyyy-mm-dd
  valid_to   TEXT,                       -- yyyy-mm-dd, last day; NULL = still valid
  name       TEXT NOT NULL,
  kind       TEXT NOT NULL,              -- commune, town, district, province
  parent     TEXT,                       -- 'code@valid_from'
  PRIMARY KEY (code, valid_from)
) STRICT, WITHOUT ROWID;

CREATE TABLE pack (
  id       TEXT NOT NULL PRIMARY KEY,    -- 'binh-dinh-2878-2021/1'
  year     INTEGER NOT NULL,
  body     TEXT NOT NULL,                -- the JSON as it was published
  added_us INTEGER NOT NULL
) STRICT;

-- Every change this device made or received; the bytes are what was hashed and signed.
-- A row is never deleted and its bytes are never touched.
CREATE TABLE change (
  number      INTEGER PRIMARY KEY,       -- order of arrival on this device
  id          TEXT    NOT NULL UNIQUE,   -- UUIDv7
  short       TEXT    NOT NULL,          -- first 8 bytes of SHA-256 of id, base64url: what `seen` names
  log         TEXT    NOT NULL,          -- unit log it belongs to
  record      TEXT    NOT NULL,
  device      TEXT    NOT NULL,
  incarnation TEXT    NOT NULL,
  n           INTEGER NOT NULL,          -- place in the stream of (device, incarnation, log)
  k           INTEGER NOT NULL,          -- place in its group, from 0
  m           INTEGER NOT NULL,          -- size of its group
  hash        BLOB    NOT NULL,          -- SHA-256 of bytes
  bytes       BLOB    NOT NULL,
  holes       BLOB,                      -- hashes of the stream numbers just before its group that have no row
  signature   BLOB,                      -- Ed25519 of the stream's head at the group's end, on its last change
  state       INTEGER NOT NULL,          -- 0 pending, 1 in the unit log, 2 set aside, 3 rejected, 4 held, 5 refused and settled since
  seq         INTEGER,                   -- place in the unit log
  verdict     TEXT,                      -- the hub's answer, JSON, where it is more than 'accepted'
  own         INTEGER NOT NULL,          -- 1 = made on this device
  log_device      TEXT,                  -- where the unit log has it from, if from another stream place
  log_incarnation TEXT,
  log_n           INTEGER,
  UNIQUE (log, device, incarnation, n)
) STRICT;

CREATE INDEX change_by_record ON change (record, number);
CREATE INDEX change_by_seq ON change (log, seq) WHERE seq IS NOT NULL;
CREATE INDEX change_unsent ON change (log, incarnation, n) WHERE state <> 1 AND own = 1;

-- Streams of this device: where it stands, and what the hub is known to have.
CREATE TABLE stream (
  log         TEXT    NOT NULL,
  incarnation TEXT    NOT NULL,
  n           INTEGER NOT NULL,          -- last n written
  hub_n       INTEGER NOT NULL DEFAULT 0,-- last n for which a verdict came
  hub_chain   BLOB,                      -- chain(hub_n)
  PRIMARY KEY (log, incarnation)
) STRICT, WITHOUT ROWID;

-- How much of each unit log this device holds.
CREATE TABLE cursor (
  log       TEXT    NOT NULL PRIMARY KEY,
  seq       INTEGER NOT NULL,
  chain     BLOB    NOT NULL,            -- chain(seq) of the unit log
  epoch     BLOB,                        -- epoch of the hub that signed the head
  signature BLOB                         -- the hub's signature of (epoch, log, seq, chain)
) STRICT, WITHOUT ROWID;

-- What the changes of a record add up to, personal fields in the clear.
CREATE TABLE record (
  number     INTEGER PRIMARY KEY,        -- rowid, also that of record_text
  id         TEXT    NOT NULL UNIQUE,
  log        TEXT    NOT NULL,
  type       TEXT    NOT NULL,
  pack       TEXT    NOT NULL,           -- pack id without its version
  parent     TEXT,                       -- record it is a part of
  sort       ANY,                        -- value of the field that the type is ordered by
  body       TEXT    NOT NULL,           -- JSON object: field -> value in place
  heads      TEXT    NOT NULL,           -- JSON object: who wrote each value, and the values beside it (mc-record.c)
  flags      INTEGER NOT NULL,           -- McRecordFlags: 1 deleted, 2 conflict, 8 rejected or held, 16 edited after deletion; 4 is left over from before
  updated_us INTEGER NOT NULL
) STRICT;

CREATE INDEX record_by_type ON record (type, pack, log, sort, number);
CREATE INDEX record_by_parent ON record (parent, sort, number) WHERE parent IS NOT NULL;
CREATE INDEX record_flagged ON record (flags) WHERE flags <> 0;

-- Folded text (no diacritics, lower case) of every record that is not deleted.
CREATE VIRTUAL TABLE record_text USING fts5 (text,
  tokenize = "unicode61 remove_diacritics 0", prefix = '1 2 3');

-- Text being typed that is not a change yet: on disk within a second, gone when it became one.
CREATE TABLE draft (
  record     TEXT    NOT NULL,
  field      TEXT    NOT NULL,
  type       TEXT    NOT NULL,
  parent     TEXT,
  value      TEXT    NOT NULL,           -- JSON
  seen       TEXT    NOT NULL,           -- JSON array: heads that the form showed
  updated_us INTEGER NOT NULL,
  PRIMARY KEY (record, field)
) STRICT, WITHOUT ROWID;

CREATE TABLE evidence (
  sha256     TEXT    NOT NULL PRIMARY KEY, -- hex
  size       INTEGER NOT NULL,
  mime       TEXT    NOT NULL,
  have       INTEGER NOT NULL,           -- 1 = the file is here
  hub_bytes  INTEGER NOT NULL DEFAULT 0, -- what the hub is known to have of it
  confirmed  INTEGER NOT NULL DEFAULT 0, -- 1 = the hub has verified the whole
  added_us   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Which record and field name which file.
CREATE TABLE evidence_use (
  sha256 TEXT NOT NULL,
  record TEXT NOT NULL,
  field  TEXT NOT NULL,
  name   TEXT NOT NULL,                  -- file name as the official gave it
  PRIMARY KEY (sha256, record, field)
) STRICT, WITHOUT ROWID;

CREATE INDEX evidence_use_by_record ON evidence_use (record);

-- What each sync did, for people.
CREATE TABLE sync_log (
  number      INTEGER PRIMARY KEY,
  started_us  INTEGER NOT NULL,
  ended_us    INTEGER NOT NULL,
  outcome     TEXT    NOT NULL,          -- slug: 'ok', 'unreachable', …
  detail      TEXT    NOT NULL,          -- JSON: counts, bytes, turns
  seconds     INTEGER NOT NULL GENERATED ALWAYS AS ((ended_us - started_us) / 1000000) VIRTUAL
) STRICT;
