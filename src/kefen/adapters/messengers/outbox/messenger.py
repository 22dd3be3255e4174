"""The adapter: sending is putting it on the page."""

from django.urls import reverse

from kefen.adapters.messengers.outbox.models import SentMessage
from kefen.platform import clock
from kefen.ports.messengers import Message


class Outbox:
    """Delivers to a page of this installation."""

    name = "outbox"

    @property
    def mailbox(self) -> str:
        """The page."""
        return reverse("sandbox_messages:mailbox")

    def send(self, message: Message) -> None:
        """Put it there."""
        SentMessage.objects.create(
            medium=message.medium,
            to=message.to,
            sender=message.sender,
            subject=message.subject,
            text=message.text,
            at=clock.now(),
        )
