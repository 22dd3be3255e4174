"""On which line of a JSON document a field stands, so that a complaint can name it."""

import re
from json import JSONDecoder

_SPACE = re.compile(r"[ \t\n\r]*")
_LAST = re.compile(r"(\.[^.\[]*|\[\d+\])$")


def line_of(text: str, field: str) -> int:
    """The line of `text` (valid JSON) on which `field` stands, or what is nearest around it.

    `field` is a path like `versions[0].rules[1].key`; the name of a key that stands twice in one
    object finds the second of them.
    """
    places = _Places(text)
    if field in places.repeated:
        return places.repeated[field]
    while field and field not in places.lines:
        shorter = _LAST.sub("", field)
        field = shorter if shorter != field else ""
    return places.lines.get(field, 1)


class _Places:
    """The lines of all paths of a document."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines: dict[str, int] = {}
        self.repeated: dict[str, int] = {}
        self._value(0, "")

    def _after_space(self, at: int) -> int:
        found = _SPACE.match(self.text, at)
        return at if found is None else found.end()

    def _note(self, path: str, at: int) -> None:
        self.lines.setdefault(path, self.text.count("\n", 0, at) + 1)

    def _value(self, at: int, path: str) -> int:
        """Walk over the value that begins after `at`; answers where it ends."""
        at = self._after_space(at)
        self._note(path, at)
        opening = self.text[at]
        if opening not in "{[":
            return JSONDecoder().raw_decode(self.text, at)[1]
        place, seen = 0, set[str]()
        at = self._after_space(at + 1)
        while self.text[at] not in "}]":
            if opening == "{":
                key, after = JSONDecoder().raw_decode(self.text, at)
                own = f"{path}.{key}" if path else key
                if key in seen:
                    self.repeated[key] = self.text.count("\n", 0, at) + 1
                seen.add(key)
                self._note(own, at)
                at = self._after_space(after) + 1
            else:
                own = f"{path}[{place}]"
            place += 1
            at = self._after_space(self._value(at, own))
            if self.text[at] == ",":
                at = self._after_space(at + 1)
        return at + 1
