"""Eight tools for the measurement of tool use: typed functions that give back canned values and touch nothing."""


def weather(city: str, day: str = "today") -> str:
    """Tell the weather forecast for a city.

    Args:
        day: The day as it was said, such as "today", "tomorrow", "Friday"; today where none was said.
    """
    return f"{city}, {day}: 18 °C, light rain"


def calculator(expression: str) -> str:
    """Work out arithmetic exactly, such as "15% of 80" or "(12.5 + 3) * 4"."""
    from antiphon.tools.calculator.asking import understood

    found = understood(expression)
    return found["result"] if isinstance(found, dict) else "unknown"


def calendar_add(title: str, date: str, time: str) -> str:
    """Put an appointment into the calendar.

    Args:
        title: What it is.
        date: The date as it was said, such as "tomorrow" or "2026-11-25".
        time: The time of day, such as "15:00".
    """
    return f"Added: {title}, {date}, {time}"


def set_timer(minutes: float, label: str = "") -> str:
    """Set a timer that rings after some minutes.

    Args:
        label: What it is for, if that was said.
    """
    return f"Timer set: {minutes} minutes {label}".strip()


def convert_currency(amount: float, source: str, target: str) -> str:
    """Convert an amount of money at today's exchange rate.

    Args:
        source: The currency it is in, as a code such as USD.
        target: The currency wanted, as a code such as EUR.
    """
    return f"{amount} {source} = {round(amount * 1.1, 2)} {target}"


def translate(text: str, language: str) -> str:
    """Translate a text into another language.

    Args:
        language: The language wanted.
    """
    return f"[{text} in {language}]"


def search_knowledge(query: str) -> str:
    """Search our company's handbook: rules, leave, expenses, equipment, offices, contacts."""
    return f"Handbook on {query}: see chapter 4."


def send_message(person: str, text: str) -> str:
    """Send a message to a person.

    Args:
        text: What it says.
    """
    return f"Sent to {person}: {text}"


EXAMPLES = {
    "weather": ("Will it snow in Oslo on Friday?", "告诉我广州明天的天气。"),
    "calculator": ("Work out 18% of 245.", "73乘以64等于多少？"),
    "calendar_add": ("Schedule a call with the landlord for Tuesday at 16:30.", "十月八号早上九点要体检，记一下。"),
    "set_timer": ("Give me eight minutes for the pasta.", "定个半小时的计时器。"),
    "convert_currency": ("Convert 400 euros to US dollars.", "五千日元是多少人民币？"),
    "translate": ('What is "good luck" in Japanese?', "用德语说“我想订一张桌子”。"),
    "search_knowledge": ("How do I claim travel expenses at our company?", "查一下公司的年假规定。"),
    "send_message": ("Let Sophie know the report is finished.", "跟小林说我今晚不去吃饭了。"),
}
"""What people say that need each: written by somebody who had seen the tools and none of the requests."""
TOOLS = (weather, calculator, calendar_add, set_timer, convert_currency, translate, search_knowledge, send_message)
