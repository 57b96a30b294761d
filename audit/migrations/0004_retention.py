from django.db import migrations

from audit import append_only


class Migration(migrations.Migration):
    """What is older than a year may be put away. The version before writes as it did."""

    dependencies = [
        ('audit', '0003_append_only'),
    ]

    operations = [
        migrations.RunPython(append_only.forbid, migrations.RunPython.noop),
    ]
