# make demo   the main comparison, from nothing to its summary      make test   all tests but the long ones (make test-long)
# make serve  the classroom page in a browser                       make lint   ruff and mypy
# make docs   the documentation as a site                           make bench  speed, memory, the page's times
#   Slower checks: fuzz  mutants  coverage  baselines  all-pythons  torture       Studies behind docs/: evidence  pictures
# All set themselves up in .venv; they need Python 3.11 to 3.13 and make. Windows: see README.md.
#
#   PYTHON=python3.12        interpreter to build .venv with
#   REPLICATES=10            seeds for each arm in the demo
#   DEMO_LANG=zh             zh or en: language of the demo
#   PYTEST_ARGS=-x           more for pytest

FITS := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11 python; do \
	if $$name -c '$(FITS)' 2> /dev/null; then echo $$name; break; fi; done)
REPLICATES ?= 10
DEMO_LANG ?= zh
PYTEST_ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
SCENARIO := scenarios/chaoyang_neighbour_festival.yaml
# What is imported is compiled then: compiling all of 150 packages takes as long as fetching them.
INSTALL = $(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check \
	--constraint constraints/$$($(BIN)/python -c 'import sys; print("%d.%d" % sys.version_info[:2])').txt

.PHONY: help setup demo serve pictures test test-long torture baselines fuzz mutants all-pythons coverage lint bench \
	evidence docs clean
.DELETE_ON_ERROR:

help:
	@awk '/^#/ {sub(/^# ?/, ""); print; next} {exit}' Makefile

# One stamp for each set of packages: pip runs again only when what it reads has changed.
$(BIN)/python:
	@$(PYTHON) -c '$(FITS)' || { echo "Python 3.11, 3.12 or 3.13 is needed: make PYTHON=…  需要 Python 3.11–3.13"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.report: pyproject.toml $(wildcard constraints/*.txt) | $(BIN)/python
	$(INSTALL) --editable '.[study,report,web]'
	@touch $@

$(VENV)/.dev: pyproject.toml $(wildcard constraints/*.txt) | $(BIN)/python
	$(INSTALL) --editable '.[dev]'
	@touch $@ $(VENV)/.report

setup: $(VENV)/.dev

demo: $(VENV)/.report
	YIHE_LANG=$(DEMO_LANG) $(BIN)/python -m sim.precompile
	$(BIN)/yihe compare $(SCENARIO) --replicates $(REPLICATES) --lang $(DEMO_LANG)

serve: $(VENV)/.report
	YIHE_LANG=$(DEMO_LANG) $(BIN)/python -m sim.precompile
	$(BIN)/yihe serve

# The READMEs' pictures, from the demo's results.
pictures: demo
	for lang in zh en; do \
		$(BIN)/yihe compare $(SCENARIO) --replicates $(REPLICATES) --lang $$lang --quiet && \
		cp results/chaoyang_neighbour_festival/figures/effects.png docs/img/demo.$$lang.png || exit 1; done

test: $(VENV)/.dev
	$(BIN)/python -m sim.precompile
	$(BIN)/python -m pytest -n 2 --dist worksteal $(PYTEST_ARGS)

# Effects over many runs, left out of `make test` for their length; a few minutes.
test-long: $(VENV)/.dev
	$(BIN)/python -m sim.precompile
	$(BIN)/python -m pytest -n 2 --dist worksteal -m long $(PYTEST_ARGS)

# A hundred SIGKILLs during a study: its tables must be those of an undisturbed one. About ten minutes.
torture: $(VENV)/.dev
	$(BIN)/python tests/torture.py --kills 100

# Every arm of every scenario against its recorded baseline; docs/baselines.md says how to renew one.
baselines: $(VENV)/.dev
	$(BIN)/python -m sim.precompile
	$(BIN)/python tests/record_baselines.py

# 10,000 scenario and study files written wrongly; about ten minutes.
fuzz: $(VENV)/.dev
	YIHE_FUZZ=10000 $(BIN)/python -m pytest tests/test_fuzz.py --timeout 7200 $(PYTEST_ARGS)

# Small faults put into the kernels, one at a time: which of them does no test notice?
mutants: $(VENV)/.dev
	$(BIN)/python tests/mutants.py

# Wheel and sdist under Python 3.11, 3.12 and 3.13, installed away from the checkout.
all-pythons: $(VENV)/.dev
	$(BIN)/python tests/all_pythons.py

# Lines that tests run, by module: docs/testing.md. Compiled kernels are not seen: make mutants asks of those.
coverage: $(VENV)/.dev
	$(BIN)/python -m sim.precompile
	$(BIN)/python -m pytest -n 2 --dist worksteal --cov=sim --cov-branch \
		--cov-report=json:build/coverage.json $(PYTEST_ARGS)
	$(BIN)/python tests/testing_figures.py build/coverage.json

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: $(VENV)/.dev
	$(BIN)/python benchmarks/run.py
	$(BIN)/python benchmarks/studies.py
	$(BIN)/python benchmarks/web.py
	$(BIN)/python benchmarks/speed.py
	$(BIN)/python benchmarks/roofline.py

# Calibration, sensitivity and the main findings again, in their short forms, and the pages made of them. Runs that
# results/evidence_* already holds are used again; folders that other code made are refused: delete them first.
STEP = $(BIN)/python -m sim.evidence
DO = $(STEP) run experiments/$(1).yaml results/evidence_$(notdir $(1))
evidence: $(VENV)/.dev
	@echo "About 20,000 runs of 400 to 1,100 people: an hour and a half on two free cores. 约 20,000 次运行，两个空闲的核约一个半小时。"
	$(BIN)/python -m sim.precompile
	$(STEP) stages
	$(call DO,evidence/calibration)
	$(call DO,calibrate_chaoyang)
	$(call DO,evidence/structure)
	$(call DO,evidence/findings)
	$(STEP) keep results/evidence_calibration results/evidence_calibrate_chaoyang results/evidence_structure \
		results/evidence_findings
	$(STEP) stages
	$(call DO,evidence/claims_hangzhou)
	$(call DO,evidence/claims_yantai)
	$(STEP) keep results/evidence_claims_hangzhou results/evidence_claims_yantai
	$(call DO,evidence/sieve)
	$(STEP) keep results/evidence_sieve
	$(STEP) stages
	$(call DO,evidence/morris)
	$(call DO,evidence/whole)
	$(STEP) keep results/evidence_morris results/evidence_whole
	$(STEP) stages
	$(call DO,evidence/sobol)
	$(STEP) keep results/evidence_sobol
	$(STEP) pages

# The documentation as a site, in build/site; offline once installed.
docs: $(VENV)/.dev
	$(BIN)/python -m sim.reference --check
	$(BIN)/mkdocs build --strict

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find sim tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
