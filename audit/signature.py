import polars as pl


def agent(text: pl.Expr) -> pl.Expr:
    return text.str.extract(r"(?:^|\s)[\^*/~–-]\s?([A-Za-z]{1,8})\s*(?:https?://\S+\s*)?$")


def stripped(text: pl.Expr) -> pl.Expr:
    return text.str.replace(r"(?:^|\s)[\^*/~–-]\s?[A-Za-z]{1,8}\s*$", "")
