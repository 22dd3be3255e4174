"""WeChat Pay (API v3), with a merchant number of the institution's own.

`channel.WeChatPay` is the adapter of every port: `payments`, `payouts`, `splits` and `bills` are
its verbs, `notifications` what WeChat tells. `account` is what an institution enters, `connection`
the only place that speaks HTTP: it stands on the SDK `wechatpayv3` and mends what that does not do
(decision 0025). `numbers` writes our numbers as WeChat takes them. Nothing is kept here.
"""
