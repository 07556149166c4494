"""A function and a tool of one's own, given to the workflow that names them: workflow.yaml, made in Python."""

from functions import letters_of, reads_the_same

from antiphon.workflows.build import Else, Input, Python, Speak, State, ToolCall, When, workflow

palindromes = workflow(
    "palindromes",
    input={"text": Input(type="string", about="a word or a sentence")},
    state={"letters": State(type="string"), "same": State(type="boolean"), "answer": State(type="string")},
    output={"answer": "${state.answer}"},
    tools=[reads_the_same],
    start="clean",
    nodes={
        "clean": Python(function="letters_of", arguments={"text": "${input.text}"}, into="letters", next="look"),
        "look": ToolCall(
            tool="reads_the_same",
            arguments={"letters": "${state.letters}"},
            into="same",
            route=[When("state.same", to="say_yes"), Else("say_no")],
        ),
        "say_yes": Speak(text="Yes, backwards it reads the same.", into="answer", next="end"),
        "say_no": Speak(text="No, backwards it reads differently.", into="answer", next="end"),
    },
    functions=[letters_of],
)
