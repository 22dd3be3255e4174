"""What an audit found."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference: which check, about what, what should be and what is."""

    check: str
    subject: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.check}: {self.subject}: expected {self.expected}, found {self.found}"
