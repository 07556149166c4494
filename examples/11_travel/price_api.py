"""A price list on this machine, asked over HTTP: python examples/11_travel/price_api.py"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

PORT = 8765
PRICES: dict[str, Any] = json.loads(Path(__file__).with_name("prices.json").read_text(encoding="utf-8"))


class Handler(BaseHTTPRequestHandler):
    """Answers /sights, /hotels and /restaurants with lists, and /prices with all three."""

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        name = asked.path.strip("/")
        if name not in ("sights", "hotels", "restaurants", "prices"):
            return self._send(404, {"error": f"there is no {name!r}"})
        most = parse_qs(asked.query).get("at_most", ["1000000"])[0]
        if not most.isdecimal():
            return self._send(400, {"error": "at_most must be a whole number"})
        return self._send(
            200, PRICES if name == "prices" else [one for one in PRICES[name] if one["price"] <= int(most)]
        )

    def _send(self, status: int, value: Any) -> None:
        body = json.dumps(value, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Stay quiet."""


def server(port: int = PORT) -> ThreadingHTTPServer:
    """The price list, on loopback only; 0 takes any free port."""
    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


if __name__ == "__main__":
    with server(int(sys.argv[1]) if len(sys.argv) > 1 else PORT) as prices:
        print(f"prices at http://127.0.0.1:{prices.server_port}")
        prices.serve_forever()
