# A patient goes back only when somebody was asked; the plan keeps who it was.

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("referrals", "0004_rungs_without_end")]

    operations = [
        migrations.AddField(
            model_name="returnplan",
            name="agreed_by",
            field=models.CharField(
                blank=True,
                choices=[("patient", "the patient"), ("family", "the family, for the patient")],
                max_length=8,
                verbose_name="who agreed to go back",
            ),
        ),
    ]
