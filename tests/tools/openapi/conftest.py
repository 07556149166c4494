"""A shop on HTTP on this machine, and the OpenAPI document of it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import yaml

DOCUMENT = """
openapi: 3.0.3
info: {title: Shop, version: 1}
servers: [{url: "https://elsewhere.example/v9"}]
paths:
  /items/{item}/price:
    parameters:
      - {name: item, in: path, required: true, description: "As on the label", schema: {type: string}}
    get:
      operationId: getPrice
      summary: What an item costs
      parameters:
        - {name: currency, in: query, schema: {$ref: "#/components/schemas/Currency"}}
        - {name: tags, in: query, explode: false, schema: {type: array, items: {type: string}}}
        - {name: filter, in: query, style: deepObject, schema: {type: object}}
        - {name: X-Trace, in: header, schema: {type: string}}
        - {name: X-Shop, in: header, required: true, schema: {type: string}}
        - {name: Authorization, in: header, required: true, schema: {type: string}}
      responses: {200: {}}
  /orders:
    post:
      operationId: order
      requestBody:
        required: true
        content:
          application/json:
            schema: {$ref: "#/components/schemas/Order"}
      responses: {"201": {description: made}}
  /orders/{id}:
    put:
      parameters: [{$ref: "#/components/parameters/Id"}]
      requestBody:
        content: {application/json: {schema: {type: array, items: {type: integer}}}}
    delete:
      operationId: cancel-order
      parameters: [{$ref: "#/components/parameters/Id"}]
  /picture:
    post:
      operationId: upload
      requestBody: {required: true, content: {image/png: {schema: {type: string}}}}
components:
  parameters:
    Id: {name: id, in: path, required: true, schema: {type: integer}}
  schemas:
    Currency: {type: string, enum: [EUR, CNY], nullable: true, example: EUR}
    Line:
      type: object
      properties:
        item: {type: string}
        gift: {$ref: "#/components/schemas/Order"}
    Order:
      allOf:
        - {type: object, properties: {id: {type: integer, readOnly: true}}, required: [id]}
        - type: object
          properties: {lines: {type: array, items: {$ref: "#/components/schemas/Line"}}, note: {type: string}}
          required: [lines]
"""


@dataclass
class Shop:
    """What the shop was asked, and what it answers instead of the request itself."""

    asked: list[dict[str, Any]] = field(default_factory=list)
    answers: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    address: str = ""


class _Handler(BaseHTTPRequestHandler):
    shop: Shop

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = {"method": self.command, "path": self.path, "body": json.loads(body) if body else None}
        self.shop.asked.append({**asked, "headers": headers})
        status, data = self.shop.answers.get(self.path, (200, json.dumps(asked).encode()))
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 - so http.server calls them

    def log_message(self, format: str, *args: Any) -> None:
        """Stay quiet."""


@pytest.fixture
def shop() -> Iterator[Shop]:
    """A shop that answers with what it was asked."""
    one = Shop()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"shop": one}))
    server.daemon_threads = True
    one.address = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield one
    server.shutdown()
    server.server_close()


@pytest.fixture
def document_file(tmp_path: Path) -> Path:
    """The shop's document, in YAML."""
    file = tmp_path / "shop.yaml"
    file.write_text(DOCUMENT)
    return file


@pytest.fixture
def document() -> dict[str, Any]:
    """The shop's document as data, to be changed."""
    loaded: dict[str, Any] = yaml.safe_load(DOCUMENT)
    return loaded
