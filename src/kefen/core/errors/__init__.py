"""Every error of the product, in one tree.

    KefenError
    ├─ DomainError                       expected; shown to the person; never alerts
    │  ├─ InvalidInput
    │  ├─ NotFound
    │  │  ├─ UnknownOrder · UnknownWithdrawal · UnknownPromoter · UnknownCourse · UnknownLink
    │  ├─ NotPermitted
    │  │  ├─ NotAllowed · LinkRefused · RevealEnded
    │  ├─ Conflict
    │  │  ├─ NumberConflict · PaidTwice · IllegalTransition · IdentityTaken · PhoneTaken
    │  │  ├─ SignalDecided
    │  │  ├─ QuestionOpen · OrderNotPaid · OrderNotOpen · WithdrawalNotOpen · AmountMismatch
    │  │  ├─ MerchantInUse · MerchantTaken · AlreadyMember · PublishedBetween
    │  │  ├─ InstitutionPaused
    │  │  ├─ LessonLinked · PayoutAccountChanged · LicenceWaits
    │  └─ RuleViolation
    │     ├─ BelowMinimum · InsufficientBalance · RefundExceedsPaid · RefundTimeOver
    │     ├─ PayoutBelowMinimum · PayoutAboveMaximum · RealNameNeeded · SecondPersonNeeded
    │     ├─ OwnMembership · LastOwner · OwnPayout
    │     ├─ IdentityMissing · PayoutAccountMissing · CodeRefused · TooOften · NotOffered
    │     ├─ CourseNotReady · ReleasedByPreparer · LicenceNeeded
    │     └─ ComplianceViolation
    │        ├─ RateAboveCap · VersionAbovePlatform · HoldBelowMinimum
    │        ├─ OverlappingRules · DuplicateRuleKey · InvalidSteps
    │        ├─ MinorsCourse · ForbiddenWords · PromoterTooYoung · OwnInviter
    │        ├─ SplitTooLate · SplitAboveChannel
    ├─ ChannelError                      the outside world
    │  ├─ ChannelUnavailable             try again
    │  ├─ ChannelRejected                final
    │  ├─ OutcomeUnknown                 ask again under the same number, never re-send
    │  └─ BadSignature
    └─ InvariantBroken                   our bug: stop and alert

The edge maps classes to HTTP. `sentence` says what happened, why, and what to do (`house.md`).
"""

from kefen.core.errors.channels import (
    BadSignature,
    ChannelError,
    ChannelRejected,
    ChannelUnavailable,
    OutcomeUnknown,
)
from kefen.core.errors.compliance import (
    ComplianceViolation,
    DuplicateRuleKey,
    ForbiddenWords,
    HoldBelowMinimum,
    InvalidSteps,
    LicenceNeeded,
    LicenceWaits,
    MinorsCourse,
    OverlappingRules,
    OwnInviter,
    PromoterTooYoung,
    RateAboveCap,
    RevealEnded,
    SplitAboveChannel,
    SplitTooLate,
    VersionAbovePlatform,
)
from kefen.core.errors.kinds import (
    Conflict,
    DomainError,
    InvalidInput,
    InvariantBroken,
    KefenError,
    NotFound,
    NotPermitted,
    RuleViolation,
)
from kefen.core.errors.payouts import (
    OwnPayout,
    PayoutAboveMaximum,
    PayoutAccountChanged,
    PayoutBelowMinimum,
    RealNameNeeded,
    ReleasedByPreparer,
    SecondPersonNeeded,
)
from kefen.core.errors.refusals import (
    AlreadyMember,
    AmountMismatch,
    BelowMinimum,
    CodeRefused,
    CourseNotReady,
    IdentityMissing,
    IdentityTaken,
    IllegalTransition,
    InstitutionPaused,
    InsufficientBalance,
    LastOwner,
    LessonLinked,
    LinkRefused,
    MerchantInUse,
    MerchantTaken,
    NotAllowed,
    NotOffered,
    NumberConflict,
    OrderNotOpen,
    OrderNotPaid,
    OwnMembership,
    PaidTwice,
    PayoutAccountMissing,
    PhoneTaken,
    PublishedBetween,
    QuestionOpen,
    RefundExceedsPaid,
    RefundTimeOver,
    SignalDecided,
    TooOften,
    UnknownCourse,
    UnknownLink,
    UnknownOrder,
    UnknownPromoter,
    UnknownWithdrawal,
    WithdrawalNotOpen,
)

__all__ = [
    "AlreadyMember",
    "AmountMismatch",
    "BadSignature",
    "BelowMinimum",
    "ChannelError",
    "ChannelRejected",
    "ChannelUnavailable",
    "CodeRefused",
    "ComplianceViolation",
    "Conflict",
    "CourseNotReady",
    "DomainError",
    "DuplicateRuleKey",
    "ForbiddenWords",
    "HoldBelowMinimum",
    "IdentityMissing",
    "IdentityTaken",
    "IllegalTransition",
    "InstitutionPaused",
    "InsufficientBalance",
    "InvalidInput",
    "InvalidSteps",
    "InvariantBroken",
    "KefenError",
    "LastOwner",
    "LessonLinked",
    "LicenceNeeded",
    "LicenceWaits",
    "LinkRefused",
    "MerchantInUse",
    "MerchantTaken",
    "MinorsCourse",
    "NotAllowed",
    "NotFound",
    "NotOffered",
    "NotPermitted",
    "NumberConflict",
    "OrderNotOpen",
    "OrderNotPaid",
    "OutcomeUnknown",
    "OverlappingRules",
    "OwnInviter",
    "OwnMembership",
    "OwnPayout",
    "PaidTwice",
    "PayoutAboveMaximum",
    "PayoutAccountChanged",
    "PayoutAccountMissing",
    "PayoutBelowMinimum",
    "PhoneTaken",
    "PromoterTooYoung",
    "PublishedBetween",
    "QuestionOpen",
    "RateAboveCap",
    "RealNameNeeded",
    "RefundExceedsPaid",
    "RefundTimeOver",
    "ReleasedByPreparer",
    "RevealEnded",
    "RuleViolation",
    "SecondPersonNeeded",
    "SignalDecided",
    "SplitAboveChannel",
    "SplitTooLate",
    "TooOften",
    "UnknownCourse",
    "UnknownLink",
    "UnknownOrder",
    "UnknownPromoter",
    "UnknownWithdrawal",
    "VersionAbovePlatform",
    "WithdrawalNotOpen",
]
