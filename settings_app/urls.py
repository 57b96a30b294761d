from django.urls import path

from settings_app import views

app_name = "settings_app"

urlpatterns = [
    path("", views.smtp_settings, name="smtp-settings"),
    path("advice/", views.advice, name="advice"),
    path("fill/", views.fill, name="fill"),
]
