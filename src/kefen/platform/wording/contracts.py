"""What other rooms may know of words."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """The forbidden words by whose they are."""

    built_in: tuple[str, ...]
    platform: tuple[str, ...]
    own: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        """All of them, each once."""
        return tuple(dict.fromkeys(self.built_in + self.platform + self.own))


@dataclass(frozen=True, slots=True)
class PublicText:
    """A text that the public reads, as it is saved: `place` is what has it (`course:maths`),
    `title` what a person calls that, `field` which of its texts it is."""

    place: str
    title: str
    field: str
    text: str
