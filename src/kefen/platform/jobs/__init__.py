"""Work for later: declared in each room's tasks.py, enqueued by name in the caller's transaction.

`declare` says what a task is, `enqueue` puts one into the queue. Both know procrastinate; nobody
else does, except the worker itself (`kefen.ops`).
"""

from kefen.platform.jobs.alone import alone
from kefen.platform.jobs.declare import every, every_institution, plain_task, task
from kefen.platform.jobs.enqueue import enqueue

__all__ = ["alone", "enqueue", "every", "every_institution", "plain_task", "task"]
