"""Reasons why something about the pipeline is refused."""

from __future__ import annotations

from lianyi.accounts.errors import StateRefusedError


class PipelineStepRefusedError(StateRefusedError):
    """Where the project stands, this step cannot be taken; ``params['reason']`` says why."""

    code = "pipeline-step"
