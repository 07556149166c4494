"""Ground floor: what can be done, and what everyone stands on."""
