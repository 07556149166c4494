"""写、检查、再改，用 Python 写：与 workflow.yaml 完全相同。"""

from antiphon.workflows.build import Classify, Input, Llm, Loop, Map, Prompt, Shape, Speak, State, workflow

notice = workflow(
    "notice",
    language="zh",
    input={
        "about": Input(type="string", default="图书角", about="通知讲什么"),
        "demands": Input(
            type="list",
            items=Shape(type="string"),
            default=["写明时间", "写明地点", "语气亲切"],
            about="通知要满足的要求",
        ),
    },
    state={
        "text": State(type="string", default=""),
        "verdicts": State(type="list", items=Shape(type="string"), default=[]),
        "passes": State(type="integer"),
    },
    output={"text": "${state.text}", "passes": "${state.passes}"},
    start="polish",
    nodes={
        "polish": Loop(
            max=3,
            until="state.verdicts.all(verdict, verdict == 'yes')",
            start="write",
            nodes={
                "write": Llm(
                    prompt=Prompt(
                        user=(
                            "写一则给小学生的通知，不超过五十个字，内容是：{{ input.about }}。\n"
                            "{% for demand in input.demands %}\n"
                            "- {{ demand }}\n"
                            "{% endfor %}\n"
                            "{% if state.text %}\n"
                            "上一稿是：{{ state.text }}\n"
                            '各条检查的结果依次是：{{ state.verdicts | join("、") }}。请改好。\n'
                            "{% endif %}\n"
                        ),
                    ),
                    max_tokens=120,
                    into="text",
                    next="check",
                ),
                "check": Map(
                    over="${input.demands}",
                    as_="demand",
                    do=Classify(
                        text="${state.text}",
                        question="${'这则通知做到了这一条吗：' + demand + '？'}",
                        labels={"yes": "做到了", "no": "没做到"},
                    ),
                    into="verdicts",
                    next="end",
                ),
            },
            into="passes",
            next="say",
        ),
        "say": Speak(text="${state.text}", next="end"),
    },
)
