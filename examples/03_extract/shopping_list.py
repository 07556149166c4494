"""A shopping list from a sentence: workflow.yaml, made in Python."""

from antiphon.workflows.build import Else, Extract, Input, Shape, Speak, State, When, workflow

shopping_list = workflow(
    "shopping_list",
    input={"text": Input(type="string", about="what somebody said")},
    state={
        "buy": State(
            type="list",
            items=Shape(type="object", fields={"thing": Shape(type="string"), "pieces": Shape(type="integer")}),
        ),
    },
    output={"buy": "${state.buy}"},
    start="read",
    nodes={
        "read": Extract(
            text="${input.text}",
            question="What is to be bought?",
            fields={
                "buy": Shape(
                    type="list",
                    items=Shape(
                        type="object",
                        fields={
                            "thing": Shape(type="string", about="what, without the number"),
                            "pieces": Shape(type="integer", minimum=1, maximum=99, about="how many"),
                        },
                    ),
                ),
            },
            into={"buy": "${result.buy}"},
            route=[When("state.buy == []", to="nothing"), Else("show")],
        ),
        "show": Speak(
            text="${'To buy: ' + state.buy.map(one, string(one.pieces) + ' ' + one.thing).join(', ')}",
            next="end",
        ),
        "nothing": Speak(text="Nothing to buy.", next="end"),
    },
)
