"""What the whole suite logs and prints is read for secrets and personal data: the rules and what
tests planted (`scan`), the plugin that listens (`watch`), and the proof that both can fail."""
