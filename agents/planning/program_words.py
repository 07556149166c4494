"""What the strategy `program` tells a model: how to write, and questions of our own with the programs for them."""

from pydantic import Field

from ...tools.base.checked import Strict


class WorkedProgram(Strict):
    """A question and the program for it, for a model to do likewise."""

    question: str = Field(min_length=1)
    program: str = Field(min_length=1, description="Python with a function solution() that returns the answer")


HOW = {
    "en": (
        "Answer with a Python program and nothing else: a function solution(). A comment before each line says in "
        "words what is calculated and why. It returns what is asked for."
    ),
    "zh": (
        "只用一段 Python 程序回答，不写别的：写一个函数 solution()。"
        "每一行前面用注释说明算什么、为什么。返回所问的结果。"
    ),
}
AGAIN = {
    "en": "The program failed:\n{error}\nWrite the whole program again, without the mistake.",
    "zh": "程序出错了：\n{error}\n请改正错误，重新写出完整的程序。",
}
WORKED = {
    "en": (
        WorkedProgram(
            question="A baker makes 3 trays of 12 rolls. She keeps 6 rolls and sells the rest for $2 each. "
            "How many dollars does she get?",
            program="""
def solution():
    # There are 3 trays with 12 rolls each.
    rolls = 3 * 12
    # She keeps 6 rolls, the rest is sold.
    sold = rolls - 6
    # Each of the sold rolls brings $2.
    dollars = sold * 2
    # How many dollars does she get?
    return dollars
""",
        ),
        WorkedProgram(
            question="In 5 years Ann will be 20. Tom is twice as old as Ann. How old is Tom now?",
            program="""
def solution():
    # In 5 years Ann will be 20, so now she is 5 years younger.
    ann = 20 - 5
    # Tom is twice as old as Ann.
    tom = 2 * ann
    # How old is Tom now?
    return tom
""",
        ),
    ),
    "zh": (
        WorkedProgram(
            question="面包师做了3盘面包，每盘12个。她自己留下6个，其余的每个卖2元。她一共得到多少元？",
            program="""
def solution():
    # 一共3盘，每盘12个。
    rolls = 3 * 12
    # 留下6个，其余的卖掉。
    sold = rolls - 6
    # 每个卖2元。
    yuan = sold * 2
    # 一共得到多少元？
    return yuan
""",
        ),
        WorkedProgram(
            question="小安5年后20岁。小汤的年龄是小安的两倍。小汤现在多少岁？",
            program="""
def solution():
    # 小安5年后20岁，所以现在小5岁。
    an = 20 - 5
    # 小汤的年龄是小安的两倍。
    tang = 2 * an
    # 小汤现在多少岁？
    return tang
""",
        ),
    ),
}
