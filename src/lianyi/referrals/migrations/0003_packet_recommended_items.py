"""Count what a form asks beyond the required items; forms written before are not counted, which is not zero."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0002_proposal_failure"),
    ]

    operations = [
        migrations.AddField(
            model_name="packet",
            name="items_recommended",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="further items of the form"),
        ),
        migrations.AddField(
            model_name="packet",
            name="recommended_given",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="further items given"),
        ),
    ]
