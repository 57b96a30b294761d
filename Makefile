# The two commands of a newcomer: `make run` and `make test`. Everything else is a part of them.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.locked
SOURCES := paragon_smtp audit accounts settings_app notifications

.PHONY: setup run test slow bench drills lint format docs messages screenshots lock clean

setup: $(STAMP)

$(STAMP): requirements/development.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Paragon SMTP needs Python 3.11 or later; name one with: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv --clear "$(VENV)" || { echo "Python cannot make a virtual environment here; on Debian: apt-get install python3-venv"; exit 1; }
	@echo "Installing the locked requirements into $(VENV) ..."
	@"$(BIN)/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/development.txt
	@"$(BIN)/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch "$(STAMP)"

run: $(STAMP)
	@exec "$(BIN)/python" manage.py run

test: $(STAMP) lint
	"$(BIN)/python" -m pytest -n 3 -m "not slow and not alone" $(ARGS)
	"$(BIN)/python" -m pytest -m alone

# Whole installations, with every program of theirs: minutes each.
slow: $(STAMP)
	"$(BIN)/python" -m pytest -m slow $(ARGS)

bench: $(STAMP)
	@"$(BIN)/python" -m benchmarks $(ARGS)

drills: $(STAMP)
	@"$(BIN)/python" -m tests.drills $(if $(SEED),--seed $(SEED),--seeds $(or $(SEEDS),3)) $(ARGS)
	@$(if $(SEED),,"$(BIN)/python" -m tests.drills.trials)

lint: $(STAMP)
	"$(BIN)/ruff" check .
	"$(BIN)/ruff" format --check .
	"$(BIN)/lint-imports"
	"$(BIN)/djlint" --lint --quiet templates paragon_smtp/templates
	"$(BIN)/mypy"

format: $(STAMP)
	"$(BIN)/ruff" check --fix .
	"$(BIN)/ruff" format .

docs: $(STAMP)
	"$(BIN)/python" -m notifications.diagnosis.document > docs/diagnosis.md

# Needs GNU gettext. The compiled catalogues are committed: an installation needs only them.
messages: $(STAMP)
	"$(BIN)/python" manage.py makemessages --all --no-location --no-obsolete --ignore tests --ignore benchmarks --ignore .venv
	@sed -i.bak '/^"POT-Creation-Date:/d' locale/*/LC_MESSAGES/django.po && rm locale/*/LC_MESSAGES/*.bak
	"$(BIN)/python" manage.py compilemessages --ignore .venv

screenshots: $(STAMP)
	"$(BIN)/python" -m tests.pages.screenshots

lock:
	$(PYTHON) -m uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url \
		--python-version 3.11 --extra build pyproject.toml -o requirements/production.txt
	$(PYTHON) -m uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url \
		--python-version 3.11 --extra build --extra embedded --extra dev -c requirements/production.txt \
		pyproject.toml -o requirements/development.txt

clean:
	rm -rf "$(VENV)" var staticfiles .mypy_cache .ruff_cache .pytest_cache
