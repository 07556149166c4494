"""How an agent thinks: one file for each strategy, all driven by one loop."""
