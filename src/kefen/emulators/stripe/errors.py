"""Refusals in Stripe's shape."""

import json

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response


class Refusal(HTTPException):
    """`kept`: the work had begun, so that the idempotency key answers the same again."""

    def __init__(
        self, status: int, kind: str, message: str, *, code: str = "", param: str = "", kept: bool
    ) -> None:
        super().__init__(message)
        self.code = status
        self.kept = kept
        known = {"code": code, "param": param}
        self.content = {
            "error": {
                "type": kind,
                "message": message,
                **{name: value for name, value in known.items() if value},
            }
        }

    def respond(self) -> Response:
        """As it goes over the wire."""
        return answer(self.content, status=self.code or 500)


def answer(content: object, *, status: int = 200) -> Response:
    """JSON as Stripe writes it."""
    return Response(json.dumps(content, indent=2), status=status, mimetype="application/json")


def wrong(message: str, *, code: str = "", param: str = "", status: int = 400) -> Refusal:
    """The request cannot be understood; nothing was begun."""
    return Refusal(status, "invalid_request_error", message, code=code, param=param, kept=False)


def missing(noun: str, key: str, param: str = "id", *, status: int = 404) -> Refusal:
    """There is no such thing, for this account."""
    return wrong(f"No such {noun}: '{key}'", code="resource_missing", param=param, status=status)


def refused(message: str, *, code: str = "", param: str = "") -> Refusal:
    """It was understood, tried and refused."""
    return Refusal(400, "invalid_request_error", message, code=code, param=param, kept=True)
