"""Live pages: what somebody watches is looked at again every second, and what changed is sent."""
