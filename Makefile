# Everything a checkout needs beside Python 3.11+, git and make is installed into .venv.
# PYTHON=python3.12 chooses the interpreter; uv is used where it is on PATH.

.PHONY: help gate test test-all check lock clean
.NOTPARALLEL:
.DEFAULT_GOAL := help

# Recipes read these from the environment, so that any path is safe in them.
export PYTHON REPO BASE HEAD ADVISORIES

help: ## what can be made
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 20

gate: ## decide on HEAD^..HEAD here, or on REPO=… BASE=… HEAD=… with ADVISORIES=osv.zip
	@.ci/venv base
	@.ci/gate

test: ## run the tests
	@.ci/venv all
	@.venv/bin/python -m pytest -q -n 2

test-all: ## run the tests on each Python from 3.11 on that is installed
	@.ci/test-all

check: ## lint, formatting, strict types, import contracts
	@.ci/venv all
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	@mkdir -p .types && ln -sfn .. .types/tidegate
	.venv/bin/mypy -p tidegate
	.venv/bin/mypy .ci/wheel_contents.py
	.venv/bin/lint-imports

lock: ## write requirements/ anew from pyproject.toml
	@.ci/venv base
	@.ci/lock

clean: ## remove what make has made
	rm -rf .venv .cache .types build dist *.egg-info
	rm -rf .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
