"""Who the data belongs to: institutions, the scope of a query, and the platform's limits."""
