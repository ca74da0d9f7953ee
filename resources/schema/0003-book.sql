-- The numbers of a book begin anew with each year: lines are in order of the year, then of the number (mc-journal-fold.c).
UPDATE record SET sort = coalesce(nullif(CAST(substr(json_extract(body, '$.certified_on'), 1, 4) AS INTEGER), 0), 9999) * 1000000000
                         + min(max(sort, 0), 999999999)
 WHERE type = 'certified-copy' AND typeof(sort) = 'integer';
