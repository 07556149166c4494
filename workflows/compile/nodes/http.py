"""kind: http - a service that app.yaml names is asked."""

from collections.abc import Mapping
from dataclasses import dataclass

from ....agents.events import Called
from ...spec.kinds.act import Http
from ..step import Bench, Compiled, Outcome, Step


@dataclass(frozen=True, slots=True)
class HttpRunner:
    service: str
    method: str
    path: Compiled
    query: Mapping[str, Compiled]
    body: Compiled

    async def run(self, step: Step) -> Outcome:
        path, body = str(step.value(self.path)), step.value(self.body)
        query = {name: step.value(value) for name, value in self.query.items()}
        arguments = {"path": path, "query": query} | ({} if body is None else {"body": body})
        step.emit(Called(step=step.name, tool=f"{self.method} {self.service}", arguments=arguments))
        answer = await step.turn.engines.service(self.service).ask(self.method, path, query, body)
        result = {"status": answer.status, "ok": answer.status < 300, "json": answer.json, "text": answer.text}
        return Outcome(answer.text if answer.json is None else answer.json, result)


def compile_http(node: Http, bench: Bench) -> HttpRunner:
    query = {name: bench.value(value) for name, value in node.query.items()}
    return HttpRunner(node.service, node.method, bench.value(node.path), query, bench.value(node.body))
