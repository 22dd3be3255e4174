"""The verbs of the catalogue: each deed of a course, with its audit row."""

from kefen.catalog.actions.add import NewCourse, Trial, add_course, take_over
from kefen.catalog.actions.change import change_course
from kefen.catalog.actions.cover import drop_cover, set_cover
from kefen.catalog.actions.lessons import NewSession, drop_lesson, move_lesson, schedule
from kefen.catalog.actions.price import drop_price, plan_price
from kefen.catalog.actions.sale import put_on_sale, take_off_sale

__all__ = [
    "NewCourse",
    "NewSession",
    "Trial",
    "add_course",
    "change_course",
    "drop_cover",
    "drop_lesson",
    "drop_price",
    "move_lesson",
    "plan_price",
    "put_on_sale",
    "schedule",
    "set_cover",
    "take_off_sale",
    "take_over",
]
