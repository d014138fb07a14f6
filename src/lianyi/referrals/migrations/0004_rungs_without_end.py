# The ladder is climbed again while nobody acts, so its rungs may be many.

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("referrals", "0003_packet_recommended_items")]

    operations = [
        migrations.AlterField(
            model_name="clock",
            name="rung",
            field=models.PositiveIntegerField(default=0, verbose_name="rung of the ladder"),
        ),
        migrations.AlterField(
            model_name="consultation",
            name="rung",
            field=models.PositiveIntegerField(default=0, editable=False, verbose_name="rung of the ladder"),
        ),
        migrations.AlterField(
            model_name="escalation", name="rung", field=models.PositiveIntegerField(verbose_name="rung")
        ),
    ]
