-- Where rows of others stood before the unit log had them at another place.  What their author signed there proves the rows before
-- them, and can be had from nowhere else once the author's PC and the hub were both put back.
CREATE TABLE former (
  log         TEXT    NOT NULL,
  device      TEXT    NOT NULL,
  incarnation TEXT    NOT NULL,
  n           INTEGER NOT NULL,
  number      INTEGER NOT NULL,          -- of the row in change
  signature   BLOB,                      -- of the stream's head there, on the last of its group
  PRIMARY KEY (log, device, incarnation, n, number)
) STRICT, WITHOUT ROWID;
