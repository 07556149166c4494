"""The same for every paragraph: workflow.yaml, made in Python."""

from antiphon.workflows.build import Input, Llm, Map, Prompt, Shape, Speak, State, workflow

in_short = workflow(
    "in_short",
    input={"text": Input(type="string", about="paragraphs, with an empty line between them")},
    state={"points": State(type="list", items=Shape(type="string"))},
    output={"points": "${state.points}"},
    start="shorten",
    nodes={
        "shorten": Map(
            over="${input.text.split('\\n\\n')}",
            as_="paragraph",
            max_parallel=3,
            on_item_error="skip",
            do=Llm(
                prompt=Prompt(user="Say in at most ten words what this says:\n{{ quoted(paragraph, 'paragraph') }}"),
                max_tokens=40,
            ),
            into="points",
            next="show",
        ),
        "show": Speak(text="${state.points.join(' ')}", next="end"),
    },
)
