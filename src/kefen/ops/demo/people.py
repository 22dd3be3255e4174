"""The demo's people: invented names, numbers from a range that is nobody's."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from kefen.core.terms import PromoterKind

_FAMILY = "李王张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧"
_GIVEN = (
    *("子涵", "雨桐", "浩然", "思远", "佳怡", "俊杰", "梓萱", "欣怡", "宇轩", "诗涵"),
    *("晓东", "文静", "建国", "海燕", "志强", "丽娜", "明哲", "若曦", "天佑", "婉清"),
    *("博文", "雅琪", "少华", "美玲", "一鸣", "清扬", "安然", "书瑶", "景行", "乐怡"),
)


# The example of the standard for ID numbers (GB 11643), which is nobody's.
ID_NUMBER = "11010519491231002X"


@dataclass(frozen=True, slots=True)
class DemoPromoter:
    """A promoter of the demo; `pull` is how many visits he brings, relative to others."""

    code: str
    nickname: str
    kind: PromoterKind
    group: str
    pull: int
    inviter: str | None = None


_NAMED = (
    DemoPromoter("yu", "小鱼妈妈", PromoterKind.STUDENT, "silver", 22),
    DemoPromoter("aze", "研友阿泽", PromoterKind.STUDENT, "gold", 30),
    DemoPromoter("chenli", "陈立老师", PromoterKind.LECTURER, "gold", 26),
    DemoPromoter("tujing", "图径书店", PromoterKind.CHANNEL, "gold", 24),
    DemoPromoter("mumu", "木木备考日记", PromoterKind.STUDENT, "silver", 18, inviter="aze"),
    DemoPromoter("qingning", "青柠英语角", PromoterKind.CHANNEL, "silver", 16),
    DemoPromoter("lucy", "Lucy 老师", PromoterKind.LECTURER, "gold", 15),
    DemoPromoter("laozhou", "老周的数据笔记", PromoterKind.LECTURER, "silver", 14),
)
_STYLES = ("自习室", "的书桌", "学习笔记", "考研日常", "上岸记", "打卡本", "图书角", "夜读")


REAL_NAMES = {"yu": "余晓"}


def promoters(
    random: Random, count: int, named: Sequence[DemoPromoter] = _NAMED
) -> list[DemoPromoter]:
    """The named promoters and as many more as make `count`."""
    found = list(named)
    while len(found) < count:
        number = len(found) + 1
        name = nickname(random)
        kind = random.choices(list(PromoterKind), (8, 1, 2))[0]
        found.append(DemoPromoter(f"p{number:02d}", name, kind, "bronze", random.randint(1, 9)))
    return found


def nickname(random: Random) -> str:
    """An invented name to promote under."""
    return f"{random.choice(_FAMILY)}{random.choice(_GIVEN)[0]}{random.choice(_STYLES)}"


def person(random: Random) -> str:
    """An invented name."""
    return random.choice(_FAMILY) + random.choice(_GIVEN)


def id_number(seed: int) -> str:
    """An ID number that fits its own check digit (GB 11643) and is nobody's: no such district."""
    rest, serial = divmod(seed, 1000)
    rest, day = divmod(rest, 28)
    rest, month = divmod(rest, 12)
    # Wide enough for random seeds: two persons of one demo never get the same number.
    digits = f"990099{1970 + rest % 30}{month + 1:02d}{day + 1:02d}{serial:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))
    return digits + "10X98765432"[total % 11]


def phone(number: int) -> str:
    """A phone number that no operator gives out."""
    return f"100{number:08d}"
