"""What kinds of errors there are."""

from __future__ import annotations

from typing import ClassVar


class _Shown(dict[str, object]):
    """Template values; a parameter nobody gave is shown as its name, not as a crash."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


class KefenError(Exception):
    """Root of the tree: a stable code, named parameters and a translatable sentence."""

    code: ClassVar[str] = "error"
    sentence: ClassVar[str] = "Something went wrong. Try again, or tell the operator."

    def __init__(self, **params: object) -> None:
        """Keep the parameters that `sentence` names; they are also for machines to read."""
        super().__init__()
        self.params: dict[str, object] = params

    def __str__(self) -> str:
        return self.sentence.format_map(_Shown(self.params))

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.params.items())
        return f"{type(self).__name__}({shown})"


class DomainError(KefenError):
    """An expected refusal, shown to the person who asked."""

    code = "domain_error"


class InvalidInput(DomainError):
    """A value that cannot be what it claims to be. Params: `field`, `reason`."""

    code = "invalid_input"
    sentence = "{field} is not valid: {reason}. Correct it and try again."


class NotFound(DomainError):
    """Something named does not exist here."""

    code = "not_found"
    sentence = "This was not found. Check the number and try again."


class NotPermitted(DomainError):
    """The person may not do this."""

    code = "not_permitted"
    sentence = "You may not do this. Ask somebody whose work it is."


class Conflict(DomainError):
    """What is asked does not fit the state that something is in."""

    code = "state_conflict"
    sentence = "This does not fit the present state. Reload and try again."


class RuleViolation(DomainError):
    """A rule of the institution or the platform refuses this."""

    code = "rule_violation"
    sentence = "A rule refuses this."


class InvariantBroken(KefenError):
    """What can never be, is. Our bug: stop and alert. Params: `invariant`."""

    code = "invariant_broken"
    sentence = "An internal rule is broken: {invariant}. Nothing was changed; we were alerted."
