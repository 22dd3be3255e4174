"""Alipay (支付宝), spoken through `python-alipay-sdk`.

`channel` is the adapter, put together from what each port asks for: `payments`, `payouts`, `splits`
and `bills`; `account` says what an institution enters. Under them: `client` (the SDK with its
defects wrapped, and what Alipay's codes mean), `notifications`, and `wire_format` (yuan, Beijing's
time).
"""
