"""An encyclopedia and a web search, asked only where this machine's app.yaml names them."""
