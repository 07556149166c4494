"""Requests with the arguments they give, for a tiny model to do likewise; the functions exist nowhere."""

from collections.abc import Mapping
from typing import Any

from .types import Offered


def _function(name: str, description: str, *optional: str, **parameters: Mapping[str, Any]) -> Offered:
    required = [one for one in parameters if one not in optional]
    return Offered(name, description, {"type": "object", "properties": parameters, "required": required})


def _of(type_: str, description: str = "") -> Mapping[str, Any]:
    return {"type": type_, **({"description": description} if description else {})}


WORKED: tuple[tuple[Offered, str, Mapping[str, Any]], ...] = (
    (
        _function(
            "order_taxi",
            "Order a taxi.",
            "pets",
            address=_of("string", "Where to be picked up."),
            passengers=_of("integer"),
            time=_of("string", "The time of day."),
            pets=_of("boolean", "Whether animals come along."),
        ),
        "Phew, what a day. Could you get us a cab for three at 12 Mill Lane, quarter to six this evening?",
        {"address": "12 Mill Lane", "passengers": 3, "time": "17:45"},
    ),
    (
        _function(
            "rent_bikes",
            "Rent bicycles at a station.",
            "hours",
            station=_of("string"),
            count=_of("integer", "How many."),
            day=_of("string", "The day as it was said."),
            hours=_of("number"),
        ),
        "下周二我们想在西湖边骑车，帮我租四辆，要两个半小时。",
        {"station": "西湖", "count": 4, "day": "下周二", "hours": 2.5},
    ),
    (
        _function(
            "publish_note",
            "Publish a short note on the board.",
            "weeks",
            text=_of("string", "What it says."),
            weeks=_of("integer", "How long it stays there."),
        ),
        "Everybody keeps asking me. Put up a note that the lift is being repaired until noon.",
        {"text": "The lift is being repaired until noon"},
    ),
    (
        _function(
            "find_flat",
            "Search for flats to rent.",
            "balcony",
            city=_of("string"),
            rent=_of("number", "At most so much a month."),
            currency=_of("string", "As a code of three letters."),
            balcony=_of("boolean"),
        ),
        "我要去曼彻斯特读书，想租个带阳台的房子，一个月最多九百英镑。",
        {"city": "曼彻斯特", "rent": 900, "currency": "GBP", "balcony": True},
    ),
)


def worked(language: str) -> list[tuple[Offered, str, Mapping[str, Any]]]:
    """Those in a language last, as a model does most like what it read last."""
    return sorted(WORKED, key=lambda one: one[1].isascii() == (language == "en"))
