"""A journey planned with tools: a model recommends, code plans and reckons the total: workflow.yaml, made in Python."""

from journey import calendar, plan_trip

from antiphon.agents.planning.react import React
from antiphon.agents.planning.settings import Budget
from antiphon.workflows.build import (
    Extract,
    Http,
    Input,
    Listen,
    Prompt,
    Retrieve,
    Shape,
    Speak,
    State,
    ToolCall,
    workflow,
)
from antiphon.workflows.spec.kinds.agent import AgentNode

ASKED = """\
{{ state.wish }}
The first day is {{ input.start }}, for {{ state.days }} days. Look up sights, then name those you recommend."""

beijing_trip = workflow(
    "beijing_trip",
    language="${state.language}",
    input={
        "audio": Input(type="audio", max_seconds=30, about="a recording of the wish"),
        "text": Input(type="string", default="", about="the wish typed instead"),
        "start": Input(type="string", default="2026-11-28", about="the first day"),
    },
    state={
        "wish": State(type="string"),
        "language": State(type="string"),
        "days": State(type="integer"),
        "budget": State(type="integer"),
        "sights_a_day": State(type="integer"),
        "guide": State(type="string"),
        "advice": State(type="string"),
        "prices": State(type="object"),
        "trip": State(
            type="object",
            fields={
                "total": Shape(type="integer"),
                "fits": Shape(type="boolean"),
                "items": Shape(type="list"),
                "text": Shape(type="string"),
            },
        ),
    },
    output={
        "answer": "${state.trip.text}",
        "total": "${state.trip.total}",
        "fits": "${state.trip.fits}",
        "items": "${state.trip.items}",
    },
    tools={"calendar": calendar, "plan_trip": plan_trip, "prices": {"openapi": "prices"}},
    start="hear",
    nodes={
        "hear": Listen(
            audio="${input.audio}",
            text="${input.text}",
            into={"wish": "${result.text}", "language": "${result.language == 'zh' ? 'zh' : 'en'}"},
            next="read",
        ),
        "read": Extract(
            text="${state.wish}",
            fields={
                "days": Shape(type="integer", minimum=1, maximum=7, about="how many days · 几天"),
                "budget": Shape(type="integer", minimum=0, about="the budget in yuan · 预算，元"),
                "sights_a_day": Shape(
                    type="integer", minimum=1, maximum=3, about="how many sights each day · 每天几个景点"
                ),
            },
            into={
                "days": "${result.days}",
                "budget": "${result.budget}",
                "sights_a_day": "${result.sights_a_day}",
            },
            next="look_up_guide",
        ),
        "look_up_guide": Retrieve(
            text="${state.wish}", folder="guide", into={"guide": "${result.best}"}, next="recommend"
        ),
        "recommend": AgentNode(
            prompt=Prompt(system="You know Beijing well. {{ state.guide }}", user=ASKED),
            tools=["calendar", "prices"],
            plan=React(max_steps=3, observation=800, budget=Budget(calls=10, time="30s")),
            max_tokens=160,
            into="advice",
            next="ask_prices",
        ),
        "ask_prices": Http(service="prices", path="/prices", into="prices", next="plan"),
        "plan": ToolCall(
            tool="plan_trip",
            arguments={
                "days": "${state.days}",
                "sights_a_day": "${state.sights_a_day}",
                "budget": "${state.budget}",
                "start": "${input.start}",
                "language": "${state.language}",
                "advice": "${state.advice}",
                "prices": "${state.prices}",
            },
            into="trip",
            next="show",
        ),
        "show": Speak(text="${state.trip.text}", next="end"),
    },
)
