"""What `{% cache %}` remembers, given back as it is: text needs no copy, since nobody can change it.

Django's own keeps it pickled, which for a page of 60 KB costs more than to draw a small one.
"""

from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.locmem import LocMemCache


class TextCache(LocMemCache):
    """A `LocMemCache` for what cannot be changed: text, and tuples."""

    # Django's own, which its stubs leave out.
    _lock: Any
    _cache: Any
    _has_expired: Any
    _delete: Any
    _set: Any

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        key = self.make_and_validate_key(key, version=version)
        with self._lock:
            if self._has_expired(key):
                self._delete(key)
                return default
            self._cache.move_to_end(key, last=False)
            return self._cache[key]

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        key = self.make_and_validate_key(key, version=version)
        with self._lock:
            self._set(key, value, timeout)

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        key = self.make_and_validate_key(key, version=version)
        with self._lock:
            if not self._has_expired(key):
                return False
            self._set(key, value, timeout)
            return True
