"""People: sign-in users, accounts at an institution, roles; personal data encrypted."""
