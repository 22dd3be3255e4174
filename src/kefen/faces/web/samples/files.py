"""Sample screens of files that jobs write."""

from dataclasses import replace
from datetime import timedelta

from kefen.faces.web.samples.words import NOW, ago, say
from kefen.faces.web.shared.export_screens import ExportRow, ExportsScreen
from kefen.faces.web.shared.screens import Window


def exports() -> ExportsScreen:
    """Every state."""
    who = say("沈岚", "Shen Lan")
    rows = (
        ExportRow("1", "statement", "csv", ago(minutes=1), "queued", who=who),
        ExportRow("2", "statement", "xlsx", ago(minutes=2), "running", who=who),
        ExportRow(
            "3",
            "statement",
            "csv",
            ago(minutes=3),
            "running",
            12_400,
            48_210,
            25,
            who,
            filters="2026-11-01 · 2026-11-30",
        ),
        ExportRow(
            "4",
            "statement",
            "xlsx",
            ago(minutes=30),
            "ready",
            48_210,
            48_210,
            100,
            who,
            "zhixing-2026-10.xlsx",
            2_480_112,
            expires_at=NOW + timedelta(hours=23),
        ),
        ExportRow("5", "statement", "csv", ago(1), "failed", who=who, reason="broken"),
        ExportRow("6", "statement", "csv", ago(2), "expired", 310, 310, 100, who),
    )
    # Zero uuids: addresses of the sample are as long as real ones.
    fresh = "00000000-0000-7000-8000-00000000000"
    return ExportsScreen(tuple(replace(row, id=fresh + row.id) for row in rows), Window(len(rows)))


def exports_empty() -> ExportsScreen:
    """None."""
    return ExportsScreen((), Window(0))
