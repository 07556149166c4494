"""A workflow from YAML to Python and back, with nothing lost: `antiphon export`."""
