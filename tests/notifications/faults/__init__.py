"""Tables of what can go wrong at real servers, and of what is odd there and right."""
