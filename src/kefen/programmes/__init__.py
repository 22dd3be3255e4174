"""An institution's published terms, in immutable versions."""
