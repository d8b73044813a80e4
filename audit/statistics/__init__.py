"""What only an account's whole history shows, each with its statistic, its source and its error: one module an account rule.

A statistic takes exchanges with facts and verdicts (audit.exchange) and gives `Found`. It says "improbable, look at these", never more.
"""
