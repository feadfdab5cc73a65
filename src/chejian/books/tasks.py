"""What the worker does for the books: their sums."""

from django.utils import timezone
from procrastinate.contrib.django import app

from chejian.books.summing import refresh


@app.periodic(cron="* * * * *")
@app.task(name="books.refresh_sums", queueing_lock="books.refresh_sums")
def refresh_sums(timestamp: int) -> None:
    """Every minute, so that a page adds up a minute's postings at most, and after every start."""
    refresh(at=timezone.now())
