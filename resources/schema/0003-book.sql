-- The numbers of a book begin anew with each year: its lines are in order of the year, then of the number.  Which types are books
-- the pack says: whoever opens the store with one sorts their lines anew (mc_journal_sort_books).
INSERT INTO setting (name, value)
  SELECT 'sort-books', '1' WHERE EXISTS (SELECT 1 FROM record WHERE typeof(sort) = 'integer');
