# Everything a developer needs. The first run of any of these sets the machine up.
VENV ?= .venv
PY := $(VENV)/bin/python
export VENV
# mypy's plugin and makemigrations read the settings; nothing is opened with these
SETTINGS := CHEJIAN_SECRET_KEY=lint CHEJIAN_FIELD_KEY=lint CHEJIAN_DATA=var

.PHONY: run test lint bench vendor messages migrations env

run:            ## start the demo on http://127.0.0.1:8700/
	@scripts/ensure_env.sh run
	@$(PY) -m chejian.catalogues
	@$(PY) -m compileall -q src/chejian  # also where the environment says not to write bytecode
	@$(VENV)/bin/chejian up --data var --demo $(ARGS)

test: lint      ## everything: lint, unit tests, browser tests
	@scripts/ensure_env.sh browser
	$(PY) -m pytest $(ARGS)

lint: env       ## style, types, floors, words, migrations
	$(VENV)/bin/ruff check .
	$(SETTINGS) $(VENV)/bin/mypy
	$(VENV)/bin/djlint --quiet --lint src/chejian
	$(VENV)/bin/lint-imports
	$(PY) scripts/messages.py --check
	$(SETTINGS) $(PY) scripts/check_migrations.py

bench: env      ## time list, cockpit, create, issue and settle on the demo data
	$(PY) -m scripts.bench $(ARGS)

vendor: env     ## a maintainer's job: fetch browser libraries by version and checksum
	$(PY) scripts/vendor.py

messages: env   ## bring the catalogues up to date with the code
	$(PY) scripts/messages.py

migrations: env ## write migrations for changed models
	$(SETTINGS) $(VENV)/bin/python -m django makemigrations --settings chejian.settings

env:
	@scripts/ensure_env.sh dev
