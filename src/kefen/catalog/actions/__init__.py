"""The verbs of the catalogue: each deed of a course, with its audit row."""

from kefen.catalog.actions.add import NewCourse, Trial, add_course, take_over
from kefen.catalog.actions.change import change_course
from kefen.catalog.actions.lessons import NewSession, drop_lesson, move_lesson, schedule
from kefen.catalog.actions.reword import reword, reword_lesson
from kefen.catalog.actions.sale import put_on_sale, take_off_sale

__all__ = [
    "NewCourse",
    "NewSession",
    "Trial",
    "add_course",
    "change_course",
    "drop_lesson",
    "move_lesson",
    "put_on_sale",
    "reword",
    "reword_lesson",
    "schedule",
    "take_off_sale",
    "take_over",
]
