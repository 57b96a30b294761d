from django.conf import settings
from django.db import migrations, models

from audit import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0002_subject'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='entry',
            name='action',
            field=models.CharField(max_length=64),
        ),
        migrations.AlterField(
            model_name='entry',
            name='at',
            field=models.DateTimeField(auto_now_add=True),
        ),
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(fields=['-at', '-id'], name='audit_newest'),
        ),
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(fields=['action', '-at', '-id'], name='audit_newest_of_action'),
        ),
        migrations.RunPython(append_only.forbid, append_only.allow),
    ]
