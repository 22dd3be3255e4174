"""Money leaving to promoters: request, tax, approval, sending, result."""
