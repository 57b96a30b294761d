from django.apps import AppConfig


class SettingsConfig(AppConfig):
    name = "settings_app"
    verbose_name = "SMTP settings"
    default_auto_field = "django.db.models.BigAutoField"
