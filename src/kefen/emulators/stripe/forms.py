"""Form encoding with brackets: `a[b]=1&c[0]=2` is {"a": {"b": "1"}, "c": ["2"]}."""

from collections.abc import Iterable
from typing import Any

from kefen.emulators.stripe.errors import wrong

_DEEPEST = 8


def nested(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The parameters of a request."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        steps = name.replace("]", "").split("[")
        if len(steps) > _DEEPEST or not steps[0]:
            raise wrong(f"Invalid parameter: {name}", param=name)
        inside = found
        for step in steps[:-1]:
            inside = inside.setdefault(step, {})
            if not isinstance(inside, dict):
                raise wrong(f"Invalid parameter: {name}", param=name)
        inside[steps[-1] or str(len(inside))] = value
    return {name: _with_lists(value) for name, value in found.items()}


def _with_lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inside = {name: _with_lists(one) for name, one in value.items()}
    if inside and all(name.isdigit() for name in inside):
        return [inside[name] for name in sorted(inside, key=int)]
    return inside


def text(params: dict[str, Any], name: str, *, needed: bool = False) -> str:
    """A text; empty where it is not given."""
    value = params.get(name, "")
    if not isinstance(value, str):
        raise wrong(f"Invalid string: {name}", param=name)
    if needed and not value:
        raise wrong(f"Missing required param: {name}.", code="parameter_missing", param=name)
    return value


def whole(params: dict[str, Any], name: str, *, least: int = 1) -> int:
    """A whole number."""
    value = text(params, name, needed=True)
    if not value.isascii() or not value.isdigit():
        raise wrong(f"Invalid integer: {value}", code="parameter_invalid_integer", param=name)
    if int(value) < least:
        raise wrong(
            f"This value must be greater than or equal to {least}.",
            code="parameter_invalid_integer",
            param=name,
        )
    return int(value)


def currency(params: dict[str, Any], name: str = "currency") -> str:
    """Three letters."""
    value = text(params, name, needed=True).lower()
    if len(value) != 3 or not value.isalpha():
        raise wrong(f"Invalid currency: {value}", param=name)
    return value


def group(params: dict[str, Any], name: str) -> dict[str, Any]:
    """Parameters inside a parameter."""
    value = params.get(name) or {}
    if not isinstance(value, dict):
        raise wrong(f"Invalid object: {name}", param=name)
    return value


def metadata(params: dict[str, Any]) -> dict[str, str]:
    """At most 50 entries, names of 40 letters, values of 500."""
    found = group(params, "metadata")
    for name, value in found.items():
        if not isinstance(value, str) or len(value) > 500 or len(name) > 40:
            raise wrong(
                "Metadata values have up to 500 characters, keys up to 40.", param="metadata"
            )
    if len(found) > 50:
        raise wrong("Metadata has up to 50 keys.", param="metadata")
    return found


def only(params: dict[str, Any], known: Iterable[str]) -> None:
    """Refuse what the address does not know."""
    unknown = set(params) - {"expand", *known}
    if unknown:
        name = min(unknown)
        raise wrong(f"Received unknown parameter: {name}", code="parameter_unknown", param=name)
