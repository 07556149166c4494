"""An MCP server as a set of tools (https://modelcontextprotocol.io)."""
