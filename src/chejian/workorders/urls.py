from django.urls import URLPattern, path

from chejian.workorders.views import approvals, facts, head, lines, panels, parts, work

ORDER = "work-orders/<int:pk>/"

urlpatterns: list[URLPattern] = [
    path(f"{ORDER}panels/", panels.order_panels, name="order_panels"),
    path(f"{ORDER}panels/<slug:name>/", panels.order_panel, name="order_panel"),
    path(f"{ORDER}receptions/", head.receptions, name="order_receptions"),
    path(f"{ORDER}head/", head.head, name="order_head"),
    path(f"{ORDER}completions/", head.completions, name="order_completions"),
    path(f"{ORDER}holds/", head.holds, name="order_holds"),
    path(f"{ORDER}resumptions/", head.resumptions, name="order_resumptions"),
    path(f"{ORDER}reopenings/", head.reopenings, name="order_reopenings"),
    path(f"{ORDER}voids/", head.voids, name="order_voids"),
    path(f"{ORDER}line-lookup/", lines.line_lookup, name="order_line_lookup"),
    path(f"{ORDER}jobs/", lines.jobs, name="order_jobs"),
    path(f"{ORDER}jobs/<int:job_pk>/proposals/", lines.job_proposals, name="job_proposals"),
    path(f"{ORDER}jobs/<int:job_pk>/clocks/", work.job_clocks, name="job_clocks"),
    path(f"{ORDER}jobs/<int:job_pk>/pauses/", work.job_pauses, name="job_pauses"),
    path(f"{ORDER}jobs/<int:job_pk>/completions/", work.job_completions, name="job_completions"),
    path(f"{ORDER}lines/<slug:key>/", lines.line, name="order_line"),
    path(f"{ORDER}lines/<slug:key>/shares/", lines.line_shares, name="line_shares"),
    path(f"{ORDER}lines/<slug:key>/discount-requests/", approvals.discount_requests,
         name="discount_requests"),
    path(f"{ORDER}lines/<slug:key>/cancellations/", lines.line_cancellations,
         name="line_cancellations"),
    path(f"{ORDER}approvals/", approvals.approvals, name="order_approvals"),
    path(f"{ORDER}assignments/", work.assignments, name="order_assignments"),
    path(f"{ORDER}part-requests/", parts.part_requests, name="part_requests"),
    path(f"{ORDER}part-requests/<int:request_pk>/cancellations/",
         parts.part_request_cancellations, name="part_request_cancellations"),
    path(f"{ORDER}part-lines/<int:line_pk>/issues/", parts.part_issues, name="part_issues"),
    path(f"{ORDER}part-issues/<int:issue_pk>/returns/", parts.part_returns, name="part_returns"),
    path(f"{ORDER}concerns/", facts.concerns, name="order_concerns"),
    path(f"{ORDER}concerns/<int:concern_pk>/", facts.concern, name="order_concern"),
    path(f"{ORDER}concerns/<int:concern_pk>/removals/", facts.concern_removals,
         name="concern_removals"),
    path(f"{ORDER}walkaround/", facts.walkaround, name="order_walkaround"),
    path(f"{ORDER}photos/", facts.photos, name="order_photos"),
    path(f"{ORDER}papers/", facts.papers, name="order_papers"),
]
