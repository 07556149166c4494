"""An OpenAPI document as a set of tools, called through a service that app.yaml names."""
