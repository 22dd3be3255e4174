"""What a school keeps an eye on."""
