"""Words of the compliance centre."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

LABELS: Final[Mapping[str, Mapping[str, str | Promise]]] = {
    "ratio_span": {"month": _("This month"), "days": _("Last 30 days")},
    "complaint": {
        "open": pgettext_lazy("complaint", "Open"),
        "answered": pgettext_lazy("complaint", "Answered"),
        "closed": pgettext_lazy("complaint", "Closed"),
    },
    "complaint_kind": {
        "promoter": _("A promoter"),
        "poster": _("A poster"),
        "text": _("A text"),
        "other": _("Something else"),
    },
    "licence_kind": {
        "business": pgettext_lazy("licence", "Business licence"),
        "school": pgettext_lazy("licence", "Permit to run a school"),
        "icp": pgettext_lazy("licence", "ICP filing"),
        "telecom": pgettext_lazy("licence", "Telecom permit (ICP licence)"),
        "other": pgettext_lazy("licence", "Another licence"),
    },
    "licence": {
        "submitted": pgettext_lazy("licence", "Waits for review"),
        "passed": pgettext_lazy("licence", "Passed"),
        "returned": pgettext_lazy("licence", "Returned"),
        "expired": pgettext_lazy("licence", "Ended"),
    },
    "licence_queue": {
        "submitted": pgettext_lazy("licence", "Wait for review"),
        "expiring": pgettext_lazy("licence", "End within 30 days"),
        "passed": pgettext_lazy("licence", "Passed"),
        "returned": pgettext_lazy("licence", "Returned"),
        "all": pgettext_lazy("licence", "All"),
    },
    "licence_need": {
        "missing": _("The platform asks for it: hand it in"),
        "returned": _("Returned: mend it and hand it in again"),
        "expired": _("It has ended: hand in the new one"),
        "expiring": _("It ends soon: hand in the new one"),
    },
    "reveal_subject": {
        "order": pgettext_lazy("reveal", "Student of an order"),
        "promoter": pgettext_lazy("reveal", "Promoter"),
    },
    "reveal_kind": {
        "complaint": pgettext_lazy("reveal", "Complaint"),
        "regulator": pgettext_lazy("reveal", "Regulator"),
        "fault": pgettext_lazy("reveal", "Fault"),
    },
    "text_place": {
        "course": pgettext_lazy("text", "Course"),
        "lesson": pgettext_lazy("text", "Live lesson"),
        "promoter": pgettext_lazy("text", "Promoter"),
        "programme": pgettext_lazy("text", "Rebate rules"),
        "school": pgettext_lazy("text", "School"),
    },
    "text_field": {
        "title": pgettext_lazy("text", "Title"),
        "summary": pgettext_lazy("text", "Summary"),
        "outline": pgettext_lazy("text", "Outline"),
        "teacher": pgettext_lazy("text", "Teacher"),
        "teacher_about": pgettext_lazy("text", "About the teacher"),
        "trial_title": pgettext_lazy("text", "Title of the trial lesson"),
        "trial_text": pgettext_lazy("text", "Text of the trial lesson"),
        "category": pgettext_lazy("text", "Category"),
        "cover_glyph": pgettext_lazy("text", "Sign on the cover"),
        "name": pgettext_lazy("text", "Public name"),
        "rule": pgettext_lazy("text", "Name of a rule"),
    },
}
TONES: Final[Mapping[str, Mapping[str, str]]] = {
    "complaint": {"open": "amber", "answered": "jade"},
    "licence": {
        "submitted": "amber",
        "passed": "jade",
        "returned": "crimson",
        "expired": "crimson",
    },
}
