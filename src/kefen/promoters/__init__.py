"""The people enrolled to promote: applying, approving, suspending, groups, inviters."""
