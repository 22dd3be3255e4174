"""Which words no public text of a school may carry: ours, the platform's, the school's own."""
