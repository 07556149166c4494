"""两路并行再会合，用 Python 写：与 workflow.yaml 完全相同。"""

from antiphon.workflows.build import Input, Llm, Prompt, Speak, State, workflow

fable = workflow(
    "fable",
    language="zh",
    input={"about": Input(type="string", default="一只不会飞的鸟", about="故事讲谁")},
    state={
        "story": State(type="string"),
        "title": State(type="string"),
        "moral": State(type="string"),
        "written": State(type="integer", reduce="add"),
    },
    output={"title": "${state.title}", "moral": "${state.moral}", "characters": "${state.written}"},
    start="tell",
    nodes={
        "tell": Llm(
            prompt=Prompt(user="用三句话讲一个小故事，主角是{{ input.about }}。"),
            max_tokens=200,
            into="story",
            next=["find_title", "find_moral"],
        ),
        "find_title": Llm(
            prompt=Prompt(user="给下面的故事起一个标题，不超过八个字。\n{{ state.story }}"),
            max_tokens=30,
            into={"title": "${result.text}", "written": "${size(result.text)}"},
            next="show",
        ),
        "find_moral": Llm(
            prompt=Prompt(user="用一句话说出下面故事的寓意。\n{{ state.story }}"),
            max_tokens=60,
            into={"moral": "${result.text}", "written": "${size(result.text)}"},
            next="show",
        ),
        "show": Speak(
            wait_for="all",
            text="${'《' + state.title + '》' + state.story + state.moral}",
            next="end",
        ),
    },
)
