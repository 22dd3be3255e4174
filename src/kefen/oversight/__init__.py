"""What those who run the installation see of institutions: counts and sums, gathered by jobs."""
