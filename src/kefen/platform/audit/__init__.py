"""Who did what, when, with which before and after; append-only."""
