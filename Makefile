# Kinwatch. `make` alone lists what there is.
#
#   make demo             everything running on this machine, with a demo clinic
#   make test             the whole test suite
#
# Settings from the command line: PORT=8123, HOST=127.0.0.1, PYTHON=/path/to/python3.12

SHELL := /bin/sh
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
.PHONY: help install demo reset-demo test test-fast check check-code check-scripts check-threats audit sbom fuzz format hooks bench bench-scale strangers upgrade lock messages prepared-database gallery advice-sheet translations clean

VENV := .venv
BIN := $(VENV)/bin
NODE_BIN := node_modules/.bin
PYTHON ?=
PYTHONS := $(if $(PYTHON),$(PYTHON),python3.13 python3.12 python3.11 python3)
CATALOGUES := $(wildcard locale/*/LC_MESSAGES/django.po)
COMPILED := $(CATALOGUES:.po=.mo)

$(foreach name,PORT HOST ARGS,$(if $($(name)),$(eval export $(name))))
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | awk -F '\t' '{ printf "  make %-18s %s\n", $$1, $$2 }'

# --- The environment -------------------------------------------------------------------------------

$(BIN)/python:
	@for name in $(PYTHONS); do \
	  if "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$name; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	  tried=$$(for name in $(PYTHONS); do "$$name" --version 2>/dev/null; done | sort -u | paste -sd, -); \
	  echo "Python 3.11 or newer is needed; found: $${tried:-none}. Install it, or: make PYTHON=/path/to/python3.12" >&2; exit 1; \
	fi; \
	if ! "$$found" -c 'import ensurepip, venv' 2>/dev/null; then \
	  echo "This Python cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; \
	fi; \
	if ! mkdir -p $(VENV) 2>/dev/null; then \
	  echo "Cannot write to $(CURDIR). Clone to a folder of your own." >&2; exit 1; \
	fi; \
	echo "Creating the environment ($$("$$found" --version)) …"; \
	"$$found" -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

# Two stamps: the demo needs only what production needs; tests and checks need the rest too.
# The locks are whole, so nothing is left to resolve: pip would look past a pin for `name[extra]` as soon as a
# newer release is out, and then refuse it for having no hash.
$(VENV)/.runtime: requirements.txt | $(BIN)/python
	@echo "Installing the pinned packages (half a minute the first time) …"
	@$(BIN)/python -m pip install --no-deps --require-hashes --no-compile -r requirements.txt >.pip.log 2>&1 \
	  & pid=$$!; said=; \
	  while kill -0 $$pid 2>/dev/null; do \
	    now="  $$(grep -c '^Collecting' .pip.log 2>/dev/null) packages fetched"; \
	    ! grep -qs '^Installing collected' .pip.log || now="  unpacking them"; \
	    [ "$$now" = "$$said" ] || echo "$$now …"; said=$$now; sleep 2; \
	  done; wait $$pid || { cat .pip.log; rm -f .pip.log; exit 1; }
	@rm -f .pip.log
	@touch $@

# uv, where there is one, fetches many at a time. It holds them to the same hashes; pip is asked where it fails.
$(VENV)/.dev: requirements-dev.txt | $(BIN)/python
	@echo "Installing the pinned packages for tests and checks (one to two minutes the first time) …"
	@{ command -v uv >/dev/null && uv pip install --quiet --python $(BIN)/python $(LOCKED); } \
	  || $(BIN)/python -m pip install -qq --no-compile $(LOCKED)
	@touch $(VENV)/.runtime $@

LOCKED := --no-deps --require-hashes -r requirements-dev.txt

# Only for checking: what browsers get is served as it stands in static/.
node_modules/.installed: package-lock.json
	@if ! command -v npm >/dev/null || ! node -e '$(NODE_IS_NEW)' 2>/dev/null; then \
	  echo "Checking the scripts needs Node.js 18.18 or newer, and npm. On Debian and Ubuntu: apt-get install nodejs npm" >&2; exit 1; \
	fi
	@echo "Installing the pinned packages for checking the scripts (half a minute the first time) …"
	@npm ci --loglevel=error --ignore-scripts --no-audit --no-fund >/dev/null
	@touch $@

NODE_IS_NEW := const [major, minor] = process.versions.node.split("."); process.exit(major * 100 + Number(minor) < 1818 ? 1 : 0)

%.mo: %.po | $(BIN)/python
	@echo "Compiling the texts: $(word 2,$(subst /, ,$<)) …"
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@ --locale $(word 2,$(subst /, ,$<))

translations: $(COMPILED)
	@:

install: $(VENV)/.dev ## the environment only, in .venv
	@$(MAKE) translations
	@echo "Ready: $(BIN)"

# --- Running ---------------------------------------------------------------------------------------

demo: $(VENV)/.runtime ## everything running, demo clinic loaded (PORT=8123 to choose the port)
	@$(MAKE) translations
	@echo "Looking at this machine …"
	@exec $(BIN)/python manage.py demo

reset-demo: ## forget the demo's data
	@rm -rf var/kinwatch.sqlite3 var/kinwatch.sqlite3-wal var/kinwatch.sqlite3-shm
	@echo "The next make demo starts afresh."

# --- Checking --------------------------------------------------------------------------------------

test: $(VENV)/.dev ## the whole suite, on PostgreSQL and Redis where they run
	@$(MAKE) translations
	@exec $(BIN)/python tests/run.py

test-fast: $(VENV)/.dev ## what most changes break: no browser, no sweeps, few examples
	@$(MAKE) translations
	@exec $(BIN)/python tests/run.py --fast

# Made-up values: enough for the production settings to load, nothing is contacted.
PRODUCTION_LIKE := env DJANGO_SETTINGS_MODULE=config.settings.prod \
  SECRET_KEY=only-for-checks-Zq8vN3xT7pLw2RkYd5HsJf9GmBc4Ua6EoXi1 ALLOWED_HOSTS=clinic.example \
  PUBLIC_BASE_URL=https://clinic.example DATABASE_URL=postgres://app@db.example/app \
  REDIS_URL=rediss://redis.example/0 TWILIO_ACCOUNT_SID=ACcheck TWILIO_AUTH_TOKEN=check \
  TWILIO_MESSAGING_SERVICE_CODES=MG1 TWILIO_MESSAGING_SERVICE_REMINDERS=MG2 TWILIO_MESSAGING_SERVICE_PAGING=MG3 \
  TWILIO_VOICE_FROM=+12025550100 EMAIL_URL=smtp+tls://mail.example:587 \
  TRUSTED_PROXIES=127.0.0.1 METRICS_TOKEN=only-for-checks-Zq8vN3xT HEARTBEAT_URL=https://monitor.example/ping

check: $(VENV)/.dev node_modules/.installed ## format, lint, types, import contracts, templates, scripts, styles, migrations, production settings
	@$(MAKE) translations
	@$(MAKE) -j 2 check-code check-scripts
	@echo "All checks passed."

# Side by side: what Python checks, and what Node checks.
check-code:
	@echo "format …";      $(BIN)/ruff format --check --quiet .
	@echo "lint …";        $(BIN)/ruff check --quiet .
	@echo "types …";       $(BIN)/mypy --no-error-summary .
	@echo "imports …";     $(BIN)/lint-imports >.lint-imports.log || { cat .lint-imports.log; rm -f .lint-imports.log; exit 1; }
	@rm -f .lint-imports.log
	@echo "templates …";   $(BIN)/djlint --lint --quiet caregiver clinic notifications config
	@echo "migrations …";  $(BIN)/python manage.py makemigrations --check --dry-run --verbosity 0
	@$(BIN)/python -m tests.schema.compatibility
	@echo "production …";  $(PRODUCTION_LIKE) $(BIN)/python manage.py check --deploy --fail-level WARNING >.check.log 2>&1 \
	  || { cat .check.log; rm -f .check.log; exit 1; }
	@rm -f .check.log

check-scripts:
	@echo "scripts …";     $(NODE_BIN)/eslint .
	@echo "script types …"; $(NODE_BIN)/tsc -p tsconfig.json && $(NODE_BIN)/tsc -p tsconfig.workers.json
	@echo "script tests …"; node --test --test-reporter=tap $$(find tests/js -name '*.test.js' | sort) >.node-test.log \
	  || { grep -A 30 '^ *not ok' .node-test.log; rm -f .node-test.log; exit 1; }
	@rm -f .node-test.log
	@echo "styles …";      $(NODE_BIN)/stylelint '**/*.css'

check-threats: $(VENV)/.dev node_modules/.installed ## each control of docs/threats.md taken out, and the test that goes red (ARGS="4 12-15" for some)
	@$(MAKE) translations
	@exec $(BIN)/python tests/threats/check.py $(ARGS)

audit: $(VENV)/.dev ## known vulnerabilities of what is locked; asks a service on the internet
	@exec $(BIN)/python tests/audit.py

sbom: $(VENV)/.dev ## what it is made of, as CycloneDX JSON, from the locks (make sbom >kinwatch.cdx.json)
	@exec $(BIN)/python tests/sbom.py

# Each processor sends its share; the same seed and parts send the same.
fuzz: $(VENV)/.dev ## 100,000 hostile inputs at every door, new ones each time (FUZZ_INPUTS; FUZZ_SEED, FUZZ_PARTS to repeat)
	@$(MAKE) translations
	@export FUZZ_INPUTS=$${FUZZ_INPUTS:-100000} FUZZ_SEED=$${FUZZ_SEED:-$$(date +%s)} \
	  FUZZ_PARTS=$${FUZZ_PARTS:-$$(getconf _NPROCESSORS_ONLN)}; \
	  $(BIN)/pytest -n $$FUZZ_PARTS -q -rP tests/architecture/test_hostile_doors.py tests/architecture/test_hostile_sockets.py

hooks: $(VENV)/.dev ## run the quick checks before every commit
	@$(BIN)/pre-commit install

format: $(VENV)/.dev ## put the code in shape
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format --quiet .

bench: $(VENV)/.dev ## ratios measured in one run (docs/performance.md)
	@$(MAKE) translations
	@exec $(BIN)/python tests/bench/run.py

strangers: $(VENV)/.dev ## 1,000 code requests and wrong passwords from 200 addresses, production settings behind nginx
	@$(MAKE) translations
	@exec $(BIN)/python tests/bench/strangers.py

upgrade: $(VENV)/.dev ## from another version (FROM=a commit) to this one under 20 requests a second, on PostgreSQL
	@$(MAKE) translations
	@exec $(BIN)/python tests/bench/upgrade.py

bench-scale: $(VENV)/.dev ## every page at a thousand and at a million reports, on PostgreSQL (docs/performance.md)
	@$(MAKE) translations
	@exec $(BIN)/python tests/bench/scale.py

# What is locked stays as it is unless pyproject.toml or ARGS asks for more: ARGS=--upgrade, ARGS="--upgrade-package NAME".
# The second lock is held to the first, so that tests run on what production runs on.
LOCK := uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes --no-header \
  --no-emit-index-url

lock: ## write requirements*.txt anew from pyproject.toml (ARGS=--upgrade for newer versions)
	@command -v uv >/dev/null || { echo "make lock needs uv: pip install uv" >&2; exit 1; }
	@$(LOCK) $(ARGS) --output-file requirements.txt
	@$(LOCK) $(ARGS) --group dev --constraint requirements.txt --output-file requirements-dev.txt

messages: $(VENV)/.dev ## put new and changed texts into the catalogue of every language
	@command -v xgettext >/dev/null && command -v msgmerge >/dev/null \
	  || { echo "make messages needs gettext: apt-get install gettext, or brew install gettext" >&2; exit 1; }
	@$(BIN)/python manage.py makemessages --all --no-location --no-obsolete --verbosity 0 \
	  --ignore var --ignore tests --ignore staticfiles

prepared-database: $(VENV)/.dev ## write the demo's empty database anew, where its first start has become slow
	@$(BIN)/python -m tests.schema.prepared

gallery: $(VENV)/.dev ## a picture of every screen in the states that matter: var/gallery/index.html (ARGS="worklist home")
	@$(MAKE) translations
	@exec $(BIN)/python -m tests.gallery.run $(ARGS)

advice-sheet: $(VENV)/.dev ## write docs/advice-sheet.html, for a reader to check what families read
	@$(MAKE) translations
	@KINWATCH_WRITE=1 $(BIN)/pytest -n 0 -q tests/test_advice_sheet.py

clean: ## remove the environment and everything that was made
	@rm -rf $(VENV) node_modules var staticfiles .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@rm -f $(COMPILED)
