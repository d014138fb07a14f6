# Two commands are enough: `make run` to see Lianyi, `make test` to check it. `make help` lists the others.

PYTHON ?= python3
PORT ?= 8000
VENV := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help run test test-long bench lint format assets messages wheel pins clean environment environment-test environment-bench parts

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: environment ## make everything and start the site with the five cases; PORT=8100 for another port
	@$(MAKE) --no-print-directory parts
	@.venv/bin/lianyi survey warm-up
	@.venv/bin/lianyi demo --port $(PORT)

test: environment-test ## run every test on both databases; STAGES="types sqlite" for some only
	@$(MAKE) --no-print-directory parts
	@$(VENV) tools/run_tests.py $(STAGES)

test-long: environment-test ## run what takes long: fault and scale tests, property tests with random examples
	@$(MAKE) --no-print-directory parts
	@$(VENV) tools/run_tests.py random long-sqlite long-postgresql long-browser

bench: environment-bench ## measure the speed at scale and print medians and memory
	@$(MAKE) --no-print-directory parts
	@$(VENV) benchmarks/run.py

lint: environment-test ## check format, style, types and the import contract
	@$(VENV) tools/run_tests.py format lint types imports django migrations

format: environment-test ## put the code into its one format
	@$(VENV) -m ruff format .
	@$(VENV) -m ruff check --fix-only --quiet .

assets: environment ## fetch browser assets and fonts into the package
	@$(VENV) tools/build_assets.py

messages: environment ## collect new texts into the translation files and compile them (needs gettext)
	@$(VENV) tools/make_messages.py
	@$(VENV) tools/compile_messages.py

wheel: environment ## build dist/lianyi-*.whl with assets, fonts and translations inside
	@$(MAKE) --no-print-directory parts
	@$(VENV) -m build --wheel --no-isolation --outdir dist

pins: ## renew the pinned packages; UPGRADE=1 takes the newest versions
	@$(PYTHON) tools/pins.py $(if $(UPGRADE),--upgrade)

clean: ## remove everything that make has made, but not the data in var/
	@rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist htmlcov .coverage
	@rm -rf src/lianyi/web/static/vendor src/lianyi/web/fonts
	@find src tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
	@find src -name '*.mo' -delete

environment:
	@$(PYTHON) tools/environment.py run

environment-test:
	@$(PYTHON) tools/environment.py test

environment-bench:
	@$(PYTHON) tools/environment.py bench

parts:
	@$(VENV) tools/build_assets.py
	@$(VENV) tools/compile_messages.py
