-- Asked for each change of a device that has rejected ones: without it the hub reads all that it ever refused, each time.
CREATE INDEX refused_by_record ON refused (record);
