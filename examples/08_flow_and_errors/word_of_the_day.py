"""子工作流与出错，用 Python 写：与 workflow.yaml 完全相同。"""

from antiphon.workflows.build import Flow, Input, OnError, Speak, State, workflow

word_of_the_day = workflow(
    "word_of_the_day",
    language="zh",
    input={"word": Input(type="string", default="惊蛰", about="要解释的词")},
    state={"meaning": State(type="string", default=""), "trouble": State(type="string", default="")},
    output={"meaning": "${state.meaning}", "trouble": "${state.trouble}"},
    start="look_up",
    nodes={
        "look_up": Flow(
            use="explain.yaml",
            arguments={"word": "${input.word}"},
            timeout="2m",
            on_error=OnError(set={"trouble": "${error.kind}"}, to="say_sorry"),
            into={"meaning": "${result.meaning}"},
            next="say",
        ),
        "say": Speak(text="${input.word + '：' + state.meaning}", next="end"),
        "say_sorry": Speak(text="今天查不到这个词，明天再来吧。", next="end"),
    },
)
