"""One scenario run with many values: which points, where they run, what is kept, the table."""
