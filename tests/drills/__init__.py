"""Drills: thousands of notifications under way while everything around them fails. `make drills`; docs/drills.md."""
