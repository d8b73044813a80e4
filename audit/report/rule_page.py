"""Pages about rules: one rule in full, as text, and all of them with the guides and the measured accuracy, as Markdown."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from audit import score
from audit.detectors.resembles import heads
from audit.figures import DEFAULT, HELD_OUT, LABELS, OPINIONS, TARGETS
from audit.profile import Profile
from audit.rule import Rule
from audit.rulebook import CATEGORIES, Rulebook
from audit.terminal import counted

LANGUAGES = ("en", "ru", "pl")
_MOST_WORDS = 6
_SAMPLES = {
    DEFAULT: "on a sample held out",
    LABELS: "by patterns alone on labels that their authors have read",
}


def page(rule: Rule, rulebook: Rulebook, figures: Mapping[str, Any], profiles: Sequence[Profile], lang: str) -> str:
    """Definition, guide, patterns in words, exceptions, examples, accuracy and weight of a rule."""
    lines = [f"{rule.category}/{rule.id} ({rule.level}, {rule.status}; subject: {rule.subject})", getattr(rule.broken, lang), ""]
    lines += [f"Judged: {judged_when(rule)}", f"Kept: {getattr(rule.kept, lang)}"]
    lines += [f"Why: {getattr(rule.why, lang)}", f"Fix: {getattr(rule.fix, lang)}"]
    if rule.needs:
        lines.append(f"Needs: {getattr(rule.needs, lang)}")
    lines.append("")
    for id in rule.clauses:
        guide = rulebook.guide_of(id)
        lines.append(f"Drawn from {id}: {guide.clauses[id].advises} ({guide.author}, {guide.title}, {guide.date})")
    lines += ["", *(f"Measured {said}: {_measured(rule, figures[sample], lang)}" for sample, said in _SAMPLES.items())]
    if rule.id in heads():
        lines.append(f"Measured by patterns alone on the sample held out: {_measured(rule, figures[HELD_OUT], lang)}")
    lines += ["Weight: " + ", ".join(f"{profile.name} {_weight(rule, profile)}" for profile in profiles), ""]
    for title, patterns in (
        (_looks_for(rule), rule.patterns),
        ("In reply to a complaint or criticism also", rule.complained),
        ("Judged only where the reply holds", rule.given),
        ("Taken away first", rule.subtract),
    ):
        chosen = [*patterns.get(lang, ()), *patterns.get("*", ())]  # type: ignore[call-overload]
        if chosen:
            lines += [f"{title}:", *(f"  - {in_words(pattern, rulebook, lang, plain=rule.on == 'original')}" for pattern in chosen), ""]
    exceptions = [exception for exception in rule.unless if exception.lang in (lang, "*")]
    if exceptions:
        lines += ["Exceptions:", *(f"  - as in: {exception.example}" for exception in exceptions), ""]
    for title, proofs in (("Bad", rule.bad), ("Good", rule.good)):
        for proof in proofs:
            if proof.lang == lang and (proof.reply or proof.asked or proof.facts):
                lines.append(f"{title}: {_example(proof)}" + (f"\n  Better: {proof.better}" if proof.better else ""))
    return "\n".join(lines).rstrip()


def _example(proof: Any) -> str:
    said = " -> ".join(part for part in (proof.asked, proof.reply) if part)
    facts = ", ".join(f"{name} = {value}" for name, value in proof.facts.items())
    return f"{said} ({facts})" if said and facts else said or facts


def judged_when(rule: Rule) -> str:
    """The rule's scope in words."""
    when = rule.when
    subject = {"reply": "a reply", "asked": "a customer's message", "account": "an account", "templates": "a set of templates"}[
        rule.subject
    ]
    kinds = " or ".join(when.asked)
    words = [f"a public {subject.removeprefix('a ')}" if when.public else subject]
    if kinds:
        words.append(f"to a {'confident ' * when.confident}{kinds}" if rule.subject == "reply" else f"that is {kinds}")
    if when.upset:
        words.append("of an upset customer")
    if when.words:
        words.append(f"with {counted(when.words, 'word')} or more left")
    if rule.given:
        words.append("that holds one of the constructions below")
    if rule.once:
        words.append("while no earlier reply of the dialogue kept it")
    if when.facts:
        words.append(f"where it is true that: {', '.join(fact.replace('_', ' ') for fact in when.facts)}")
    return " ".join(words)


def _looks_for(rule: Rule) -> str:
    return {"absence": "Kept by", "remainder": "What helps"}.get(rule.detector, "Looks for")


def in_words(pattern: str, rulebook: Rulebook, lang: str, *, plain: bool = False) -> str:
    """A pattern for people: alternatives with slashes, gaps as dots, lists of words by their first few."""
    if plain:
        return pattern

    def listed(match: re.Match[str]) -> str:
        words = rulebook.vocabulary.get(lang, {}).get(match[1], ())
        shown = ", ".join(in_words(word, rulebook, lang) for word in words[:_MOST_WORDS])
        return f"[{match[1].replace('_', ' ')}: {shown}{', …' if len(words) > _MOST_WORDS else ''}]"

    text = re.sub(r"\{([a-z_]+)\}", listed, pattern)
    text = re.sub(r"<(\d+)>", lambda gap: f"(up to {counted(int(gap[1]), 'word')}) ", text)
    text = re.sub(r"\[([^\[\]:]{1,6})\](?!\()", lambda m: _spelt(m[1]), text)
    text = re.sub(r"\\S[*+]\??|\.\*\??|\[\^[^\]]*\][*+]\??(?:\{\d+,\d*\})?", "…", text)
    text = text.replace("~", "-").replace("(?:", "(").replace("\\", "")
    return re.sub(r"\s+", " ", text.replace("|", " / ")).strip()


def _spelt(letters: str) -> str:
    """One letter for a class of a few: the one with a mark of its own, which people leave out but dictionaries write."""
    return "…" if "^" in letters else next((letter for letter in letters if not letter.isascii()), letters[0])


def _weight(rule: Rule, profile: Profile) -> str:
    return "off" if rule.id in profile.off else f"{score.weight(rule, profile):g}"


def _measured(rule: Rule, figures: Mapping[str, Any], lang: str) -> str:
    row = figures["rules"].get(rule.id, {}).get(lang)
    if not row:
        return "not on labelled replies"
    said = ", ".join(
        f"{name} {row[name]['value']:.2f} (95 % {row[name]['low']:.2f} to {row[name]['high']:.2f})"
        for name in ("precision", "recall")
        if row[name]
    )
    broken = row["true_positive"] + row["false_negative"]
    return f"{said or 'nothing to measure'} on {counted(row['n'], 'labelled reply')}, {broken} broken ({lang}, {figures['date']})"


def overview(rulebook: Rulebook, figures: Mapping[str, Any], profiles: Sequence[Profile]) -> str:
    """rules/README.md: all rules, the guides' clauses, the accuracy."""
    lines = [
        "# Rules",
        "",
        "Written by `make figures`; change the rule files instead. `reply-audit rules show ID` prints a rule in full.",
        "",
        "| rule | level | subject | clauses | broken when | weight: " + " · ".join(profile.name for profile in profiles) + " |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for rule in rulebook.rules:
        level = rule.level if rule.status == "stable" else f"{rule.level}, {rule.status}"
        weights = " · ".join(_weight(rule, profile) for profile in profiles)
        lines.append(f"| {rule.category}/{rule.id} | {level} | {rule.subject} | {' '.join(rule.clauses)} | {rule.broken.en} | {weights} |")
    lines += ["", "## The guides, clause by clause", ""]
    for guide in rulebook.guides:
        lines += [f"### {guide.author}, “{guide.title}”, {guide.date}", "", "| clause | advises | here |", "| --- | --- | --- |"]
        lines += [f"| {clause.id} | {clause.advises} | {_here(clause)} |" for clause in guide.clauses.values()]
        lines.append("")
    return "\n".join([*lines, *_accuracy(rulebook, figures)]) + "\n"


def _here(clause: Any) -> str:
    said = []
    if clause.covered_by:
        said.append(f"covered by {', '.join(clause.covered_by)}")
    if clause.figure:
        said.append(f"{'also the figure' if said else 'figure only'}: {clause.figure}")
    if clause.not_observable:
        said.append(f"not observable, because {clause.not_observable}")
    return "; ".join(said)


def _accuracy(rulebook: Rulebook, figures: Mapping[str, Any]) -> list[str]:
    lines = [
        "## Accuracy",
        "",
        "Measured through the answers of `judge`, with the types of messages given; `make figures` does it again. Positive is *broken*; texts in",
        "other languages are abstained from; 95 % intervals in brackets. What to expect on replies of other brands is the sample held out, judged as",
        "without the extra: no author of a pattern had read it when the patterns were last changed, and no head learnt from it. A rule that stays below",
        "its target there beyond chance (over all languages, the interval of its precision or recall ends below the target) is a preview: shown, and",
        "of no weight.",
    ]
    lines += _second_opinions(figures)
    for sample, said in _SAMPLES.items():
        measured = figures[sample]
        lines += ["", f"### {said[0].upper()}{said[1:]}", ""]
        if not measured["rules"]:
            lines.append("Not measured yet.")
            continue
        sizes = ", ".join(f"{n} {lang}" for lang, n in measured["n"].items() if n)
        lines += [
            f"{measured['date']}, {counted(sum(measured['n'].values()), 'reply')} labelled by hand ({sizes}).",
            "",
            "| rule | target | language | n | broken | precision | recall | F1 | kappa |",
            "| --- | --- | --- | ---: | ---: | --- | --- | --- | --- |",
        ]
        for id, by_language in sorted(measured["rules"].items(), key=lambda item: _place(item[0], rulebook)):
            target = " / ".join(f"{least:.2f}" for least in TARGETS.get(id, ()))
            for lang, row in by_language.items():
                cells = " | ".join(_cell(row[name]) for name in ("precision", "recall", "f1", "kappa"))
                lines.append(f"| {id} | {target} | {lang} | {row['n']} | {row['true_positive'] + row['false_negative']} | {cells} |")
    return lines


def _second_opinions(figures: Mapping[str, Any]) -> list[str]:
    """What second opinions add to the rules that have a head, over all languages of the sample held out."""
    samples = [figures[name] for name in (HELD_OUT, *OPINIONS.values())]
    if not all(sample["rules"] for sample in samples):
        return []
    lines = [
        "",
        "### Second opinions",
        "",
        "These rules are weighed by a second opinion besides (audit/weights/README.md): `fast` is part of the package, `accurate` needs the extra",
        "`reply-audit[accurate]`, and `--second-opinion none` leaves patterns alone. The rest is judged by patterns. On the sample held out, all",
        "languages:",
        "",
        "| rule | target | precision: patterns alone | fast | accurate | recall: patterns alone | fast | accurate |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for id in (id for id in heads() if all(id in sample["rules"] for sample in samples)):
        target = " / ".join(f"{least:.2f}" for least in TARGETS.get(id, ()))
        rows = [sample["rules"][id]["all"] for sample in samples]
        lines.append(f"| {id} | {target} | {' | '.join(_cell(row[name]) for name in ('precision', 'recall') for row in rows)} |")
    return lines


def _place(id: str, rulebook: Rulebook) -> tuple[int, str]:
    category = next((rule.category for rule in rulebook.rules if rule.id == id), CATEGORIES[-1])
    return CATEGORIES.index(category), id


def _cell(value: Mapping[str, float] | None) -> str:
    return "–" if value is None else f"{value['value']:.2f} ({value['low']:.2f}–{value['high']:.2f})"
