"""What BI tools are set up with, as code: Superset, Metabase, Tableau. Connections are those of docs/access.md."""
