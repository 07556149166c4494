"""A shopping list from a sentence: workflow.yaml, made in Python."""

from antiphon.workflows.build import Else, Extract, Input, Shape, Speak, State, When, workflow

shopping_list = workflow(
    "shopping_list",
    input={"text": Input(type="string", about="what somebody said")},
    state={"buy": State(type="list", items=Shape(type="string")), "when": State(type="string")},
    output={"buy": "${state.buy}"},
    start="read",
    nodes={
        "read": Extract(
            text="${input.text}",
            question="What is to be bought?",
            fields={
                "when": Shape(type="string", enum=["today", "tomorrow", "whenever"], about="the day it is needed"),
                "buy": Shape(
                    type="list",
                    items=Shape(type="string"),
                    about="every thing that is to be bought, with how many of it",
                ),
            },
            into={"buy": "${result.buy}", "when": "${result.when}"},
            route=[When("state.buy == []", to="nothing"), Else("show")],
        ),
        "show": Speak(text="${'To buy, ' + state.when + ': ' + state.buy.join(', ')}", next="end"),
        "nothing": Speak(text="Nothing to buy.", next="end"),
    },
)
