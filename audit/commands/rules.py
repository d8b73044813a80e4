"""`reply-audit rules list | show ID | test [ID] | new CATEGORY/ID | document`"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click

from audit.errors import FAILED, AuditError

FOLDER = click.option(
    "--rules",
    "folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A folder of your own rules, judged beside those of this package.",
)


@click.group()
def command() -> None:
    """List, show, test, make and document rules."""


@command.command("list")
@FOLDER
def list_(folder: Path | None) -> None:
    """One line a rule: category/id, level, subject, clauses, title."""
    from audit.rulebook import open_rulebook

    for rule in open_rulebook(folder).proved().rules:
        level = "preview" if rule.status == "preview" else rule.level
        click.echo(f"{rule.category + '/' + rule.id:38} {level:8} {rule.subject:8} {' '.join(rule.clauses):14} {rule.broken.en}")


@command.command()
@click.argument("id")
@click.option("--lang", type=click.Choice(["en", "ru", "pl"]), default="en", help="Language of the page and of its examples.")
@FOLDER
def show(id: str, lang: str, folder: Path | None) -> None:
    """The full page of a rule: what it judges, why, the guide, patterns in words, examples, accuracy, weights."""
    from audit import figures
    from audit.profile import known
    from audit.report import rule_page
    from audit.rulebook import home, open_rulebook

    rulebook = open_rulebook(folder).proved()
    rule = rulebook.rule(id.rpartition("/")[2])
    click.echo(rule_page.page(rule, rulebook, figures.of(folder, home()), known(), lang))


@command.command()
@FOLDER
def document(folder: Path | None) -> None:
    """Print the overview of all rules, the guides' clauses and the measured accuracy (Markdown: rules/README.md)."""
    from audit import figures
    from audit.profile import known
    from audit.report import rule_page
    from audit.rulebook import home, open_rulebook

    click.echo(rule_page.overview(open_rulebook(folder).proved(), figures.of(folder, home()), known()), nl=False)


@command.command()
@click.argument("id", required=False)
@FOLDER
def test(id: str | None, folder: Path | None) -> None:
    """Judge the rules' own examples: bad ones must break, good ones and better wordings hold, exceptions matter."""
    from audit import proofs
    from audit.profile import open_profile
    from audit.rulebook import open_rulebook
    from audit.terminal import counted

    rulebook, profile = open_rulebook(folder).proved(), open_profile("default")
    rules = [rulebook.rule(id.rpartition("/")[2])] if id else list(rulebook.rules)
    failures = [f for rule in rules for f in (*proofs.failures(rule, rulebook, profile), *proofs.idle_exceptions(rule, rulebook, profile))]
    for failure in failures:
        click.echo(str(failure))
    examples = sum(len(rule.bad) + len(rule.good) + len(rule.unless) for rule in rules)
    click.echo(f"{counted(len(rules), 'rule')}, {counted(examples, 'example')}, {counted(len(failures), 'failure')}")
    sys.exit(FAILED if failures else 0)


@command.command()
@click.argument("name", metavar="CATEGORY/ID")
@click.option("--rules", "folder", type=click.Path(path_type=Path, file_okay=False), default=Path("rules"), show_default=True)
def new(name: str, folder: Path) -> None:
    """Write a rule file to fill in."""
    from audit.rulebook import CATEGORIES, home

    category, _, id = name.partition("/")
    if category not in CATEGORIES or not id:
        raise AuditError(f"{name!r} is no CATEGORY/ID", hint=f"categories: {', '.join(CATEGORIES)}")
    if not re.fullmatch(r"[a-z]+(-[a-z]+)*", id):
        raise AuditError(f"{id!r} is no id of a rule", hint="write small letters with hyphens between words, such as bare-apology")
    path = folder / category / f"{id}.toml"
    if path.exists():
        raise AuditError("stands already", place=str(path))
    if taken := next(home().glob(f"*/{id}.toml"), None):
        raise AuditError(
            f"the package has a rule {id!r} already", place=str(taken), hint="copy that file to change the rule, or choose another name"
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_TEMPLATE.format(id=id), encoding="utf-8")
    except OSError as error:
        raise AuditError(f"cannot be written: {error.strerror}", place=str(path), hint="name another folder with --rules") from None
    click.echo(path)


_TEMPLATE = """\
id = "{id}"               # the file's name: a noun for the fault that reads well after "allow"
subject = "reply"
level = "warning"         # error, warning, note, none
detector = "pattern"      # pattern, absence, remainder, bound, fact, readability
clauses = ["s3b"]         # see rules/guides

[kept]
en = "..."
ru = "..."
pl = "..."

[broken]
en = "..."
ru = "..."
pl = "..."

[why]
en = "..."
ru = "..."
pl = "..."

[fix]
en = "..."
ru = "..."
pl = "..."

[when]
asked = ["complaint", "criticism"]

[patterns]                # a space is a word boundary, ~ any ending, <2> up to two words, {{name}} words of rules/vocabulary
en = ['example words']

[[bad]]
lang = "en"
reply = "Here are example words."
better = "Here is a helpful answer."

[[good]]
lang = "en"
reply = "Here is a helpful answer."
"""
