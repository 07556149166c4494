"""Runs on several machines: a queue and workers over one Postgres database. DBOS does it; it is imported late."""
