# The commands of this repository; each sets up what it needs and is safe to repeat.
PY := .venv/bin/python

.PHONY: docs help demo test install-test image-test check bench validate setup packages packages-dev venv venv-dev
.NOTPARALLEL:

help: ## list these commands
	@sed -n 's/^\([a-z-]*\):.*## /make \1\t/p' Makefile | expand -t 20

demo: packages venv ## measure five data centres on the Tokyo metro network
	@.venv/bin/apn-emu run experiments/tokyo_metro.yaml

test: setup ## run all tests, then the short comparisons with stock Mininet and plain loops
	@$(PY) -m pytest
	@$(PY) benchmarks/suite.py --short

check: venv-dev ## lint, format, types, documentation and the tests that boot no kernel
	@.venv/bin/ruff check
	@.venv/bin/ruff format --check
	@.venv/bin/mypy
	@NO_MKDOCS_2_WARNING=1 .venv/bin/mkdocs build -q
	@$(PY) -m pytest -m 'not kernel'

docs: venv-dev ## build the documentation as a site in build/site
	@NO_MKDOCS_2_WARNING=1 .venv/bin/mkdocs build -q

install-test: ## try the first commands on a bare Debian 12 (root, debootstrap, minutes)
	@tests/bare_debian.sh $(SHARE)

image-test: ## follow the Dockerfile without a container engine (root, debootstrap, minutes)
	@tests/dockerfile.sh $(SHARE)

bench: setup ## compare with stock Mininet, GNPy and plain loops; write docs/performance.md
	@$(PY) benchmarks/suite.py
	@$(PY) benchmarks/growth.py

validate: setup ## run the published measurements, print published and emulated values side by side
	@$(PY) benchmarks/published.py

setup: packages-dev venv-dev ## install what is missing: Debian packages, .venv with the tests' tools

packages:
	@scripts/setup.sh packages

packages-dev:
	@scripts/setup.sh packages dev

venv:
	@scripts/setup.sh venv

venv-dev:
	@scripts/setup.sh venv dev
