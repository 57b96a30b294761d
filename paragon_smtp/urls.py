"""Where the pages are put together."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import include, path
from django.urls.resolvers import URLPattern, URLResolver

from accounts.deeds import DEEDS
from accounts.roles import MANAGE_USERS
from accounts.sudo import concerns_administrator
from paragon_smtp import activation_link, machines, patience


def home(request: HttpRequest) -> HttpResponse:
    """An administrator starts at the settings, everybody else at their own account."""
    if request.user.has_perm("settings_app.change_smtpsettings"):
        return redirect("settings_app:smtp-settings")
    return redirect("accounts:own")


def changes_settings(request: HttpRequest, _kwargs: dict[str, Any]) -> bool:
    return request.user.has_perm("settings_app.change_smtpsettings")


def changes_administrators(request: HttpRequest, kwargs: dict[str, Any]) -> bool:
    return request.user.has_perm(MANAGE_USERS) and concerns_administrator(request, kwargs)


def is_administrator(request: HttpRequest, _kwargs: dict[str, Any]) -> bool:
    return bool(getattr(request.user, "is_superuser", False))


# Which pages ask for the password again, and when: what is sent to them, where it was entered too long ago.
ASKS_FOR_PASSWORD: dict[str, Callable[[HttpRequest, dict[str, Any]], bool]] = {
    "settings_app:smtp-settings": changes_settings,
    "accounts:own-edit": is_administrator,
    "accounts:import-confirm": is_administrator,
    "accounts:user-add": changes_administrators,
    "accounts:user-edit": changes_administrators,
    "accounts:users-selected": changes_administrators,
    "show-activation-link": changes_administrators,
    **{deed.route: changes_administrators for deed in DEEDS.values()},
}

handler500 = patience.failed

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home, name="home"),
    path("healthz", machines.healthz, name="healthz"),
    path("readyz", machines.readyz, name="readyz"),
    path("metrics", machines.figures, name="metrics"),
    # Those with a beginning of their own come first: one look passes over each of them.
    path("administration/authentication/smtp-settings/", include("settings_app.urls")),
    path("administration/monitoring/audit-trail/", include("audit.urls")),
    path("administration/", include("notifications.urls")),
    path("", include("accounts.urls")),
    path("administration/user-management/users/<int:pk>/show-link/", activation_link.show, name="show-activation-link"),
]
