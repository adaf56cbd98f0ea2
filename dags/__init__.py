"""Schedules only: factories over config; what a task does lives in the rooms (dags/work.py calls them)."""
