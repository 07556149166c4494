"""A workflow file of any size with every kind of node, expressions and templates in most, and no mistake."""

_TURN = """\
  hear_{n}:
    kind: listen
    about: {{en: Listening, zh: 在听}}
    audio: "${{input.audio}}"
    into: {{question: "${{result.text}}", sure: "${{result.confidence}}"}}
    route:
      - {{when: "state.question == '' && state.sure < 0.{n}", to: ask_{n}}}
      - {{else: guard_{n}}}
  guard_{n}:
    kind: guard
    side: question
    from: "${{state.question}}"
    rules: child
    into: {{allowed: "${{result.allowed}}"}}
    next: sort_{n}
  sort_{n}:
    kind: classify
    from: "${{state.question}}"
    question: {{en: What is it about?, zh: 问的是什么？}}
    labels: {{sums: a sum, moon: the moon, other: anything else}}
    into: topic
    route:
      - {{when: "state.topic == 'sums' && state.tries < {n}", to: count_{n}}}
      - {{when: "state.question.contains('月亮') || size(state.notes) > {n}", to: look_{n}}}
      - {{else: take_{n}}}
  count_{n}:
    kind: tool
    tool: find_exercise
    with: {{text: "${{state.question}}", language: en, before: "${{state.answer}}", helped: "${{state.tries + {n}}}"}}
    into: {{facts: "${{result}}"}}
    next: look_{n}
  look_{n}:
    kind: retrieve
    from: "${{state.question + ' {n}'}}"
    own: true
    into: {{notes: "${{result.passages}}", answer: "${{result.best}}"}}
    next: write_{n}
  take_{n}:
    kind: extract
    from: "${{state.question}}"
    fields:
      name: {{type: string, about: who is meant}}
      age: {{type: integer, minimum: 0}}
    into: {{facts: "${{result}}"}}
    next: write_{n}
  write_{n}:
    kind: llm
    prompt:
      system: |
        You answer a child in short words. Turn {n}.
        {{% if state.tries > {n} %}}Be brief.{{% endif %}}
      user: "{{{{ quoted(state.question, 'question') }}}} {{{{ state.answer }}}} {n}"
    retry: {{times: 2, wait: 500ms, on: [timeout, model]}}
    timeout: 20s
    on_error: {{set: {{answer: "${{error.message}}"}}, to: say_{n}}}
    into: {{answer: "${{result.text}}"}}
    next: say_{n}
  say_{n}: {{kind: speak, from: "${{'{n}: ' + state.answer}}", next: recall_{n}}}
  recall_{n}: {{kind: recall, subject: "${{state.topic}}", into: {{notes: "${{result.notes}}"}}, next: each_{n}}}
  each_{n}:
    kind: map
    over: "${{state.notes}}"
    as: note
    index: place
    do: {{kind: emit, event: seen, values: {{place: "${{place + {n}}}", all: "${{size(state.notes)}}"}}}}
    next: polish_{n}
  polish_{n}:
    kind: loop
    max: {n}
    until: "size(state.answer) < 1{n}"
    as: pass_{n}
    start: shorten
    nodes:
      shorten:
        kind: llm
        prompt: {{user: "Shorten: {{{{ state.answer }}}} ({{{{ pass_{n} }}}})"}}
        into: {{answer: "${{result.text}}"}}
        next: end
    next: keep_{n}
  keep_{n}: {{kind: remember, from: "${{state.answer}}", subject: "${{state.topic}}", next: ask_{n}}}
  ask_{n}:
    kind: ask
    show: {{en: "Was it good?", zh: 好吗？}}
    form: {{good: {{type: boolean}}}}
    into: {{allowed: "${{result.good}}"}}
    next: rest_{n}
  rest_{n}: {{kind: wait, for: 1s, next: call_{n}}}
  call_{n}:
    kind: http
    service: weather
    path: "${{'/v1/' + state.topic}}"
    into: {{facts: "${{result}}"}}
    next: plan_{n}
  plan_{n}:
    kind: python
    function: plan
    with: {{text: "${{state.answer}}"}}
    into: {{answer: "${{result}}"}}
    next: other_{n}
  other_{n}: {{kind: flow, use: child-tutor, with: {{text: "${{state.question}}", age: 8}}, next: set_{n}}}
  set_{n}:
    kind: set
    values: {{tries: "${{state.tries + {n}}}", question: ""}}
    next: {next}
"""
_HEAD = """\
# A hundred nodes of every kind.
schema: workflow/v1
name: hundred
title: {en: A hundred nodes, zh: 一百个节点}
input:
  audio: {type: audio, max_seconds: 60}
state:
  question: {type: string}
  answer: {type: string, default: ""}
  topic: {type: string, default: other}
  sure: {type: number, default: 1.0}
  tries: {type: integer, default: 0}
  allowed: {type: boolean, default: true}
  notes: {type: list, default: []}
  facts: {type: object}
output: {answer: "${state.answer}", allowed: "${state.allowed}", facts: "${state.facts}"}
tools:
  find_exercise: {}
limits: {steps: 1000, time: 10m}
start: hear_1
nodes:
"""


def hundred(turns: int = 5) -> str:
    """The file: 20 nodes for each turn, those in its blocks counted, and one that ends it."""
    parts = [_TURN.format(n=n, next=f"hear_{n + 1}" if n < turns else "done") for n in range(1, turns + 1)]
    return _HEAD + "".join(parts) + "  done: {kind: end}\n"
