"""Coming back: when a page is asked again, what tells that it changed, and the schedule that runs by itself."""
