CREATE INDEX note_by_mark ON note (mark);
