"""A model writes a greeting, and each sentence is spoken as soon as it is written: workflow.yaml, made in Python."""

from antiphon import run
from antiphon.workflows.build import Input, Llm, Prompt, Speak, State, workflow

hello = workflow(
    "hello",
    input={"who": Input(type="string", default="world", about="who is greeted")},
    state={"greeting": State(type="string")},
    output={"greeting": "${state.greeting}"},
    start="write",
    nodes={
        "write": Llm(
            prompt=Prompt(user="Greet {{ input.who }} in one short, friendly sentence."),
            max_tokens=60,
            into="greeting",
            next="say",
        ),
        "say": Speak(follows="write", next="end"),
    },
)

if __name__ == "__main__":
    print(run(hello, who="Ada").result().output["greeting"])
