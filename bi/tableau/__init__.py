"""Tableau: data sources as .tds files, extracts of a department's own rows, and publishing both."""
