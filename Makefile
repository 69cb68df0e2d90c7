SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# The pinned Node comes first; only npm's first run, which brings it, is on the system's.
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
E2E := node src/cli/main.ts
NAME ?= default
# `npm install --no-save` installs what the lock says and leaves the lock alone. `npm ci` would refuse: the lock cannot
# hold the optional binaries of platforms that the registry it was made with did not offer.
INSTALLED := .cache/installed-package-lock.json

help: ## show this
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## (.*)/  \1\t\2/' | expand -t 26

setup: ## install what is missing: npm packages, Python wheels; nothing when all is there
	@cmp -s package-lock.json $(INSTALLED) && test -d node_modules || \
	  { npm install --no-save --include=dev --include=optional && mkdir -p .cache && cp package-lock.json $(INSTALLED); }
	@node scripts/setup.ts

demo: setup ## run the spot migration in an environment of its own (KEEP=1 leaves it up)
	@scripts/demo.sh

test: setup ## the tests that CI runs: all but the whole set of scenarios
	@npx vitest run

test-fast: setup ## unit and workflow tests only
	@npx vitest run --project unit --project workflow

test-integration: setup ## tests against real engines, started for them
	@npx vitest run --project integration

test-e2e: setup ## every scenario tagged e2e, four at a time, in an environment of its own
	@scripts/test-e2e.sh

test-all: setup ## every test and every scenario, coverage by component against its goals (coverage/index.html)
	@scripts/test-all.sh

lint: setup ## rules of style and of the rooms
	@npm run --silent lint

check: setup ## format, lint, types, dead code, unit tests
	@npm run check

start-test-env: setup ## start an environment (NAME=default)
	@$(E2E) up --name $(NAME)

stop-test-env: ## stop it and remove its data
	@$(E2E) down --name $(NAME)

health-check: ## table of its processes with response times
	@$(E2E) health --name $(NAME)

init-test-data: setup ## demo customers to look around with, in a running environment
	@$(E2E) init-data --name $(NAME)

verify-prerequisites: setup ## programs, ports, memory, disk
	@$(E2E) doctor

clean: ## stop every environment of this clone and remove what runs and caches left
	@if [ -d .e2e/environments ]; then $(E2E) down --all; fi
	@rm -rf .e2e .cache coverage

.PHONY: help setup demo test test-fast test-integration test-e2e test-all lint check start-test-env stop-test-env \
  health-check init-test-data verify-prerequisites clean
