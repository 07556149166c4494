"""听、查、想、再查、说，用 Python 写：与 workflow.yaml 完全相同。"""

from antiphon.workflows.build import Else, Guard, Input, Listen, Llm, Prompt, Speak, State, When, workflow

voice = workflow(
    "voice",
    language="${state.language}",
    audience="child",
    input={
        "audio": Input(type="audio", max_seconds=30, about="a recording of the question"),
        "text": Input(type="string", default="", about="the question typed instead"),
    },
    state={
        "question": State(type="string"),
        "language": State(type="string"),
        "allowed": State(type="boolean"),
        "answer": State(type="string"),
    },
    output={"question": "${state.question}", "answer": "${state.answer}"},
    start="hear",
    nodes={
        "hear": Listen(
            audio="${input.audio}",
            text="${input.text}",
            into={"question": "${result.text}", "language": "${result.language == 'zh' ? 'zh' : 'en'}"},
            next="check_question",
        ),
        "check_question": Guard(
            side="question",
            text="${state.question}",
            rules="child",
            into={"allowed": "${result.allowed}", "answer": "${result.reply}"},
            route=[When("state.allowed", to="think"), Else("refuse")],
        ),
        "refuse": Speak(text="${state.answer}", next="end"),
        "think": Llm(
            prompt=Prompt(
                system={
                    "en": "You answer a child in two short sentences.\n{{ guard_instructions(8, 'en') }}",
                    "zh": "你用两句短短的话回答孩子。\n{{ guard_instructions(8, 'zh') }}",
                },
                user="{{ quoted(state.question, 'question') }}",
            ),
            max_tokens=100,
            next="check_answer",
        ),
        "check_answer": Guard(
            side="answer",
            follows="think",
            rules="child",
            max_sentences=2,
            into="answer",
            next="say",
        ),
        "say": Speak(follows="check_answer", next="end"),
    },
)
