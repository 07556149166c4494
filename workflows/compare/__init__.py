"""Strategies side by side on a set of questions: accuracy, tokens, calls, seconds, and what chance may do to them."""
