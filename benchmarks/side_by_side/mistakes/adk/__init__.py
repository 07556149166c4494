"""The agent package of ADK's files: what they name as `.steps.…` lies beside them."""
