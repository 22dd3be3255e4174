"""What the platform gathers of institutions."""
