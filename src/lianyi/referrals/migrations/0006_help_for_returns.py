# Help that a lower unit asks for has a due time, and one reminder.

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("referrals", "0005_who_agreed_to_go_back")]

    operations = [
        migrations.AddField(
            model_name="returnneed",
            name="due_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="due"),
        ),
        migrations.AddField(
            model_name="returnneed",
            name="reminded_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="reminded"),
        ),
    ]
