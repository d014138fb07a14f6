"""What the sending hospitals can miss: the list, and the limits of one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from lianyi.accounts.access import decide, get_in_scope, require
from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.dispatch import commands
from lianyi.dispatch.authority import plans
from lianyi.dispatch.donor_forms import DonorLimitsForm, DonorTable
from lianyi.dispatch.donor_limits import limits_of, senders
from lianyi.dispatch.models import DonorLimits
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.listing import list_response
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, command_context, page
from lianyi.partnerships.views.parts import FormPage, run_form


@require_safe
@page
def donor_list(request: HttpRequest) -> HttpResponse:
    """Show what each sending hospital within the own reach can miss."""
    actor = acting(request)
    require(actor, "dispatch.read")
    if not plans(actor):
        raise NotFoundInScopeError("This role plans nothing.", model="DonorLimits")
    may_write = decide(actor, "dispatch.write").allowed
    return list_response(
        request,
        table_class=DonorTable,
        rows=senders(actor),
        title=_("What each hospital can miss"),
        export_name="donor-limits",
        template="dispatch/donors.html",
        context={
            "may_write": may_write,
            "import_url": f"{reverse('registry:imports')}?kind=donor_limits",
            "breadcrumbs": [_scenarios_crumb()],
        },
    )


def _scenarios_crumb() -> Crumb:
    return Crumb(_("Plan scenarios"), reverse("dispatch:plan-scenarios"))


@require_http_methods(["GET", "HEAD", "POST"])
@page
def donor(request: HttpRequest, pk: int) -> HttpResponse:
    """Write what one hospital can miss."""
    actor = acting(request)
    require(actor, "dispatch.write")
    if not plans(actor):
        raise NotFoundInScopeError("This role plans nothing.", model="DonorLimits")
    institution = get_in_scope(actor, senders(actor), pk)
    row = limits_of(actor, [institution.pk]).get(institution.pk)
    form = DonorLimitsForm(row, request.POST or None)
    listed = reverse("dispatch:donors")
    about = FormPage(
        title=_("What %(hospital)s can miss") % {"hospital": name_of(institution)},
        submit_label=gettext_lazy("Save"),
        cancel_url=listed,
        done=gettext_lazy("The limits are saved. Search again, so that plans keep them."),
        crumbs=[_scenarios_crumb(), Crumb(_("What each hospital can miss"), listed)],
        template="dispatch/donor_form.html",
    )

    def run() -> DonorLimits:
        version = form.cleaned_data["expected_version"] or 0
        return commands.set_donor_limits(command_context(request), institution, form.limits(), version)

    return run_form(request, form, about, run, lambda _row: listed)
