"""Which engine plays which role on this machine: app.yaml, read and opened."""
