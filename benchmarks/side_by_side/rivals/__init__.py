"""One loader for each framework; each runs in that framework's own environment and imports nothing of Antiphon."""
