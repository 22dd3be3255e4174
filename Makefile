# Kefen (课分). `make` lists what there is.
SHELL := /bin/sh
.DEFAULT_GOAL := help
BIN := .venv/bin
KEFEN := $(BIN)/kefen
PYTHON ?=
WORKERS ?= 2
CHECK_MIGRATIONS ?= $(KEFEN) check_migrations
SCENARIO ?=
OUT ?=
PO := $(wildcard src/kefen/locale/*/LC_MESSAGES/*.po)
export PYTHON
# Servers and workers start again and again in the tests: compiled files halve what that takes.
export PYTHONDONTWRITEBYTECODE =

.PHONY: help setup translations browser demo up check pytest test soak bench replay audit clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/.synced translations ## install everything into .venv (needs only Python 3.11 or newer)

.venv/.synced: uv.lock pyproject.toml tools/setup.sh
	@sh tools/setup.sh
	@touch $@

translations: .venv/.translated ## compile the translations

.venv/.translated: .venv/.synced $(PO)
	@for po in $(PO); do $(BIN)/pybabel -q compile -i "$$po" -o "$${po%.po}.mo" || exit 1; done
	@touch $@

browser: ## make sure that Chromium and a Chinese font are there
	@sh tools/browser.sh

demo: setup ## start a filled demo on this machine
	$(KEFEN) demo

up: setup ## start Kefen with the data in $KEFEN_HOME (default .kefen)
	$(KEFEN) up

check: setup ## format, lint, types, imports, migrations
	$(BIN)/ruff format --check src tests benchmarks tools
	$(BIN)/ruff check .
	KEFEN_DATABASE_URL=postgresql:///types $(BIN)/mypy
	$(BIN)/lint-imports
	$(CHECK_MIGRATIONS)

pytest: setup browser ## run the tests alone
	KEFEN_CHROMIUM="$$(sh tools/browser.sh path)" $(BIN)/pytest -n $(WORKERS) --dist worksteal -m "not soak" $(ARGS)

test: setup browser ## everything that must be green: check, then all tests (both always run)
	@status=0; \
	$(MAKE) --no-print-directory check || status=1; \
	$(MAKE) --no-print-directory pytest || status=1; \
	exit $$status

soak: setup ## run the tests that take minutes
	$(BIN)/pytest -n $(WORKERS) -m soak $(ARGS)

bench: setup ## measure (never fails on a number)
	$(BIN)/python benchmarks/booking.py $(ARGS)

replay: setup ## play a scenario: make replay SCENARIO=folder OUT=folder
	@test -n "$(SCENARIO)" && test -n "$(OUT)" || { \
		echo "replay: name both, for example: make replay SCENARIO=scenarios/first OUT=/tmp/first" >&2; exit 2; }
	$(KEFEN) replay "$(SCENARIO)" --out "$(OUT)"

audit: setup ## prove the ledger of the database in use
	$(KEFEN) audit $(ARGS)

clean: ## remove what setup and the tests made; your data in .kefen stay
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
	rm -rf tests/emulators/npm/node_modules tests/emulators/npm/.lock
	find src tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
	find src -name '*.mo' -delete
