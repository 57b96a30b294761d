from django.urls import path

from notifications.views import delivery_tests, outbox, samples, selected

app_name = "notifications"

TESTS = "authentication/smtp-settings/tests/"
LIST = "monitoring/notifications/"

urlpatterns = [
    path(TESTS, delivery_tests.start, name="test-start"),
    path(f"{TESTS}<uuid:pk>/", delivery_tests.page, name="test"),
    path(f"{TESTS}<uuid:pk>/panel/", delivery_tests.panel, name="test-panel"),
    path(f"{TESTS}<uuid:pk>/report.json", delivery_tests.report, name="test-report"),
    path(LIST, outbox.notifications, name="list"),
    path(f"{LIST}status/", outbox.status, name="status"),
    path(f"{LIST}export/", outbox.export_notifications, name="export"),
    path(f"{LIST}selected/", selected.selected, name="selected"),
    path(f"{LIST}try-now/", outbox.try_now, name="try-now"),
    path(f"{LIST}e-mails/", samples.first, name="samples"),
    path(f"{LIST}e-mails/<slug:name>/<slug:language>/", samples.sample, name="sample"),
    path(f"{LIST}e-mails/<slug:name>/<slug:language>/preview.html", samples.html, name="sample-html"),
    path(f"{LIST}e-mails/<slug:name>/<slug:language>/send/", samples.send_to_me, name="sample-send"),
    path(f"{LIST}<int:pk>/", outbox.notification, name="detail"),
    path(f"{LIST}<int:pk>/send-again/", outbox.send_again, name="send-again"),
    path(f"{LIST}<int:pk>/cancel/", outbox.cancel, name="cancel"),
    path(f"{LIST}<int:pk>/preview.html", outbox.preview_html, name="preview-html"),
    path(f"{LIST}<int:pk>/preview.txt", outbox.preview_text, name="preview-text"),
]
