"""The tree of errors, walked."""

from collections.abc import Iterator

from kefen.core.errors import KefenError


def leaves(root: type[KefenError] = KefenError) -> Iterator[type[KefenError]]:
    """Yield every class of the tree that has no subclass, in the order of definition."""
    children = root.__subclasses__()
    if not children:
        yield root
    for child in children:
        yield from leaves(child)
