"""Arithmetic by code: nothing is left to a model that can be reckoned."""
