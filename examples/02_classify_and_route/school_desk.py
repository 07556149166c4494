"""分类与分支，用 Python 写：与 workflow.yaml 完全相同。"""

from antiphon.workflows.build import Classify, Else, Input, Speak, State, When, workflow

school_desk = workflow(
    "school_desk",
    language="${input.language}",
    input={
        "text": Input(type="string", about="家长的留言"),
        "language": Input(type="string", default="zh", enum=["zh", "en"], about="留言用的语言"),
    },
    state={"topic": State(type="string"), "reply": State(type="string")},
    output={"topic": "${state.topic}", "reply": "${state.reply}"},
    start="sort",
    nodes={
        "sort": Classify(
            text="${input.text}",
            question={"zh": "家长的留言说的是哪件事？", "en": "What is the parent's message about?"},
            labels={
                "absence": {"zh": "孩子生病或有事，要请假", "en": "a child is ill or stays at home"},
                "homework": {"zh": "问作业", "en": "a question about homework"},
                "other": {"zh": "别的事情", "en": "something else"},
            },
            into="topic",
            route=[
                When("state.topic == 'absence'", to="wish_well"),
                When("state.topic == 'homework'", to="name_the_page"),
                Else("pass_on"),
            ],
        ),
        "wish_well": Speak(
            text={"zh": "知道了，祝孩子早日康复。", "en": "Thank you for telling us. Get well soon!"},
            into="reply",
            next="end",
        ),
        "name_the_page": Speak(
            text={"zh": "今天的作业在班级主页上。", "en": "Today's homework is on the class page."},
            into="reply",
            next="end",
        ),
        "pass_on": Speak(
            text={"zh": "收到，我会转告老师。", "en": "I will tell the teacher."},
            into="reply",
            next="end",
        ),
    },
)
