-- Which unit took over which other one's work, when units were merged or split.  Both are 'code@valid_from'.
CREATE TABLE successor (
  unit TEXT NOT NULL,
  heir TEXT NOT NULL,
  PRIMARY KEY (unit, heir)
) STRICT, WITHOUT ROWID;
