"""Jobs of identity: sending a code, forgetting old ones."""

import json
from uuid import UUID

from django.db import transaction

from kefen.platform import clock
from kefen.platform.identity import codes
from kefen.platform.identity.models import OneTimeCode
from kefen.platform.identity.personal import unseal
from kefen.platform.jobs import every, plain_task
from kefen.ports import registry
from kefen.ports.messengers import Medium, Message


@plain_task("identity.send_code")
def send_code(code_id: str) -> None:
    """Hand a code to the messenger, once; what is too old or was sent already is left alone."""
    with transaction.atomic():
        row = OneTimeCode.objects.select_for_update().filter(id=UUID(code_id)).first()
        if row is None or not bytes(row.letter) or row.expires_at <= clock.now():
            return
        messenger = registry.messenger(Medium(row.medium))
        if messenger is None:
            return
        sender, subject, text = json.loads(unseal(bytes(row.letter), row.place))
        to = unseal(bytes(row.recipient), row.place)
        messenger.send(Message(Medium(row.medium), to, sender, subject, text))
        row.letter = b""
        row.save(update_fields=["letter"])


@every("41 4 * * *", "identity.tidy_codes")
def tidy_codes() -> None:
    """Once a day."""
    codes.tidy()
