"""Services that app.yaml names: their settings, and how they are asked over HTTP."""
