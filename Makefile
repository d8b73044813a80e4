# Two commands do all the set-up on a fresh machine with Python 3.11, git and make: `make demo` and `make test`.

PYTHON ?= python3
PIP := .venv/bin/python -m pip --disable-pip-version-check --quiet

.PHONY: demo test bench figures train requirements screenshots clean

demo: .venv/run.stamp
	.venv/bin/reply-audit run examples/kettlewell/exports --config examples/kettlewell/reply-audit.toml -o out/scorecard.html

test: .venv/dev.stamp
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/python -m pytest

bench: .venv/dev.stamp
	.venv/bin/python -m benchmarks.audit_speed
	.venv/bin/python -m benchmarks.account_rules
	.venv/bin/python -m benchmarks.languages
	.venv/bin/python -m benchmarks.labelled_redirects
	.venv/bin/python -m benchmarks.page_speed
	.venv/bin/python -m benchmarks.lint_speed
	.venv/bin/python -m benchmarks.typing_speed

# Accuracy on replies labelled by hand, and rules/README.md; the second sample lies in the material, outside of the repository.
figures: .venv/dev.stamp
	for opinion in none fast accurate; do \
	  .venv/bin/python -m audit evaluate benchmarks/heldout --second-opinion $$opinion --write held-out || exit 1; done
	.venv/bin/python -m audit evaluate $(or $(AUDIT_MATERIAL),../shared)/labels --second-opinion none --write labels
	.venv/bin/python -m audit rules document > rules/README.md

# The weights of rules/typer and their card, from benchmarks/corpus and the sets of the material that are there (benchmarks/asked_data.py).
train: .venv/dev.stamp requirements/train.txt
	$(PIP) install --require-hashes -r requirements/train.txt
	.venv/bin/python -m benchmarks.tune_encoder --folds
	.venv/bin/python -m benchmarks.train_typers --folds
	.venv/bin/python -m benchmarks.asked_figures --write

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/run.stamp: .venv/bin/python requirements/run.txt pyproject.toml $(shell find audit rules -type f -not -name '*.pyc')
	$(PIP) install --require-hashes -r requirements/run.txt
	$(PIP) install --no-deps --no-build-isolation --force-reinstall .
	touch $@

.venv/dev.stamp: .venv/run.stamp requirements/dev.txt
	$(PIP) install --require-hashes -r requirements/dev.txt
	touch $@

# Pins anew; needs uv. Names of package indexes stay out of the files.
requirements:
	cd requirements && for list in run dev train; do \
	  uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header \
	    $$list.in --output-file $$list.txt || exit 1; done

# The README's picture; needs Chromium.
screenshots: demo
	$(or $(CHROMIUM),chromium) --headless --no-sandbox --disable-gpu --hide-scrollbars --window-size=1100,1400 \
	  --screenshot=examples/scorecard.png file://$(CURDIR)/out/scorecard.html

clean:
	rm -rf .venv out dist build benchmarks/data .mypy_cache .ruff_cache .pytest_cache .hypothesis
