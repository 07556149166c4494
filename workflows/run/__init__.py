"""Runs: the events of one run, and the engines it opens and closes."""
