from django.db import migrations, models


def note_what_was_sent(apps, schema_editor):
    """The record tells which packages went out, and when."""
    packages = apps.get_model("workflow", "Package").objects
    for entry in apps.get_model("workflow", "AuditEntry").objects.filter(verb="send_submission"):
        packages.filter(public_id=entry.codes["package"]).update(sent_at=entry.at)


class Migration(migrations.Migration):
    dependencies = [
        ("workflow", "0002_override_for_a_text"),
    ]

    operations = [
        migrations.AddField(
            model_name="package",
            name="sent_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.RunPython(note_what_was_sent, migrations.RunPython.noop),
    ]
