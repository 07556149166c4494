"""A person decides what is kept: workflow.yaml, made in Python."""

from antiphon.workflows.build import Ask, Else, Input, OnError, Recall, Remember, Shape, Speak, State, When, workflow

getting_to_know = workflow(
    "getting_to_know",
    input={"who": Input(type="string", about="whose name it goes by")},
    state={"known": State(type="string"), "likes": State(type="string", default="")},
    output={"known": "${state.known}", "likes": "${state.likes}"},
    start="look_back",
    nodes={
        "look_back": Recall(
            subject="${input.who}",
            last=1,
            into={"known": "${result.text}"},
            route=[When("state.known != ''", to="greet"), Else("ask")],
        ),
        "greet": Speak(text="${input.who + ', you like ' + state.known + '.'}", next="end"),
        "ask": Ask(
            who="${input.who}",
            show="What do you like best?",
            form={"likes": Shape(type="string", about="in a few words")},
            into={"likes": "${result.likes}"},
            next="keep",
        ),
        "keep": Remember(
            about="Keep this on this machine",
            text="${state.likes}",
            subject="${input.who}",
            approve=True,
            on_error=OnError(to="let_go"),
            next="thank",
        ),
        "thank": Speak(text="Good to know. I will remember it.", next="end"),
        "let_go": Speak(text="Then it stays between us.", next="end"),
    },
)
