"""Access rules for brokers: each app may do what the document gives it, and nothing else.

`rules` says what that is, `refusals` what no broker's files can say, and one module for each
broker writes it down; `credentials` has the passwords, `access` puts everything together.
"""
