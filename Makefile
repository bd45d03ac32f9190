# `make help` lists what there is. Everything runs in .venv, which is built from envs/requirements.txt.
PYTHON ?= python3
CORES ?= all
VENV := .venv
BIN := $(VENV)/bin
PEERS := .venv-peers
CLOUD := .venv-cloud
STUDY ?= config/config.yaml
PROVENANCE := PYTHONPATH=workflow $(BIN)/python -m spectran.provenance

.DEFAULT_GOAL := help
.PHONY: help setup reproduce dry-run test test-slow test-slurm test-kubernetes bench check audit format documents report trace verify archive clean

help: ## This list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "  STUDY=config/office.yaml chooses another study, CORES=4 limits the cores"

# Byte code is written when a module is first used, whatever the shell says: compiling all that pip fetches takes longer
# than fetching it, and each of hundreds of jobs would compile what it reads.
export PYTHONDONTWRITEBYTECODE :=
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check --no-compile --requirement

setup: $(VENV)/.stamp ## Build the environment in .venv
$(VENV)/.stamp: envs/requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python $(PIP_INSTALL) $<
	@touch $@

reproduce: setup ## Run the study to its report (results/report/index.html)
	$(BIN)/snakemake --cores $(CORES) --configfile $(STUDY)

dry-run: setup ## Show what reproduce would run
	$(BIN)/snakemake --cores $(CORES) --configfile $(STUDY) --dry-run

report: setup ## Pack the study's results into Snakemake's own report.zip
	$(BIN)/snakemake --cores $(CORES) --configfile $(STUDY) --report report.zip

trace: setup ## Walk from a number of the report to the raw data: make trace NUMBER=0.0420
	$(PROVENANCE).trace --study $(STUDY) $(if $(TABLE),--table $(TABLE)) -- '$(NUMBER)'

verify: setup ## Check that results, or ARCHIVE=file, are as their records say
	$(PROVENANCE).verify $(if $(ARCHIVE),$(ARCHIVE),--study $(STUDY))

archive: setup ## Pack the study's results into one file that verify can check (ARCHIVE=file)
	$(PROVENANCE).archive $(or $(ARCHIVE),$(basename $(notdir $(STUDY)))-results.tar.gz) --study $(STUDY)

test: setup ## Run the test suite, but what is slow
	$(BIN)/python -m pytest --numprocesses 2 --dist worksteal -m "not slow and not slurm and not object_storage"

test-slow: setup ## Run the slow tests: kills, failing cells, every method through Snakemake
	$(BIN)/python -m pytest --numprocesses 2 --dist loadscope -m slow

test-slurm: setup ## Run a study on a Slurm cluster of this host's own, as root; Debian's Slurm is installed where apt is
	$(BIN)/python tests/slurm/cluster.py install
	$(BIN)/python -m pytest -m slurm tests/slurm

test-kubernetes: $(CLOUD)/.stamp ## Run a study through object storage, of a server of this host's own, and plan it for Kubernetes
	$(CLOUD)/bin/python -m pytest -m object_storage tests/object_storage
	$(CLOUD)/bin/python -m pytest --quiet tests/test_envs.py
# On top of .venv, whose packages it sees through a path file: so much is the same that a second copy would take minutes.
$(CLOUD)/.stamp: envs/cloud-test.txt $(VENV)/.stamp
	$(PYTHON) -m venv --clear $(CLOUD)
	$(BIN)/python -c "import sysconfig; print(sysconfig.get_path('purelib'))" \
	  > "$$($(CLOUD)/bin/python -c "import sysconfig; print(sysconfig.get_path('purelib'))")/base.pth"
	$(CLOUD)/bin/python $(PIP_INSTALL) $<
	@touch $@

bench: setup ## Benchmarks: make bench ONLY=epoch,training DATA=folder THREADS=2 RUNS=5; see benchmarks/README.md
	@$(MAKE) --no-print-directory $(PEERS)/.stamp || echo "RecTools cannot be installed, so it is left out"
	PYTHONPATH=.:workflow $(BIN)/python -m benchmarks --peers $(PEERS)/bin/python $(if $(ONLY),--only $(ONLY)) \
	  $(if $(DATA),--data $(DATA)) $(if $(THREADS),--threads $(THREADS)) $(if $(RUNS),--runs $(RUNS)) \
	  $(if $(CELLS),--cells $(CELLS)) $(if $(USERS),--users $(USERS))
$(PEERS)/.stamp: benchmarks/peers/requirements.txt
	$(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python $(PIP_INSTALL) $< || { rm -rf $(PEERS); exit 1; }
	@touch $@

check: setup ## Linters, formatters and the type checker
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/snakefmt --check Snakefile workflow
	$(BIN)/snakemake --lint

audit: ## Look the pinned packages up among known vulnerabilities, where a service that knows them can be reached
	@test -x .venv-audit/bin/pip-audit || { $(PYTHON) -m venv .venv-audit && \
	  .venv-audit/bin/python -m pip install --quiet --disable-pip-version-check pip-audit; } || \
	  { echo "audit: not done, for pip-audit cannot be installed"; rm -rf .venv-audit; exit 0; }; \
	.venv-audit/bin/python .ci/audit.py

format: setup ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/snakefmt Snakefile workflow

documents: setup ## Rewrite the files that are generated: from the typed configuration, and from envs/pins.toml
	PYTHONPATH=workflow $(BIN)/python -m spectran.config.document
	$(BIN)/python envs/generate.py

clean: ## Remove results, reports and the environment
	find results -mindepth 1 ! -name README.md -delete
	rm -rf .snakemake report.zip $(VENV) $(PEERS) $(CLOUD) .venv-audit
