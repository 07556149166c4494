"""Keys and words of other formats that people bring along, and how the same is said here."""

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
AGENT: Mapping[str, str] = {
    **NODE,
    **dict.fromkeys(("strategy", "planner", "planning", "agent_type", "reasoning"), "How it thinks is called plan"),
    **dict.fromkeys(
        ("instructions", "role_description", "persona", "profile", "goal", "backstory"),
        "Who it is and what it is told stands in prompt: {system, user}",
    ),
    **dict.fromkeys(
        ("budget", "max_iterations", "max_steps", "max_iter"), "It stands in plan: {strategy: ..., budget: {calls: 12}}"
    ),
    **dict.fromkeys(("functions", "actions", "skills", "plugins"), "What it may call is called tools"),
    **dict.fromkeys(
        ("confirm", "approve_tools", "human_input", "require_approval"),
        "Calls a person must agree to are named under ask_before",
    ),
    **dict.fromkeys(("window", "history", "memory_window"), "How much of the conversation it is told is called memory"),
}
ROUTE: Mapping[str, str] = {
    **dict.fromkeys(("if", "condition", "case"), "The condition is called when"),
    **dict.fromkeys(("then", "goto", "next", "target"), "The node to go to is called to"),
    **dict.fromkeys(("default", "otherwise"), "The last line is {else: node}"),
}
SHAPE: Mapping[str, str] = {
    "kind": "Say with type what it is",
    **dict.fromkeys(("description", "desc", "title", "label"), "What it means is called about"),
    **dict.fromkeys(("choices", "options", "values", "one_of"), "The texts it may be are called enum"),
    **dict.fromkeys(("properties", "keys"), "What an object has is called fields"),
    **dict.fromkeys(("item", "of", "element"), "What is in a list is called items"),
    "min": "It is called minimum",
    "max": "It is called maximum",
    **dict.fromkeys(("required", "optional", "nullable"), "Every field has a value, if need be its default"),
}
INPUT: Mapping[str, str] = {
    **SHAPE,
    **dict.fromkeys(("required", "optional", "nullable"), "An input that has a default may be left out"),
}
PROMPT: Mapping[str, str] = {
    **dict.fromkeys(("text", "content", "template", "message", "messages"), "What it is asked is called user"),
    **dict.fromkeys(("instructions", "persona"), "What it is told before is called system"),
    "assistant": "Its answers in examples stand in a file: examples_file",
    "examples": "They stand in a file of their own: examples_file",
}
RETRY: Mapping[str, str] = {
    **dict.fromkeys(("max", "count", "attempts", "max_attempts", "retries"), "How many more tries is called times"),
    **dict.fromkeys(("delay", "interval", "seconds"), "How long to wait before the next try is called wait"),
}
_LATER = "There is no kind for agents yet: let a model write with llm, and call tools with tool"
_CODE = "Code of yours is a registered function: kind: python; code that runs shut in: kind: code"
KINDS: Mapping[str, str] = {
    **dict.fromkeys(("say", "tts", "print", "answer", "reply"), "speak"),
    **dict.fromkeys(("hear", "stt", "asr", "transcribe"), "listen"),
    **dict.fromkeys(("model", "chat", "prompt", "generate", "completion"), "llm"),
    **dict.fromkeys(("script", "function", "shell", "exec", "bash"), _CODE),
    **dict.fromkeys(("if", "switch", "router", "branch", "condition", "route"), "A node leads on by its route"),
    **dict.fromkeys(("search", "rag", "knowledge", "retrieval"), "retrieve"),
    **dict.fromkeys(("human", "input", "form", "confirm"), "ask"),
    **dict.fromkeys(("foreach", "for_each", "for", "iteration", "parallel"), "map"),
    **dict.fromkeys(("while", "repeat"), "loop"),
    **dict.fromkeys(("request", "fetch", "api", "webhook"), "http"),
    **dict.fromkeys(("subworkflow", "workflow", "call", "subgraph"), "flow"),
    **dict.fromkeys(("assign", "variable", "transform"), "set"),
    **dict.fromkeys(("sleep", "delay", "pause"), "wait"),
    **dict.fromkeys(("fail", "stop", "exit", "finish"), "end"),
    "agent": _LATER,
}
"""Kinds of nodes under other names."""
TYPES: Mapping[str, str] = {
    **dict.fromkeys(("str", "text", "varchar", "char"), "string"),
    **dict.fromkeys(("int", "long"), "integer"),
    **dict.fromkeys(("float", "double", "decimal"), "number"),
    "bool": "boolean",
    **dict.fromkeys(("array", "tuple", "set"), "list"),
    **dict.fromkeys(("dict", "map", "json", "struct"), "object"),
    **dict.fromkeys(("date", "datetime", "time", "enum", "file"), "Keep it as a text: type: string"),
    "any": "Say what it is; an object without fields may hold any keys",
}
"""Types under other names."""
_TO = "Write the name of a node, or the word end"
WANTS: Mapping[str, str] = {
    **dict.fromkeys(("next", "to", "else"), _TO),
    **dict.fromkeys(("start", "follows"), "Write the name of a node"),
    "into": "Write the name of a state field (answer, not state.answer), or {field: value}",
}
"""What stands behind a key of a node, where something else was written."""
FUNCTION = "A workflow calls registered functions by name: register yours in Python, or pass its file with --python"
SERVICE = "An address stands in app.yaml, under services; name the service here"
TOOL = "A workflow calls tools by name: register yours in Python, or pass its file with --python"
