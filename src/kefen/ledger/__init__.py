"""The only writer of money and points: accounts, transfers, entries.

An entry moves a positive amount from one account (debit) to another (credit), so whatever is
stored balances. A transfer is one business event with one key; its entries are posted together
or not at all, once. The application's database role may add transfers and entries but never
change or delete them.
"""
