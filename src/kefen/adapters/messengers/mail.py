"""E-mail through the SMTP server that settings name."""

import smtplib

from django.core.mail import EmailMessage

from kefen.core.errors import ChannelRejected, ChannelUnavailable
from kefen.ports.messengers import Message


class Mail:
    """Delivers letters; what is refused for good is told apart from a server that is away."""

    name = "mail"
    mailbox = ""

    def send(self, message: Message) -> None:
        """Hand one letter to the server."""
        letter = EmailMessage(subject=message.subject, body=message.text, to=[message.to])
        try:
            letter.send()
        except smtplib.SMTPRecipientsRefused as error:
            raise ChannelRejected(channel=self.name, reason="the address was refused") from error
        except (OSError, smtplib.SMTPException) as error:
            raise ChannelUnavailable(channel=self.name) from error
