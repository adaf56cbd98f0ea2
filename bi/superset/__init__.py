"""Apache Superset: dashboards declared in dashboards/*.yml, expanded into its import format in bundle/, loaded by `make bi`."""
