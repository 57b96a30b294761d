"""What others may want to know of the settings."""

from django.dispatch import Signal

# Sent inside the transaction of the save. Keyword arguments: `settings`, the saved ones; `before`, the ones that were
# saved before; `changed`, names of fields.
settings_saved = Signal()
