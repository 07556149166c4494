"""What the strategy `program` tells a model: how to write, and questions of our own with the programs for them."""

from pydantic import Field

from ...tools.base.checked import Strict


class WorkedProgram(Strict):
    """A question and the program for it, for a model to do likewise."""

    question: str = Field(min_length=1)
    program: str = Field(min_length=1, description="Python with a function solution() that returns the answer")


HOW = {
    "en": (
        "Answer with a Python program and nothing else: a function solution() that names each quantity of the "
        "question, calculates step by step, and returns what is asked for."
    ),
    "zh": (
        "只用一段 Python 程序回答，不写别的：写一个函数 solution()，"
        "给题目里的每个量起名字，一步一步计算，返回所问的结果。"
    ),
}
AGAIN = {
    "en": "The program failed:\n{error}\nWrite the whole program again, without the mistake.",
    "zh": "程序出错了：\n{error}\n请改正错误，重新写出完整的程序。",
}
FAILED = {
    "en": "I could not work it out: the program ended with “{error}”.",
    "zh": "没有算出结果：程序以“{error}”结束。",
}
"""For the person who asks, where no program ran."""
_ROLLS = """
def solution():
    trays = 3
    rolls_per_tray = 12
    kept = 6
    price = 2  # {unit} for one roll
    rolls = trays * rolls_per_tray
    sold = rolls - kept
    earned = sold * price
    return earned
"""
_AGES = """
def solution():
    ann_in_5_years = 20
    ann_now = ann_in_5_years - 5
    tom_now = ann_now * 2
    return tom_now
"""
_SHIRT = """
def solution():
    price = 40  # {unit}
    discount = price * 25 / 100
    paid = price - discount
    note = 50
    change = note - paid
    return change
"""
WORKED = {
    "en": (
        WorkedProgram(
            question="A baker makes 3 trays of 12 rolls. She keeps 6 rolls and sells the rest for $2 each. "
            "How many dollars does she get?",
            program=_ROLLS.format(unit="dollars"),
        ),
        WorkedProgram(
            question="Tom is twice as old as Ann. In 5 years, Ann will be 20. How old is Tom now?", program=_AGES
        ),
        WorkedProgram(
            question="A shirt costs $40. It is sold with 25% off, and Li pays with a $50 note. "
            "How much change does Li get?",
            program=_SHIRT.format(unit="dollars"),
        ),
    ),
    "zh": (
        WorkedProgram(
            question="面包师做了3盘面包，每盘12个。她自己留下6个，其余的每个卖2元。她一共得到多少元？",
            program=_ROLLS.format(unit="yuan"),
        ),
        WorkedProgram(question="汤姆的年龄是安妮的两倍。5年后安妮20岁。汤姆现在多少岁？", program=_AGES),
        WorkedProgram(
            question="一件衬衫40元，打七五折出售。小李付了一张50元的钞票。应该找回多少元？",
            program=_SHIRT.format(unit="yuan"),
        ),
    ),
}
