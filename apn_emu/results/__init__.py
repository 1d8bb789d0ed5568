"""What a run yields: measurements, expectations, the result and its files, tables, report."""
