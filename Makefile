# Everything a machine needs is python3 (3.11 or newer), make and git. `make help` lists the targets.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Where pip fetches from is this machine's affair: every file is checked against the lock's hash.
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

UV ?= uv
# No address of a registry and no setting of this machine gets into a lock file.
COMPILE := $(UV) pip compile --quiet --no-config --upgrade --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header \
	pyproject.toml build/needed.in

.DEFAULT_GOAL := help
.PHONY: help install run test check format bench lock migration clean catalogs

help:  ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## */\1\t/' | \
		while IFS="$$(printf '\t')" read -r name does; do printf '  make %-10s %s\n' "$$name" "$$does"; done

install: $(VENV)/installed-requirements  ## put Baraza at .venv/bin/baraza, as for running it for real

run: $(VENV)/installed-requirements-demo  ## install, then serve a demonstration consultation
	$(BIN)/baraza demo

test: $(VENV)/installed-requirements-dev  ## check, then every test, on SQLite and on PostgreSQL
	$(MAKE) --no-print-directory check
	$(BIN)/pytest -n auto

check: $(VENV)/installed-requirements-dev  ## format, lint, import rules, types
	@failed=; for step in 'ruff format --check .' 'ruff check .' 'lint-imports --no-logo' mypy; do \
		echo "— $$step"; $(BIN)/$$step || failed="$$failed$$step; "; \
	done; test -z "$$failed" || { echo "Failed: $$failed"; exit 1; }

format: $(VENV)/installed-requirements-dev  ## put the code into the one format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/installed-requirements-demo  ## measure pages, posting, translation and detection
	@for what in pages posting translation detection; do $(BIN)/baraza bench $$what || exit 1; done

# The largest lock is made first and holds the smaller ones to its versions. The build's own needs
# are in all of them, so that the checkout itself is installed without asking anybody.
lock:  ## renew the lock files from pyproject.toml (needs uv: make lock UV=/path/to/uv)
	@command -v $(UV) >/dev/null || { echo "make lock needs uv; nothing else does."; exit 1; }
	@mkdir -p build
	@$(PYTHON) -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], sep="\n")' > build/needed.in
	$(COMPILE) --extra demo --extra dev --output-file requirements-dev.lock
	$(COMPILE) --extra demo --constraints requirements-dev.lock --output-file requirements-demo.lock
	$(COMPILE) --constraints requirements-dev.lock --output-file requirements.lock

# Usage: make migration NAME="what changes"
migration: $(VENV)/installed-requirements-dev  ## write a migration from what changed in the tables
	@test -n "$(NAME)" || { echo 'Say what changes: make migration NAME="words with spaces"'; exit 2; }
	@rm -rf build/migration && mkdir -p build/migration
	$(BIN)/alembic -x database=sqlite:///build/migration/db.sqlite3 upgrade head
	$(BIN)/alembic -x database=sqlite:///build/migration/db.sqlite3 revision --autogenerate -m "$(NAME)"
	@rm -rf build/migration
	@echo 'Now read it, line by line: it was guessed.'

clean:  ## remove what was installed and built; data stay
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

# Installed once per lock file. The three locks hold the same versions, so that a larger set never
# changes what a smaller one installed.
$(VENV)/installed-%: %.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Baraza needs Python 3.11 or newer; $(PYTHON) is older. Say which: make PYTHON=python3.12"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing from $< …"
	@$(PIP) install --require-hashes --no-deps --only-binary :all: -r $<
	@$(PIP) install --no-deps --no-build-isolation --no-index --editable .
	@touch $@

catalogs: $(VENV)/installed-requirements-dev  ## bring the interface's words into every catalog
	@mkdir -p build
	$(BIN)/pybabel -q extract -F translations/babel.cfg -k mark --no-location --sort-output --width=100 \
		--project=Baraza --version=1 --copyright-holder="the Baraza contributors" \
		-o translations/messages.pot .
	@for catalog in translations/*.po; do \
		$(BIN)/pybabel -q update --width=100 --ignore-obsolete --no-fuzzy-matching --ignore-pot-creation-date \
			-i translations/messages.pot -o $$catalog -l $$(basename $$catalog .po | tr - _) || exit 1; \
	done
