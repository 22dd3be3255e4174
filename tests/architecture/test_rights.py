"""Every verb of every room says whose work it is, or stands here with the reason why nobody of a
team starts it."""

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import kefen
from kefen.platform.identity import rights
from kefen.platform.identity.models import Role
from kefen.platform.identity.rights import MAY, Deed

# Modules of identity that are verbs as well, each its own room's worth.
VERBS_OF_IDENTITY = ("codes", "declare", "members", "proofs")

BY_JOBS = "a job, a channel's word or the replay does it; no page calls it for a team"
A_STEP = "a step of a verb that checks, under its locks"
HIS_OWN = "a promoter does it to what is his own"
A_STUDENT = "a student does it to what is his own"
ANYBODY = "anybody does it, without signing in"
SIGNING_IN = "somebody proves who he is; nobody is signed in yet"
A_MEMBERS_OWN = "a member of the team does it to what is his own"
THE_SERVER = "the command line or the demo alone, by whoever has the server"

NOT_BY_A_TEAM: dict[str, dict[str, str]] = {
    BY_JOBS: {
        "compliance": "look look_at",
        "commissions": (
            "ask_about_left book book_one book_payment chase_left chase_payments chase_refunds "
            "chase_strays mature refund "
            "return_stray run_backtest send_refund take_payment take_refund take_refund_result "
            "take_stray_result"
        ),
        "orders": "fail_refund mark_paid mark_refunded note_stuck_refund note_unpaid",
        "payouts": (
            "chase deliver erase_receivers fail_share fill_bank_file mark_shares_sent "
            "refresh_authorisations resume_bank_files resume_batches run_batch send "
            "settle_bank_file succeed_share take_result withdraw_by_split"
        ),
        "promoters": "enrol",
        "reconciliation": ("fetch judge reconcile reconcile_due review_corrections review_transit"),
        "referrals": "record_visits take_over_landings",
        "risk": "hold_all look_back scan",
        "splits": "advance gather wake",
        "standings": "close close_due",
        "platform.merchants": "claim_present",
        "platform.exports": "sweep tidy",
        "platform.inbox": "conclude lock store wake_open wake_order",
        "platform.identity.codes": "tidy",
        "ledger": "fold",
        "oversight": "gather gather_months note_audit",
        "platform.identity": "ensure_accounts name_accounts",
    },
    A_STEP: {
        "ledger": "digest_of lock open_accounts post",
        "commissions": "lock_commissions receive_stray",
        "orders": (
            "keep_stray leave_cashiers lock_left note_left_asked note_left_came "
            "note_left_decision note_left_known note_left_never note_left_unpaid reopen_visit "
            "still_open_here stop_asking_left lock_orders lock_stray note_stray_asked "
            "note_stray_failed note_stray_returned note_stray_stuck reopen_stray settle_stray "
            "stray_number"
        ),
        "payouts": "await_confirmation lock_shares mark_sent replace_share settle",
        "programmes": "ask_before_publishing check_published course_facts",
        "compliance": "require_licences",
        "reconciliation": "channels overtaken",
        "referrals": "attribute",
        "platform.audit": "record record_for_platform",
        "platform.merchants": "held_account hold shut_account speaking_as",
        "platform.identity": "lock_accounts normal_phone unnamed_codes",
    },
    HIS_OWN: {
        "payouts": (
            "ask_authorisation cancel end_authorisation remove_account request set_account "
            "set_telling"
        ),
        "commissions": "ask_about",
        "promoters": "leave",
        "referrals": "make_link",
        "platform.identity.declare": "declare_identity",
    },
    A_MEMBERS_OWN: {"platform.saved_filters": "remove save"},
    A_STUDENT: {
        "commissions": "ask_about_payment",
        "orders": (
            "PayBy ask_refund cancel close_cashiers close_rest close_visit "
            "keep_channel_number note_asked open_cashier place place_one shut_and_cancel"
        ),
        "promoters": "apply join",
        "referrals": "identify record_landing",
        "platform.identity": "account_with_phone",
    },
    ANYBODY: {"compliance": "complain"},
    SIGNING_IN: {
        "platform.identity": "link_user make_user sign_in_token user_of_token",
        "platform.identity.members": "medium_of normal_contact user_by_contact",
        "platform.identity.codes": "ask recipient_of use",
        "platform.identity.proofs": (
            "account_by_openid account_with_openid add_phone end_sessions_of knows_wechat "
            "move_wechat normal_email openid_of sign_out_everywhere user_by_email user_of "
            "wechat_app"
        ),
    },
    THE_SERVER: {
        "platform.tenancy": "push_clock",
        "platform.identity.proofs": "set_email set_wechat_app",
    },
}


def rooms() -> Iterator[tuple[str, ModuleType]]:
    """Every module of verbs, by the name of its room."""
    for found in pkgutil.walk_packages(kefen.__path__, "kefen."):
        parts = found.name.removeprefix("kefen.").split(".")
        if parts[-1] == "actions" and parts[0] not in ("faces", "adapters", "emulators"):
            yield ".".join(parts[:-1]), importlib.import_module(found.name)
    for name in VERBS_OF_IDENTITY:
        room = f"platform.identity.{name}"
        yield room, importlib.import_module(f"kefen.{room}")


def verbs(module: ModuleType) -> Iterator[tuple[str, Callable[..., Any]]]:
    """What a room offers: the names of its package, or the public functions of its file."""
    offered = getattr(module, "__all__", None)
    for name, value in vars(module).items():
        if not inspect.isfunction(value) or name.startswith("_"):
            continue
        inside = value.__module__ == module.__name__
        if name in offered if offered is not None else inside:
            yield name, value


def asks_itself(verb: Callable[..., Any]) -> bool:
    """Does the verb check in its own body, by what it finds there?"""
    tree = ast.parse(Path(inspect.getfile(inspect.unwrap(verb))).read_text("utf-8"))
    bodies = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    calls = {
        ast.unparse(n.func) for n in ast.walk(bodies[verb.__name__]) if isinstance(n, ast.Call)
    }
    return "rights.require" in calls or "_allowed" in calls


def exempt() -> set[str]:
    return {
        f"{room}.{name}"
        for excused in NOT_BY_A_TEAM.values()
        for room, names in excused.items()
        for name in names.split()
    }


def test_every_verb_says_whose_work_it_is() -> None:
    every = {f"{room}.{name}": verb for room, module in rooms() for name, verb in verbs(module)}
    assert len(every) > 100
    checked = {name for name, verb in every.items() if hasattr(verb, "right") or asks_itself(verb)}
    unsaid = set(every) - checked - exempt()
    assert unsaid == set(), "say by @needs whose work it is, or in this test why it is nobody's"
    assert exempt() & checked == set(), "it checks, so it needs no excuse"
    told = {name for name in exempt() if not name.endswith("PayBy")}
    assert told - set(every) == set(), "an excuse for what does not exist"


def test_the_table_has_every_deed_and_no_unknown_role() -> None:
    assert set(MAY) == set(Deed)
    assert {role for roles in MAY.values() for role in roles} <= {*Role.values, rights.PLATFORM}
    assert all(len(set(roles)) == len(roles) > 0 for roles in MAY.values())


def test_to_read_is_to_do_nothing() -> None:
    assert rights.deeds_of(Role.READ_ONLY) == frozenset()
    assert rights.deeds_of("") == frozenset()
