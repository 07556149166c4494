"""A checked spec becomes a LangGraph graph: one file for each kind of node."""
