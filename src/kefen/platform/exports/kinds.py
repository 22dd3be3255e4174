"""What can be exported, by name; filled by each app's `exports.py` when Django is ready."""

from collections.abc import Callable, Mapping

from kefen.core.errors import NotFound
from kefen.platform.exports.contracts import Bundle, Sheet
from kefen.platform.identity.rights import Deed

Make = Callable[[Mapping[str, str]], Sheet | Bundle]

_kinds: dict[str, Make] = {}
_deeds: dict[str, Deed] = {}


def kind(name: str, *, deed: Deed = Deed.EXPORTS) -> Callable[[Make], Make]:
    """Register the function that makes sheets of this kind; `deed` is what a role must include to
    ask for them and to fetch them.

    It runs in a job, in the scope of the institution and the language of whoever asked, and raises
    InvalidInput for parameters that it cannot read; `actions.ask` does not call it.
    """

    def register(make: Make) -> Make:
        _kinds[name], _deeds[name] = make, deed
        return make

    return register


def maker(name: str) -> Make:
    """The function behind a name. Raises NotFound."""
    found = _kinds.get(name)
    if found is None:
        raise NotFound(what=f"export {name}")
    return found


def deed_of(name: str) -> Deed:
    """What a role must include for exports of this kind."""
    return _deeds.get(name, Deed.EXPORTS)
