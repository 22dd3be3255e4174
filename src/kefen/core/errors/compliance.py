"""What the limits of `domain.md §8` refuse."""

from __future__ import annotations

from kefen.core.errors.kinds import Conflict, NotPermitted, RuleViolation


class ComplianceViolation(RuleViolation):
    """A limit of `domain.md §8`; params name the `rule`, the `limit` and the `worst` case."""

    code = "compliance_violation"
    sentence = "Rule {rule} passes the limit {limit}: {worst}. Change it or ask the platform."


class RateAboveCap(ComplianceViolation):
    """Commission would be cut. Params: `rule`, `limit`, `worst` (a `WorstCase`), its fields."""

    code = "rate_above_cap"
    sentence = (
        "Rule {rule} pays {amount} ({rate_bps} bp) at worst, on course {course}; "
        "the cap is {cap} ({limit} bp). Lower the rule or raise the programme's limit."
    )


class VersionAbovePlatform(ComplianceViolation):
    """A programme's own limit above the platform's. Params: `rule`, `limit`, `worst` (bp)."""

    code = "version_above_platform"
    sentence = (
        "The programme's limit is {worst} bp; the platform allows {limit} bp. "
        "Lower it or ask the platform."
    )


class HoldBelowMinimum(ComplianceViolation):
    """Too short a hold. Params: `rule`, `limit`, `worst` (days)."""

    code = "hold_below_minimum"
    sentence = (
        "Commissions are held {worst} days; the platform asks for {limit}. Lengthen the hold."
    )


class OverlappingRules(ComplianceViolation):
    """Two rules of the same scopes at one time. Params: `rule`, `limit`, `worst` (the keys)."""

    code = "overlapping_rules"
    sentence = (
        "Rules {rule} and {worst} have the same scopes and overlap in time. "
        "Only one may apply: change the scope or the dates of one."
    )


class DuplicateRuleKey(ComplianceViolation):
    """One key twice in a version. Params: `rule`, `limit`, `worst`."""

    code = "duplicate_rule_key"
    sentence = "The rule key {rule} is used {worst} times. A key names one rule: rename the others."


class InvalidSteps(ComplianceViolation):
    """A ladder that is none. Params: `rule`, `limit` (what is asked), `worst` (what is there)."""

    code = "invalid_steps"
    sentence = "The steps of rule {rule} must {limit}, but {worst}. Correct the steps."


class MinorsCourse(ComplianceViolation):
    """School-subject training for minors in promotion. Params: `rule`, `limit`, `worst`."""

    code = "minors_course"
    sentence = (
        "Course {worst} is school-subject training for minors and cannot be promoted. "
        "Exclude it from promotion."
    )


class ForbiddenWords(ComplianceViolation):
    """A text with forbidden words. Params: `rule` (what is saved), `limit`, `worst` (words),
    `field` and its `text`, `spans` of the words in it."""

    code = "forbidden_words"
    sentence = "The text of {rule} contains forbidden words: {worst}. Reword it."


class PromoterTooYoung(ComplianceViolation):
    """Below the platform's age. Params: `rule`, `limit`, `worst` (years)."""

    code = "promoter_too_young"
    sentence = "A promoter must be {limit} years old; this person is {worst}. Apply later."


class OwnInviter(ComplianceViolation):
    """Somebody as his own inviter. Params: `rule`, `limit`, `worst` (promoter)."""

    code = "own_inviter"
    sentence = "{worst} cannot be his own inviter. Name another promoter or none."


class SplitTooLate(ComplianceViolation):
    """A hold or a refund time too long for a channel that divides payments. Params: `rule`,
    `limit`, `worst` (days), `channel`."""

    code = "split_too_late"
    sentence = (
        "{rule} is {worst} days, but {channel} divides a payment within {limit} at most. "
        "Shorten it, or switch splits off at {channel}."
    )


class SplitAboveChannel(ComplianceViolation):
    """Rebates above what a channel lets leave a payment. Params: `rule`, `limit`, `worst` (bp),
    `channel`."""

    code = "split_above_channel"
    sentence = (
        "{rule} is {worst} bp, but {channel} divides at most {limit} bp of a payment. "
        "Lower it, or switch splits off at {channel}."
    )


class LicenceNeeded(RuleViolation):
    """New rebate rules without a licence that the platform asks for. Params: `kinds`, the codes of
    what is missing or has ended, divided by commas."""

    code = "licence_needed"
    sentence = (
        "New rebate rules are published only while these licences are in force: {kinds}. What is "
        "in force goes on and everything owed is paid; hand in the licence under Compliance."
    )


class LicenceWaits(Conflict):
    """A second submission of a kind while one waits to be looked at. Params: `kind`."""

    code = "licence_waits"
    sentence = (
        "A licence of this kind waits for the platform already ({kind}). Wait for its answer, "
        "then hand in another."
    )


class RevealEnded(NotPermitted):
    """Personal data was asked for without a reveal that is open, of this subject and by whoever
    asks."""

    code = "reveal_ended"
    sentence = (
        "Nothing is shown: this look at personal data has ended or is not yours. Write the reason "
        "again to open another for 15 minutes."
    )
