"""Believable screens for the styleguide and its tests; no database, nothing real."""

from kefen.faces.web.samples.book import Sample, every_sample

__all__ = ["Sample", "every_sample"]
