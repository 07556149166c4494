"""Every kind of node as a type: what its author may write, and what its result holds."""
