"""Where the pages are put together."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import include, path
from django.urls.resolvers import URLPattern, URLResolver

from paragon_smtp import machines


def home(request: HttpRequest) -> HttpResponse:
    """An administrator starts at the settings, everybody else at their own account."""
    if request.user.has_perm("settings_app.change_smtpsettings"):
        return redirect("settings_app:smtp-settings")
    return redirect("accounts:own")


urlpatterns: list[URLPattern | URLResolver] = [
    path("", home, name="home"),
    path("healthz", machines.healthz, name="healthz"),
    path("readyz", machines.readyz, name="readyz"),
    path("metrics", machines.figures, name="metrics"),
    path("", include("accounts.urls")),
    path("administration/authentication/smtp-settings/", include("settings_app.urls")),
    path("administration/monitoring/audit-trail/", include("audit.urls")),
    path("administration/", include("notifications.urls")),
]
