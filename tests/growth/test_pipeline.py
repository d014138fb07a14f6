"""The pipeline: stages completed or skipped, approvals that end, shares of rights, who still uses what."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import replace
from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from lianyi.accounts.errors import NotPermittedError
from lianyi.errors import InvalidInputError
from lianyi.growth.commands import pipeline as commands
from lianyi.growth.models import Innovation
from lianyi.growth.pipeline_errors import PipelineStepRefusedError
from lianyi.growth.pipeline_home import items
from lianyi.growth.queries import pipeline as queries
from lianyi.partnerships.queries import timeline
from lianyi.registry.imports import running
from lianyi.registry.imports.exporting import export_table
from lianyi.registry.imports.kinds import RowAction
from lianyi.rules.pipeline_stages import load_pipeline_stages
from tests.cast import Scene, acting_as, as_service, day
from tests.dispatch.page_parts import client_of, page_of, send, words
from tests.dispatch.test_imports import load, only_reason, preview_of
from tests.growth.pipeline_story import Inventing, inventing

pytestmark = pytest.mark.database
TABLES = ("innovations", "innovation_partners", "ethics_approvals", "innovation_uses", "innovation_use_checks",
          "innovation_gains", "innovation_steps")  # fmt: skip


@pytest.fixture
def story(scene: Scene) -> Inventing:
    return inventing(scene)


def test_the_catalogue_is_a_proposal_with_eight_stages_of_which_four_may_be_skipped() -> None:
    catalogue = load_pipeline_stages().on(day("2026-11-23"))
    assert [each.id for each in catalogue.stages if each.may_skip] == ["ethics", "trial", "property", "licence"]
    assert (len(catalogue.stages), catalogue.confidence.value) == (8, "unsourced")


def test_a_project_goes_from_an_idea_to_its_spread(story: Inventing) -> None:
    assert story.at_trial().stage == "trial"
    story.step("complete", "2024-09-01")
    story.step("skip", "2024-09-02", reason="样例：不申请")
    assert story.step("skip", "2024-09-03", reason="样例：不收费").stage == "first_use"
    with pytest.raises(PipelineStepRefusedError, match="no-use"):
        story.step("complete", "2024-10-01")
    commands.add_use(acting_as(story.office), story.innovation, story.scene.shan.pk, day("2024-10-01"))
    assert story.step("complete", "2024-10-02").stage == "spread"
    assert story.step("complete", "2024-12-01").state == "completed"
    told = [each.text_en for each in timeline(story.office, story.agreement) if each.kind == "technique"]
    assert "Sample device: Trial completed" in told


def test_what_may_not_be_skipped_and_what_does_not_follow_is_refused(story: Inventing) -> None:
    for name in ("skip", "back", "take_up", "fly"):
        with pytest.raises(PipelineStepRefusedError):
            story.step(name, "2024-02-01", reason="样例")
    with pytest.raises(InvalidInputError, match="what shows"):
        story.step("complete", "2024-02-01", evidence=" ")


def test_an_approval_that_has_ended_blocks_the_trial_and_is_shown(story: Inventing) -> None:
    story.at_trial(valid_to="2024-05-31")
    with pytest.raises(PipelineStepRefusedError, match="no-approval"):
        story.step("complete", "2024-06-01")
    assert [(item.count, item.tone) for item in items(story.office)] == [(1, "warning")]
    client = client_of(story.office)
    assert "No ethics approval is valid today" in page_of(client, "growth:innovation", story.innovation.pk)
    assert "no valid ethics approval" in page_of(client, "growth:pipeline")
    new = commands.NewApproval(
        approval_number="E-2", committee="样例", approved_on=day("2024-05-20"), valid_to=day("2024-12-31")
    )
    commands.add_approval(acting_as(story.office), story.innovation, new)
    assert story.step("complete", "2024-06-01").stage == "property"


def test_ethics_are_not_completed_without_an_approval(story: Inventing) -> None:
    story.step("complete", "2024-02-01")
    story.step("complete", "2024-03-01")
    with pytest.raises(PipelineStepRefusedError, match="no-approval"):
        story.step("complete", "2024-03-02")


def test_a_stopped_project_is_taken_up_again_where_it_stood(story: Inventing) -> None:
    story.step("complete", "2024-02-01")
    assert story.step("stop", "2024-03-01", reason="样例：企业退出").state == "stopped"
    row = story.step("take_up", "2024-05-01", reason="样例：新企业")
    assert (row.state, row.stage) == ("running", "partners")


def test_shares_of_one_day_are_the_whole_at_most(story: Inventing) -> None:
    first = story.partner("60")
    story.partner("40")
    with pytest.raises(InvalidInputError, match=r"100\.01"):
        story.partner("0.01")
    commands.end_partner(acting_as(story.office), first, day("2024-06-30"), first.version)
    assert story.partner("60", starts_on="2024-07-01").share_percent == Decimal(60)
    with pytest.raises(InvalidInputError, match="together"):
        story.partner("1", starts_on="2024-06-30", ends_on="2024-06-30")


def test_use_is_checked_after_twelve_months_and_what_stopped_counts_no_more(story: Inventing) -> None:
    today = timezone.localdate()
    use = commands.add_use(acting_as(story.office), story.innovation, story.scene.shan.pk, day("2024-02-01"))
    assert [each.check_due_on for each in queries.checks_due(story.office, today)] == [day("2025-02-01")]
    assert [item.count for item in items(story.office)] == [1]
    said = commands.NewUseCheck(checked_on=today, still_used=True)
    commands.check_still_used(acting_as(story.office), use, said)
    assert queries.checks_due(story.office, today) == []
    later = commands.NewUseCheck(checked_on=today - datetime.timedelta(days=30), still_used=False)
    commands.check_still_used(acting_as(story.office), use, later)
    # The last check decides, whatever was noted later of an earlier day.
    [found] = queries.uses(story.office, story.innovation.uses.all(), today)
    assert not found.is_over
    assert queries.innovations(story.office).get().use_count == 1
    other = commands.add_use(acting_as(story.office), story.innovation, story.scene.jia.pk, day("2024-03-01"))
    assert queries.innovations(story.office).get().use_count == 2
    stopped = commands.NewUseCheck(checked_on=today, still_used=False)
    commands.check_still_used(acting_as(story.office), other, stopped)
    assert queries.innovations(story.office).get().use_count == 1


def test_what_it_brought_is_corrected_by_another_line(story: Inventing) -> None:
    new = commands.NewGain(stage="idea", kind="money", quantity=Decimal(900), on=day("2024-02-01"))
    first = commands.add_gain(acting_as(story.office), story.innovation, new)
    right = commands.NewGain(stage="idea", kind="money", quantity=Decimal(90), on=day("2024-02-01"))
    commands.correct_gain(acting_as(story.office), first, right)
    assert queries.gain_sums(queries.gains(story.office, story.innovation)) == [("money (yuan)", Decimal(90))]


def test_an_outsider_writes_nothing(story: Inventing) -> None:
    with pytest.raises(NotPermittedError):
        commands.add_use(acting_as(story.scene.office_lin), story.innovation, story.scene.lin.pk, day("2024-02-01"))


def test_the_board_and_the_forms_work_together(story: Inventing) -> None:
    client = client_of(story.office)
    assert "Sample device" in page_of(client, "growth:pipeline")
    assert "DEVICE" in page_of(client, "growth:innovations", stage="idea")
    address = ("growth:innovation-step", story.innovation.pk, "complete")
    assert send(client, *address, on="2024-02-01").status_code == 422
    assert send(client, *address, on="2024-02-01", evidence="样例意见").status_code == 302
    share = {"kind": "company", "name_zh": "样例公司", "part": "样机", "starts_on": "2024-02-01"}
    partner = ("growth:innovation-partner-new", story.innovation.pk)
    assert send(client, *partner, **share, share_percent="70").status_code == 302
    refused = send(client, *partner, **share, share_percent="40")
    assert (refused.status_code, "100 % at most" in refused.content.decode()) == (422, True)
    text = words(page_of(client, "growth:innovation", story.innovation.pk))
    assert "Shares of today together: 70 %" in text
    assert "2 Partners here" in text
    use = {"institution": "SHAN", "first_used_on": "2024-03-01", "key": str(uuid.uuid4())}
    assert send(client, "growth:innovation-use-new", story.innovation.pk, **use).status_code == 302
    assert "spread-used" in page_of(client, "growth:innovation", story.innovation.pk)


def test_tables_come_in_and_an_export_reads_back_as_unchanged(story: Inventing) -> None:
    story.at_trial()
    # On one day back and on again: each step stays a line of its own.
    story.step("back", "2024-03-02", reason="样例：批件更正")
    story.step("complete", "2024-03-02")
    use = commands.add_use(acting_as(story.office), story.innovation, story.scene.shan.pk, day("2024-02-01"))
    commands.check_still_used(
        acting_as(story.office), use, commands.NewUseCheck(checked_on=day("2025-01-10"), still_used=True)
    )
    story.partner("40")
    new = commands.NewGain(stage="idea", kind="papers", quantity=Decimal(1), on=day("2024-02-01"))
    wrong = commands.add_gain(acting_as(story.office), story.innovation, new)
    commands.correct_gain(acting_as(story.office), wrong, replace(new, quantity=Decimal(2)))
    for kind in TABLES:
        content = export_table(story.office, kind, "xlsx", "zh-hans")
        preview = running.preview_table(story.office, kind, content, f"{kind}.xlsx", "zh-hans")
        assert len(preview.plans) == preview.counts[RowAction.UNCHANGED] > 0, kind
    gains = "innovation_code,number,stage,kind,quantity,on,corrects_number\n"
    load(acting_as(story.office), "innovation_gains", f"{gains}DEVICE,3,idea,papers,4,2024-02-02,2\n")
    assert queries.gain_sums(queries.gains(story.office, story.innovation)) == [("papers", Decimal(4))]
    ahead = preview_of(story.office, "innovation_gains", f"{gains}DEVICE,4,idea,papers,4,2024-02-02,5\n")
    assert "“5” is not known" in only_reason(ahead)
    head = "innovation_code,number,kind,name_zh,part,share_percent,starts_on\n"
    row = f"{head}DEVICE,9,company,样例二公司,软件,61,2024-03-01\n"
    assert "100 % at most" in only_reason(preview_of(story.office, "innovation_partners", row))


def test_steps_of_the_past_are_brought_by_the_installer_only(story: Inventing) -> None:
    head = "innovation_code,number,on,stage,step,evidence,reason\n"
    text = f"{head}DEVICE,1,2024-02-01,idea,complete,样例,\nDEVICE,2,2024-03-01,partners,stop,,样例\n"
    refused = preview_of(story.office, "innovation_steps", text)
    assert refused.counts[RowAction.REFUSE] == 2
    load(as_service(), "innovation_steps", text)
    row = Innovation.objects.get()
    assert (row.stage, row.state) == ("partners", "stopped")


@given(st.lists(st.sampled_from(["complete", "skip"]), min_size=1, max_size=8))
def test_the_stage_after_one_is_always_further_on(names: list[str]) -> None:
    catalogue = load_pipeline_stages().on(day("2026-11-23"))
    order = [each.id for each in catalogue.stages]
    here = order[0]
    for _name in names:
        following = catalogue.after(here)
        if following is None:
            assert here == order[-1]
            break
        assert order.index(following.id) == order.index(here) + 1
        here = following.id
