"""A stand-in for WeChat's OAuth in demos and tests: the page with the yes, and the two calls."""
