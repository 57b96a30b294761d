from django.db import migrations, models
from django.db.models import F


class AddIndexNullsFirst(migrations.AddIndex):
    """With those who never signed in in front, as the list of users asks for them, and as SQLite sorts anyway."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        index = models.Index(F("last_login").asc(nulls_first=True), "id", name=self.index.name)
        schema_editor.add_index(to_state.apps.get_model(app_label, self.model_name), index)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_search'),
    ]

    operations = [
        AddIndexNullsFirst('user', models.Index(fields=['last_login', 'id'], name='user_last_sign_in')),
    ]
