-- Records of which record_text does not say yet what was saved last: an index costs more than the save that it is for, and is
-- brought up to date before anybody searches in it (mc-journal-words.c).
CREATE TABLE words_due (
  number INTEGER PRIMARY KEY             -- of the row in record
) STRICT;
