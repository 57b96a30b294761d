"""What Celery calls. Thin: may run twice, and be cut off, harmlessly."""

from celery import shared_task

from audit import pruning

AT_A_TIME = 50  # batches


@shared_task(name="audit.tasks.prune")
def prune() -> None:
    for _ in range(AT_A_TIME):
        if not pruning.prune():
            break
