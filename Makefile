# SPDX-License-Identifier: GPL-3.0-or-later
# Two commands matter: `make demo` and `make test`. All that they need is fetched by themselves (tests/tools/provide.py).

SHELL := /bin/bash
.DEFAULT_GOAL := help
export LC_ALL := C.UTF-8
export PYTHONDONTWRITEBYTECODE := 1

PROFILE ?= openshift
NAME ?= $(PROFILE)
NODE ?= real
CLUSTER ?= local
CONTEXT ?=
NAMESPACE ?=
YES ?=
VARS ?=
NAMES ?=
PODS ?= 200
SEED ?= 1
CASES ?= 200000
KILLS ?=
export CONTEXT NAMESPACE YES VARS NAMES

PYTHON := python3
CLUSTER_PY := $(PYTHON) tests/cluster/cluster.py
SELECT := --name '$(NAME)' --profile '$(PROFILE)' --node '$(NODE)'

.PHONY: help python demo test test-unit lint test-differential soak-differential soak-mutants scc-table pod-types test-integration test-storage test-release test-adapt chart-table soak-adapt soak-storage soak-release verify-openshift cluster-up cluster-down cluster-status clusters-down bench clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-19s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "  Variables: PROFILE=openshift|kubernetes NAME=(the profile) NODE=real|simulated"
	@echo "             CLUSTER=own CONTEXT=name NAMESPACE=name YES=1 VARS=file (make demo on a cluster of yours)"
	@echo "             CONTEXT=name NAMESPACE=name YES=1 NAMES=1 PODS=200 SEED=1 (make verify-openshift)"
	@echo "             SEED=1 CASES=200000 (make soak-differential), SEED=1 KILLS=40 (make soak-storage, soak-release: 20)"

# A bare Debian has no Python; everything after this step is Python's work.
python:
	@tests/tools/bootstrap.sh

demo: python ## From nothing to an answered inference, then the same again with nothing changed
	@$(PYTHON) tests/tools/demo/demo.py --cluster '$(CLUSTER)' $(SELECT)

test: python ## All tests
	@$(PYTHON) tests/tools/suite.py all

test-unit: python ## Unit tests under every supported ansible-core
	@$(PYTHON) tests/tools/suite.py unit

lint: python ## Style, types, documentation, ansible-lint and ansible-test sanity
	@$(PYTHON) tests/tools/suite.py lint

test-differential: python ## A sample of the comparison of the SCC engine with OpenShift's own code
	@$(PYTHON) tests/tools/suite.py differential

soak-differential: python ## The whole comparison: 200,000 cases, every rule, every statement; its result goes to docs/evidence
	@$(PYTHON) tests/differential/differential.py --cases '$(CASES)' --seed '$(SEED)' --full --evidence
	@$(PYTHON) tests/differential/podsecurity.py --cases '$(CASES)' --seed '$(SEED)'
	@$(PYTHON) tests/differential/podsecurity_manifests.py --cases '$(CASES)' --seed '$(SEED)'
	@$(PYTHON) tests/differential/adapted.py --cases "$$(($(CASES) / 10))" --seed '$(SEED)'

scc-table: python ## Write docs/official-chart.md anew
	@$(PYTHON) tests/tools/scc_table.py > /dev/null

pod-types: python ## Write the types of a pod's fields anew, from Kubernetes' own
	@$(PYTHON) tests/differential/pod_types.py

soak-mutants: python ## Change the SCC engine in every small way: the comparison must notice each change
	@$(PYTHON) tests/differential/mutants.py --seed '$(SEED)' --evidence

test-integration: python ## Tests on the local cluster
	@$(PYTHON) tests/tools/suite.py integration

test-storage: python ## Tests of model storage on the local cluster
	@$(PYTHON) tests/tools/suite.py storage

test-release: python ## Tests of releases on the local cluster
	@$(PYTHON) tests/tools/suite.py release

test-adapt: python ## Tests of charts of others on the local cluster
	@$(PYTHON) tests/tools/suite.py adapt

chart-table: python ## Write docs/adapted-charts.md anew
	@$(PYTHON) tests/tools/chart_table.py > /dev/null

soak-storage: python ## All switches between storage back ends, and 40 kills of uploads and copies; its result goes to docs/evidence
	@$(PYTHON) tests/storage/soak.py --seed '$(SEED)' --kills '$(or $(KILLS),40)'

soak-release: python ## 20 upgrades, each killed at one of its requests; its result goes to docs/evidence
	@$(PYTHON) tests/release/soak.py --seed '$(SEED)' --kills '$(or $(KILLS),20)'

soak-adapt: python ## Every test chart under Helm 3 and Helm 4, and 20,000 workloads beside the real admission; its result goes to docs/evidence
	@$(PYTHON) tests/adapt/soak.py --seed '$(SEED)'

verify-openshift: python ## Compare the SCC engine with an OpenShift of yours by dry runs; asks first, writes nothing there
	@$(PYTHON) tests/tools/verify_openshift.py --pods '$(PODS)' --seed '$(SEED)'

cluster-up: python ## Start the local cluster NAME
	@$(CLUSTER_PY) up $(SELECT)

cluster-down: python ## Stop the local cluster NAME and remove all that it left
	@$(CLUSTER_PY) down $(SELECT)

cluster-status: python ## Show the local cluster NAME
	@$(CLUSTER_PY) status $(SELECT)

bench: python ## Compare with a hand-written playbook: one JSON object per line
	@$(PYTHON) tests/bench/bench.py

clusters-down: python ## Stop every local cluster of this clone
	@for kept in .cluster/*/; do [ ! -d "$$kept" ] || $(CLUSTER_PY) down --name "$$(basename "$$kept")"; done

clean: clusters-down ## Stop every local cluster of this clone and remove its build products
	@rm -rf tests/output .cluster inferops-triton-*.tar.gz
