# `make demo` shows Foyer working; `make test` proves that it does. Nothing but Python is assumed.

PORT ?= 8000
ADDRESS ?= 127.0.0.1
# `make run DEVELOPMENT=1` shows the mail folder, as `make demo` does; on this machine only.
DEVELOPMENT ?=
# How many test processes side by side.
JOBS ?= 2
# `make test ARGS="-k guest"` passes words on to pytest.
ARGS ?=

python := .venv/bin/python
bin := .venv/bin
run_tests := $(python) scripts/run_tests.py --jobs $(JOBS)
serve := $(python) -m config.serve --address $(ADDRESS) --port $(PORT)
# As config/serve.py does: where nobody named the site, its links carry the port.
site_option = $$([ -n "$$SITE_URL" ] || grep -qs '^SITE_URL=.' .env || echo "--site=http://localhost:$(PORT)")
python_files = $$(git ls-files --cached --others --exclude-standard '*.py' | grep -v /migrations/ | $(present))
template_files = $$(git ls-files --cached --others --exclude-standard 'templates/*.html' | $(present))
present = while read -r file; do [ -f "$$file" ] && echo "$$file"; done

.PHONY: help demo run test test-sqlite test-postgres test-js check format bench screenshots texts requirements clean demo-environment dev-environment

help: ## What can be made
	@grep -hE '^[.a-z-]+:.*## ' Makefile | sed 's/:.*## /\t/' | expand -t 16

# --- the two commands -------------------------------------------------------------------------

demo: demo-environment .env ## Foyer with a demo course, on this machine
	@$(python) manage.py migrate --no-input --verbosity 0
	@DEVELOPMENT_PAGES=true $(python) manage.py seed_demo --brief $(site_option)
	@$(serve) --open-accounts --development-pages

test: dev-environment ## The whole suite, part by part: SQLite, PostgreSQL, journeys in a browser
	@$(run_tests) -- $(ARGS)

# --- working on Foyer -------------------------------------------------------------------------

run: demo-environment .env ## Serve the data that is there, without the demo course
	@$(python) manage.py migrate --no-input --verbosity 0
	@$(serve) $(if $(DEVELOPMENT),--development-pages)

test-sqlite: dev-environment ## Its parts on SQLite: all without browsers, and a few journeys
	@$(run_tests) sqlite sqlite-journeys -- $(ARGS)

test-postgres: dev-environment ## Its parts on PostgreSQL: all without browsers, and every journey
	@$(run_tests) postgres postgres-journeys -- $(ARGS)

test-js: dev-environment ## The logic of scripts, without a page; `make check` runs it too
	@scripts/node.sh node --test tests/js/*.test.js

check: dev-environment ## Everything that can be seen without running the suite
	@$(python) scripts/check.py

format: dev-environment ## Put code and templates into the house's form
	@$(bin)/ruff check --quiet --fix . ; $(bin)/ruff format --quiet .
	@$(bin)/djade --target-version 6.1 $(template_files) ; \
	$(bin)/django-upgrade --target-version 6.1 --exit-zero-even-if-changed $(python_files)
	@scripts/node.sh node_modules/.bin/biome check --write --colors=off

bench: dev-environment ## How fast the hot paths are, beside a bare Django site; writes docs/benchmarks.md
	@$(python) -m tests.benchmarks --write

screenshots: dev-environment ## Pictures of the pages, wide and narrow, light and dark
	@FOYER_BROWSER="$$($(python) scripts/find_browser.py --install)" $(python) scripts/screenshots.py

texts: dev-environment ## The texts of code and templates into the files of translations
	@$(python) scripts/texts.py update

requirements: dev-environment ## Pin the dependencies of pyproject.toml anew
	@for list in base demo dev; do \
	  case $$list in base) group= ;; *) group="--group $$list" ;; esac; \
	  $(bin)/uv pip compile pyproject.toml $$group --quiet --universal --python-version 3.12 \
	    --generate-hashes --custom-compile-command "make requirements" $(UPGRADE) \
	    --output-file requirements/$$list.txt || exit 1; \
	done
	@$(bin)/uv pip compile --group node --quiet --universal --python-version 3.12 \
	  --generate-hashes --custom-compile-command "make requirements" $(UPGRADE) \
	  --output-file requirements/node.txt

.env: ## A file of settings with a key of its own, unless there is one
	@scripts/make_env.sh

clean: ## Remove what can be made again (never the data folder, never .env)
	rm -rf .venv node_modules staticfiles build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

demo-environment:
	@scripts/environment.sh demo
	@scripts/npm.sh demo

dev-environment:
	@scripts/environment.sh dev
	@scripts/npm.sh dev
