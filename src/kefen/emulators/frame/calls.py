"""A request on its way to the handler that answers it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from werkzeug.wrappers import Request, Response

from kefen.emulators.frame.books import Books, Document


@dataclass(slots=True)
class Call:
    """`args` are the variables of the path, `books` are open in the call's transaction; `merchant`
    is who asks, once the channel has verified it."""

    request: Request
    route: "Route"
    args: Mapping[str, Any]
    books: Books
    merchant: Document = field(default_factory=dict)

    @property
    def target(self) -> str:
        """Path and query exactly as they were sent, which is what signatures cover."""
        environ = self.request.environ
        raw = environ.get("RAW_URI") or environ.get("REQUEST_URI")
        if raw is None:
            query = environ.get("QUERY_STRING", "")
            raw = self.request.path + (f"?{query}" if query else "")
        return str(raw)

    @property
    def mentioned(self) -> str:
        """A text in which every number stands that the request is about."""
        return f"{self.target} {self.request.get_data(as_text=True)}"


@dataclass(frozen=True, slots=True)
class Route:
    """An address and who answers there. `place` names it for faults. Inside `transaction` the
    handler's writes are kept if it answers and forgotten if it raises."""

    method: str
    path: str
    handler: Callable[[Call], Response]
    place: str = ""
    transaction: bool = True

    @property
    def is_own(self) -> bool:
        """Whether it is the emulator's, and not the channel's."""
        return self.path.startswith("/emulator/")
