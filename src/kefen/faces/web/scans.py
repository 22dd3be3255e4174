"""Scans of licences on their way to a browser: to be kept, never shown in the place of a page."""

from django.http import HttpResponse

from kefen.compliance.contracts import Scan


def attachment(scan: Scan) -> HttpResponse:
    """The file as what it was found to be, and nothing that runs."""
    response = HttpResponse(scan.content, content_type=scan.media_type)
    response["Content-Disposition"] = f'attachment; filename="{scan.name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
