"""Jobs of identity: sending codes and invitations, forgetting old codes."""

import json
from uuid import UUID

from django.db import transaction

from kefen.platform import clock
from kefen.platform.identity import codes, members
from kefen.platform.identity.actions import sign_in_token
from kefen.platform.identity.models import Membership, OneTimeCode
from kefen.platform.identity.personal import unseal
from kefen.platform.jobs import every, plain_task, task
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


@task("identity.send_invitation")
def send_invitation(membership: str, sender: str, subject: str, words: str, address: str) -> None:
    """Hand an invitation to the messenger; whoever was removed meanwhile gets none."""
    row = Membership.objects.select_related("user").filter(id=UUID(membership)).first()
    medium = members.medium_of("" if row is None else row.contact)
    messenger = registry.messenger(medium)
    if row is None or messenger is None:
        return
    link = address.replace("{token}", sign_in_token(row.user, good_for=members.INVITED_FOR))
    text = words.replace("{link}", link)
    messenger.send(Message(medium, row.contact, sender, subject, text))


@every("41 4 * * *", "identity.tidy_codes")
def tidy_codes() -> None:
    """Once a day."""
    codes.tidy()
