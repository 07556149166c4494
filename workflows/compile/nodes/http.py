"""kind: http - a service that app.yaml names is asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...spec.kinds.act import Http
from ..step import Bench, Compiled, Outcome, Step
from .calling import acted

REPEATABLE = ("PUT", "DELETE")
"""What may be sent again and does nothing more: RFC 9110, 9.2.2."""


@dataclass(frozen=True, slots=True)
class HttpRunner:
    service: str
    method: str
    path: Compiled
    query: Mapping[str, Compiled]
    body: Compiled
    effects: bool

    async def run(self, step: Step) -> Outcome:
        path, body = str(step.value(self.path)), step.value(self.body)
        query = {name: step.value(value) for name, value in self.query.items()}
        service = step.turn.engines.service(self.service)

        async def act(key: str) -> Any:
            answer = await service.ask(self.method, path, query, body, key=key)
            return {"status": answer.status, "ok": answer.status < 300, "json": answer.json, "text": answer.text}

        given = {"path": path, "query": query} | ({} if body is None else {"body": body})
        keyed = self.method in REPEATABLE or service.is_keyed
        name = f"{self.method} {self.service}"
        result = await acted(step, name, given, act, effects=self.effects, keyed=keyed)
        return Outcome(result["text"] if result["json"] is None else result["json"], result)


def compile_http(node: Http, bench: Bench) -> HttpRunner:
    query = {name: bench.value(value) for name, value in node.query.items()}
    effects = node.effects == "once" if node.effects else node.method != "GET"
    return HttpRunner(node.service, node.method, bench.value(node.path), query, bench.value(node.body), effects)
