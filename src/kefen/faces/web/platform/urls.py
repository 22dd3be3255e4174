"""Addresses of the platform's console."""

from django.urls import path

from kefen.faces.web.platform import (
    audit,
    audit_files,
    health,
    institution,
    institutions,
    licences,
    limits,
    reveals,
    risk,
)

_ONE = "platform/institutions/<str:of>"

urlpatterns = [
    path("platform/", institutions.institutions, name="platform_institutions"),
    path(
        "platform/institutions",
        institutions.institution_create,
        name="platform_institution_create",
    ),
    path(_ONE, institution.institution, name="platform_institution"),
    path(f"{_ONE}/state", institution.change_state, name="platform_institution_state"),
    path(f"{_ONE}/plan", institution.change_plan, name="platform_institution_plan"),
    path("platform/limits", limits.limits, name="platform_limits"),
    path("platform/limits/review", limits.review, name="platform_limits_review"),
    path("platform/risk", risk.risk, name="platform_risk"),
    path("platform/health", health.health, name="platform_health"),
    path("platform/jobs/<int:job>/retry", health.retry, name="platform_job_retry"),
    path("platform/audit", audit.audit, name="platform_audit"),
    path("platform/audit/file", audit_files.ask, name="platform_audit_file"),
    path("platform/tasks", audit_files.tasks, name="platform_tasks"),
    path("platform/tasks/<uuid:id>/file", audit_files.file, name="platform_file"),
    path("platform/tasks/<uuid:id>/retry", audit_files.retry, name="platform_file_retry"),
    path("platform/licences", licences.queue, name="platform_licences"),
    path("platform/licences/<str:slug>/<str:id>", licences.licence, name="platform_licence"),
    path("platform/licences/<str:slug>/<str:id>/scan", licences.scan, name="platform_licence_scan"),
    path("platform/reveals", reveals.listed, name="platform_reveals"),
    path("platform/reveals/<str:slug>/opened/<str:id>", reveals.revealed, name="platform_revealed"),
    path(
        "platform/reveals/<str:slug>/<str:subject>/<str:key>",
        reveals.subject,
        name="platform_subject",
    ),
]
