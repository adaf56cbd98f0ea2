"""The warehouse: connection, embedded server, schema migrations, bulk load, landing, config, roles, dbt."""
