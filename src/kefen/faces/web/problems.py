"""Errors as people meet them: one table of HTTP statuses, one way to say a sentence."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kefen.core import errors
from kefen.faces.web import labels, policies
from kefen.faces.web.shared.screens import Form
from kefen.faces.web.templatetags.kefen import money_text, percent_bps

# The first class that fits decides, so narrower ones stand first.
STATUSES: Final[Sequence[tuple[type[errors.KefenError], int]]] = (
    (errors.InvalidInput, 422),
    (errors.NotFound, 404),
    (errors.NotPermitted, 403),
    (errors.Conflict, 409),
    (errors.TooOften, 429),
    (errors.RuleViolation, 422),
    (errors.ChannelUnavailable, 503),
    (errors.OutcomeUnknown, 503),
    (errors.ChannelError, 502),
    (errors.DomainError, 422),
)
_MONEY: Final = frozenset(
    {"asked", "available", "amount", "minimum", "maximum", "left", "expected", "got", "cap"}
)
_RATES: Final = frozenset({"rate_bps", "cap_bps"})
# Fields that nobody sees: what is wrong with them stands above the form.
_HIDDEN: Final = frozenset({"number", "attribution", "decision", "institution", "kind"})
# Sentences of core speak of basis points; people here speak of percent.
_IN_PERCENT: Final[Mapping[type[errors.KefenError], Any]] = {
    errors.RateAboveCap: _(
        "Rule {rule} pays {amount} ({rate_bps}) at worst, on course {course}; the cap is {cap} "
        "({cap_bps}). Lower the rule or raise the programme's limit."
    ),
    errors.VersionAbovePlatform: _(
        "The programme's limit is {worst}; the platform allows {limit}. Lower it or ask the "
        "platform."
    ),
}
_MACHINES: Final[Mapping[str, tuple[str, Any]]] = {
    "PromoterStatus": ("promoter", _("The promoter")),
    "OrderState": ("order", _("The order")),
    "CommissionState": ("commission", _("The rebate")),
    "WithdrawalState": ("withdrawal", _("The withdrawal")),
    "StrayPayment": ("stray", _("The stray payment")),
    "MerchantAccount": ("merchant", _("The account")),
    "LeftCashier": ("left", _("The cashier")),
    "Licence": ("licence", _("The licence")),
    "RefundAsk": ("refund_ask", _("The request for a refund")),
    "Notification": ("inbox", _("The notification")),
}
_FIELDS: Final[Mapping[str, Any]] = {
    "promoter": _("The promoter"),
    "list_price": _("Price"),
    "price": _("Price"),
    "photo": _("Cover photo"),
    "title": _("Title"),
    "trial": _("Trial lesson"),
    "starts_at": _("Begins"),
    "minutes": _("Minutes"),
    "withdrawals": _("The choice of withdrawals"),
    "results": _("The bank's result file"),
    "effective_on": _("From this day on"),
    "quarter": _("Quarter"),
    "from": _("From day"),
    "to": _("To day"),
    "days": _("Days shown"),
    "phone": _("Phone number"),
    "email": _("E-mail address"),
    "amount": _("Amount"),
    "reason": _("Reason"),
    "contact": _("E-mail address or phone number"),
    "role": _("Role"),
    "slug": _("Short name in addresses"),
    "effective_from": _("In force from"),
    "agreed": _("The agreement"),
    "adult": _("Your age"),
    "window_days": _("Attribution window, days"),
    "binding_days": _("Reserve a student for, days"),
    "protection_days": _("Reservation protected for, days"),
    "hold_days": _("Refund protection, days"),
    "code": _("The code"),
    "label": _("The channel"),
    "target": _("Where it leads"),
    "question": _("Your question"),
    "answer": _("Answer"),
    "usual_link": _("Clicks on one link in ten minutes"),
    "usual_network": _("Of these from one network"),
    "usual_automated": _("Of these by automated browsers"),
    "usual_refunds": _("Refunded orders of a promoter, per cent"),
    "show_at": _("Shown from a score of"),
    "hold_at": _("Held from a score of"),
    "real_name": _("Name on the ID card"),
    "id_number": _("ID number"),
    "kind": _("The kind of account"),
    "account": _("Account"),
    "name": _("Name"),
    "bank_name": _("Bank"),
    "licence_number": _("Number of the licence"),
    "holder": _("Holder"),
    "valid_from": _("Valid from"),
    "valid_until": _("Valid until"),
    "scan": _("Scan"),
}
# What is saved with a public text, as errors.ForbiddenWords names it.
_PUBLIC: Final[Mapping[str, Any]] = {
    "course": _("the course"),
    "lesson": _("the live lesson"),
    "nickname": _("the public name"),
    "school": _("the school's name"),
    "rule": _("the rule's name"),
    "poster": _("the poster"),
}
# Reasons that core and rooms write in English; each is looked up in the catalogue when shown.
_REASONS: Final = (
    _("enter 6 to 15 digits, perhaps with a leading +"),
    _("the agreement must be accepted"),
    _("write an e-mail address like name@example.org"),
    _("somebody else signs in with this address"),
    _("Signing in by code"),
    _("Signing in by WeChat"),
    _("An invitation by this way"),
    _("say why, so that it can be mended"),
    _("give it a name of up to 40 characters"),
    _("filter the list first, then keep the filter"),
    _("remove one first: a list keeps 30 of yours"),
    _("the promoter sees it, so it must say why"),
    _("the student sees it, so it must say why"),
    _("it must be later than the newest one's"),
    _("a version never reaches into the past"),
    _("a refund is at least 1"),
    _("use 1 to 64 of A-Z a-z 0-9 . _ -"),
    _("a reward must not be negative"),
    _("it ends before it begins"),
    _("from 1 to 1000000 days"),
    _("write what it is about"),
    _("at most 500 characters"),
    _("at most 200 characters"),
    _("whoever looks at it later has to know why"),
    _("nothing is held that could be rejected"),
    _("clicks earn nothing that could be held"),
    _("it was held before; use the order's page"),
    _("this number is too small or too large"),
    _("an ID number has 18 characters"),
    _("a digit of the ID number is wrong"),
    _("write the name as it stands on the ID card"),
    _("from 0 to 1000000 days"),
    _("at most 20 characters"),
    _("you have 100 links; use one of them"),
    _("choose one of the list"),
    _("write the account"),
    _("write the name as the account has it"),
    _("write the name of the bank"),
    _("at most 60 characters"),
    _("a Stripe account begins with acct_"),
    _(
        "an Alipay account is a mainland mobile number, an e-mail address, "
        "or a user id of 16 digits that begins with 2088"
    ),
    _("a bank card number has 12 to 19 digits"),
    _("a digit of the card number is wrong"),
    _("say why: whoever asks later must see it"),
    _("at most 200 characters"),
    _("this promoter is not active"),
    _("nobody is reserved for himself"),
    _("the settlement was stopped"),
    _("a price must not be negative"),
    _("a course has a title"),
    _("a photo has at most 5 MB"),
    _("a photo has at most 40 megapixels"),
    _("this is no JPEG, PNG or WebP that can be read"),
    _("choose a time to come"),
    _("it has begun; set another price instead"),
    _("a lesson has a title"),
    _("a lesson takes from a minute to a day"),
    _("a trial lesson has a title, and a text or a video"),
    _("a trial lesson takes at least a minute"),
    _("a video is a path of this site, like /media/trial.mp4"),
    _("sign in by WeChat first, so that we know it"),
    _("Agreeing once to all payouts"),
    _("a tax rule never reaches into the past"),
    _("write a day"),
    _("number, account and amount are needed in every file"),
    _("it is below the least amount"),
    _("somebody else than who proposed it has to confirm"),
    _("it is below the amount a name goes from"),
    _("choose 1 to 5000 withdrawals"),
    _("they changed since you looked; look again and confirm"),
    _("no approved withdrawal goes to a bank account"),
    _("choose the bank's file first"),
    _("the file is larger than 4 MB"),
    _("the first line must name the columns number and result"),
    _("the file says two things of one number"),
    _("the bank sent it back"),
    _("a result is paid or returned"),
    _("the file is neither UTF-8 nor GB18030"),
    _("the file names a withdrawal that is not in this one"),
    _("write a word of 1 to 64 characters"),
    _("you have 200 words of your own; take one back"),
    _("write something"),
    _("at most 120 characters"),
    _("at most 200 characters"),
    _("at most 300 characters"),
    _("at most 1000 characters"),
    _("at most 2 characters"),
    _("say how it was decided"),
    _("say why it may stay"),
    _("write it as it stands on the licence"),
    _("it has ended already"),
    _("choose a PDF, JPEG or PNG file of at most 5 MB"),
    _("the school sees it, so it must say why"),
    _("say why in at least 10 characters"),
    _("at most 400 characters"),
    _("nobody here has this number or code"),
)


def status_of(error: errors.KefenError) -> int:
    """The HTTP status of an error; 500 for what is our own bug."""
    return next((status for kind, status in STATUSES if isinstance(error, kind)), 500)


def sentence(error: errors.KefenError, currency: str = "CNY") -> str:
    """What an error says, in the language being shown, with money and rates as people read them."""
    template = _IN_PERCENT.get(type(error))
    words = gettext(error.sentence) if template is None else str(template)
    shown = {name: _shown(error, name, value, currency) for name, value in error.params.items()}
    try:
        return words.format(**shown)
    except KeyError:  # a parameter that nobody gave is shown by its name
        return str(error)


def _shown(error: errors.KefenError, name: str, value: object, currency: str) -> object:
    if isinstance(error, errors.IllegalTransition):
        family, machine = _MACHINES.get(str(error.params.get("machine")), ("", ""))
        return _of_machine(name, str(value), family, machine)
    if isinstance(error, errors.NotAllowed):
        told = str(value)
        return policies.words_of(told) if name == "deed" else policies.words_of_roles(told)
    if isinstance(error, errors.VersionAbovePlatform) and name in ("limit", "worst"):
        return percent_bps(int(str(value)))
    if isinstance(value, int) and name in _MONEY | _RATES:
        return money_text(value, currency) if name in _MONEY else percent_bps(value)
    return _in_words(error, name, value) if isinstance(value, str) else value


def _in_words(error: errors.KefenError, name: str, value: str) -> str:
    """A text of an error in the language being shown."""
    if name == "missing":
        return ", ".join(str(labels.label("course_check", one)) for one in value.split(", "))
    if name in ("reason", "what", "action"):
        return gettext(value)
    if isinstance(error, errors.LicenceNeeded | errors.LicenceWaits):
        return ", ".join(str(labels.label("licence_kind", one)) for one in value.split(", "))
    public = isinstance(error, errors.ForbiddenWords) and name == "rule"
    known = _PUBLIC if public else _FIELDS if name == "field" else {}
    return str(known.get(value, value))


def _of_machine(name: str, value: str, family: str, machine: object) -> object:
    if not family:
        return value
    return machine if name == "machine" else labels.label(family, value)


def form_of(
    error: errors.KefenError, values: Mapping[str, str], currency: str = "CNY", *, field: str = ""
) -> Form:
    """A form that says what was refused: beside `field`, or beside the one the error names, or
    above the whole form."""
    said = sentence(error, currency)
    if isinstance(error, errors.ForbiddenWords):
        said = format_html("{} {}", said, marked(error))
        own = str(error.params.get("field", ""))
        field = own if own in values else field
    beside = field or (
        str(error.params.get("field", "")) if isinstance(error, errors.InvalidInput) else ""
    )
    if beside in _HIDDEN:
        return Form(values, {}, _beside(error, said))
    if beside in values:
        return Form(values, {beside: _beside(error, said)})
    return Form(values, {}, said)


def _beside(error: errors.KefenError, said: str) -> str:
    """Beside its field an error need not name the field: only what is to be done."""
    reason = str(error.params.get("reason", "")) if isinstance(error, errors.InvalidInput) else ""
    if not reason:
        return said
    words, stop = gettext(reason), gettext(".")
    return f"{words[:1].upper()}{words[1:]}{stop}"


_AROUND: Final = 16


def marked(error: errors.ForbiddenWords) -> SafeString:
    """What was written, with the forbidden words marked; a long text only around the first."""
    params: dict[str, Any] = error.params
    text, spans = str(params.get("text", "")), list(params.get("spans", ()))
    if not spans:
        return SafeString("")
    start = max(0, spans[0][0] - _AROUND)
    end = min(len(text), spans[0][1] + _AROUND)
    shown = [(first - start, last - start, word) for first, last, word in spans if last <= end]
    before, after = "…" if start else "", "…" if end < len(text) else ""
    return format_html(
        '<q class="marked">{}{}{}</q>', before, with_marks(text[start:end], shown), after
    )


def with_marks(text: str, spans: Sequence[tuple[int, int, str]]) -> SafeString:
    """A text with some places marked."""
    parts, at = [], 0
    for first, last, _word in spans:
        parts += [escape(text[at:first]), format_html("<mark>{}</mark>", text[first:last])]
        at = last
    return SafeString("".join([*parts, escape(text[at:])]))


def typed(posted: Mapping[str, Any]) -> dict[str, str]:
    """What somebody typed into a form, to be shown again."""
    return {
        str(name): str(value) for name, value in posted.items() if name != "csrfmiddlewaretoken"
    }
