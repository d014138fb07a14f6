"""Forms about the decision of proposed changes."""

from __future__ import annotations

from lianyi.registry.forms.fields import RecordForm, reason_field


class DecisionForm(RecordForm):
    """Agreeing, or taking one's own proposal back: a reason is welcome."""

    reason = reason_field()


class RefusalForm(RecordForm):
    """Refusing: the proposer is told why."""

    reason = reason_field(required=True)
