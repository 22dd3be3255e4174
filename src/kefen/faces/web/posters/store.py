"""Drawn posters on disk, found by what they show: other content is another picture."""

import json
import os
from collections.abc import Callable
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

import structlog

from kefen.faces.web.posters.content import Poster
from kefen.faces.web.posters.draw import DRAWING

logger = structlog.get_logger(__name__)


def key_of(poster: Poster, look: str, terms: str) -> str:
    """What a picture is known by: all that is drawn, how, and the terms it was made under."""
    content = json.dumps([DRAWING, look, terms, asdict(poster)], ensure_ascii=False)
    return sha256(content.encode()).hexdigest()[:32]


def kept(folder: Path, name: str, key: str, draw: Callable[[], bytes]) -> bytes:
    """The picture of this name with this content, drawn if it is not there.

    Of one name only the newest is kept. A disk that cannot be written costs time, not the answer.
    """
    place = folder / f"{name}.{key}.jpg"
    try:
        return place.read_bytes()
    except OSError:
        data = draw()
    try:
        _write(place, data)
        for other in folder.glob(f"{name}.*.jpg"):
            if other != place:
                other.unlink(missing_ok=True)
    except OSError as error:
        logger.warning("poster_not_kept", place=str(place), error=str(error))
    return data


def _write(place: Path, data: bytes) -> None:
    """Whole or not at all, whoever else writes the same."""
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = place.with_suffix(f".{os.getpid()}-{id(data)}")
    draft.write_bytes(data)
    draft.replace(place)
