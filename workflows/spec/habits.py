"""Keys of other formats that people bring along, and where the same is said here."""

from collections.abc import Mapping

_APP = "It belongs to this machine, and so into app.yaml: a workflow names a role or a service"
FILE: Mapping[str, str] = {
    "edges": "Each node says itself where it leads: next, or route with conditions",
    "steps": "Write the steps under nodes, each under its name, and where each leads with next",
    "jobs": "Write the steps under nodes, each under its name, and where each leads with next",
    "tasks": "Write the steps under nodes, each under its name, and where each leads with next",
    "workflow": "Its parts stand at the left margin: name, start, nodes",
    "agents": "A node says itself what a model is told: kind: llm with a prompt",
    "on": "A workflow is started from outside: antiphon run, or a program",
    "triggers": "A workflow is started from outside: antiphon run, or a program",
    "inputs": "It is called input",
    "outputs": "It is called output",
    "variables": "What is given is called input, what nodes share is called state",
    "version": "The format is said by schema: workflow/v1",
    **dict.fromkeys(("env", "secrets", "models", "services", "api_key", "base_url"), _APP),
}
NODE: Mapping[str, str] = {
    **dict.fromkeys(("model", "base_url", "url", "api_key", "endpoint", "headers", "provider", "engine"), _APP),
    **dict.fromkeys(("goto", "then", "depends_on", "needs", "edges"), "Say with next where this node leads"),
    **dict.fromkeys(("if", "when", "condition", "switch"), "Conditions stand in a route, which says where to go"),
    **dict.fromkeys(("output", "outputs", "output_key", "save_to"), "Say with into where the result goes"),
    **dict.fromkeys(("inputs", "args", "arguments", "params"), "What is handed over stands under with"),
    **dict.fromkeys(
        ("messages", "system", "user", "template"), "What a model is told stands in prompt: {system, user}"
    ),
    **dict.fromkeys(("id", "name"), "A node's name is its key under nodes"),
    **dict.fromkeys(("description", "title"), "Say with about what the node does"),
}
ROUTE: Mapping[str, str] = {
    **dict.fromkeys(("if", "condition", "case"), "The condition is called when"),
    **dict.fromkeys(("then", "goto", "next", "target"), "The node to go to is called to"),
    **dict.fromkeys(("default", "otherwise"), "The last line is {else: node}"),
}
