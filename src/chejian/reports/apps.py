from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "chejian.reports"
    label = "reports"

    def ready(self) -> None:
        from chejian.accounts.listing import register
        from chejian.core.exports import register_source
        from chejian.reports.exporting import source_of
        from chejian.reports.subjects import ALL

        for subject in ALL:
            register(subject.spec)
            register_source(f"figures-{subject.key}", source_of(subject))
