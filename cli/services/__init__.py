"""The platform's own processes: sandbox, Airflow's three services, and how they are started, watched and ended."""
