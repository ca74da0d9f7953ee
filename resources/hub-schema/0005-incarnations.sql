-- Under which incarnation a device spoke last, and which it spoke under before: one that it left and that speaks again is another
-- computer.
ALTER TABLE device ADD COLUMN incarnation TEXT;

CREATE TABLE left_incarnation (
  number      INTEGER PRIMARY KEY,       -- in the order of leaving
  device      TEXT NOT NULL,
  incarnation TEXT NOT NULL,
  UNIQUE (device, incarnation)
) STRICT;
