# `make help` lists the targets. Each does only what is not done yet.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
NPX    := npx --no-install
# The AsyncAPI tools report every command to their makers unless they believe to be in CI.
export CI := true

SPEC      := asyncapi.yaml
PUBLISHED := generated/src/suspension_protocol/asyncapi.json
ASYNCAPI_HTML := .cache/asyncapi/index.html
SUITE     := .cache/json-schema-test-suite
DISTS     := runtime generated services
# What the compiled parts of the runtime are made of; an old build of them would hide errors.
COMPILED  := runtime/setup.py $(wildcard runtime/src/topicwire/*_py.py runtime/src/topicwire/*.p[xy][dx])
# Tests that only compute run on all cores; those that talk to brokers have the machine to themselves.
COMPUTING := $(addprefix tests/,codegen fuzz packages typing unit)
PROJECTS  := $(foreach dist,$(DISTS) codegen,$(dist)/pyproject.toml)

.PHONY: help demo test generate check docs faults security fuzz fidelity packages evolution bench clean

help:
	@echo "make demo       four wheels on a simulated bench, over MQTT (BROKER=mqtt://host:1883 for yours)"
	@echo "make test       everything: generator, types, runtime on a real mosquitto, services"
	@echo "make generate   asyncapi.yaml -> generated/"
	@echo "make check      is generated/ up to date? formatting, lint and types of everything"
	@echo "make docs       the site: guides, protocol, reference; site/index.html is its first page"
	@echo "make faults     nothing is lost: killed brokers, broken networks, full disks (half an hour)"
	@echo "make security   nobody gets in: forged messages, bombs, floods (three minutes)"
	@echo "make fuzz       inputs that nobody would think of, for all that reads (a quarter of an hour)"
	@echo "make fidelity   10,000 values for every schema, models against jsonschema (an hour)"
	@echo "make packages   wheels and a new project in empty environments, and the tests there (ten minutes)"
	@echo "make evolution  topicwire diff is never wrong: twenty thousand pairs of schemas (a quarter of an hour)"
	@echo "make bench      throughput and CPU against other clients; how long the generator takes (QUICK=1)"
	@echo "make clean      remove what was installed and built"

# ---- environments ------------------------------------------------------------------------------

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { rm -rf $(VENV); echo "python3 -m venv failed; on Debian: apt-get install python3-venv" >&2; exit 1; }

# What runs: the runtime, the generated package, the services. No Node, no generator; and the
# runtime is compiled where there is a compiler, and runs as it is where there is none.
$(VENV)/services.stamp: $(BIN)/python $(PROJECTS) $(COMPILED) constraints.txt
	@find runtime -name '*.so' -delete
	@echo "installing the runtime and the services ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	  --constraint constraints.txt $(foreach dist,$(DISTS),--editable $(dist))
	@touch $@

# What develops: the generator, the tests, the checkers.
$(VENV)/develop.stamp: $(VENV)/services.stamp
	@echo "installing the generator and the development tools ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	  --constraint constraints.txt --requirement requirements-dev.txt --editable codegen
	@touch $@

node_modules/.stamp: package.json package-lock.json .npmrc
	@command -v npm >/dev/null || \
	  { echo "Node 20 or newer is needed for the AsyncAPI tools; on Debian: apt-get install nodejs npm" >&2; exit 1; }
	@echo "installing the AsyncAPI tools ..."
	@npm ci --silent --no-progress
	@touch $@

# The official tests of JSON Schema, which the models are held against.
$(SUITE)/type.json: $(VENV)/develop.stamp constraints.txt
	@echo "downloading the JSON-Schema-Test-Suite ..."
	@$(BIN)/python tools/fetch-json-schema-suite $(SUITE)

# ---- users -------------------------------------------------------------------------------------

demo: $(VENV)/services.stamp
	@$(BIN)/suspension demo $(if $(BROKER),--broker $(BROKER)) $(DEMO_OPTIONS)

# ---- developers --------------------------------------------------------------------------------

test: $(VENV)/develop.stamp node_modules/.stamp $(SUITE)/type.json
	@tools/install-brokers
	@tools/install-browser
ifdef PYTEST_OPTIONS
	@$(BIN)/python -m pytest $(PYTEST_OPTIONS)
else
	@$(BIN)/python -m pytest -n auto --dist worksteal $(COMPUTING); computed=$$?; \
	  $(BIN)/python -m pytest $(COMPUTING:%=--ignore=%) && exit $$computed
endif

generate: $(VENV)/develop.stamp node_modules/.stamp
	@$(BIN)/topicwire generate $(SPEC) --output generated --package suspension_protocol --strict

check: $(VENV)/develop.stamp node_modules/.stamp
	@$(BIN)/topicwire generate $(SPEC) --output generated --package suspension_protocol --strict --check
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(NPX) pyright

# Everything is made beside the site first, so that a failure leaves the old one.
docs: $(VENV)/develop.stamp node_modules/.stamp $(ASYNCAPI_HTML)
	@$(BIN)/python -m tools.site .cache/site
	@$(BIN)/zensical build --strict --config-file .cache/site/mkdocs.yml >.cache/site/log 2>&1 || \
	  { cat .cache/site/log >&2; exit 1; }
	@rm -rf site && mv .cache/site/html site
	@echo "site/index.html is the first page; site/ is ready to publish"

# `byTagsNoRoot` groups the sidebar by app; the environment keeps the tool's own notes quiet.
$(ASYNCAPI_HTML): $(PUBLISHED) node_modules/.stamp
	@echo "writing the AsyncAPI document as HTML (takes about 20 s) ..."
	@mkdir -p $(@D)
	@SUPPRESS_NO_CONFIG_WARNING=1 SUPPRESS_STRICTNESS_CHECK=1 \
	  $(NPX) asyncapi generate fromTemplate $(PUBLISHED) @asyncapi/html-template \
	  --registry-url '' --output $(@D) --force-write --no-interactive --param singleFile=true \
	  --param sidebarOrganization=byTagsNoRoot \
	  --param 'config={"expand":{"messageExamples":true}}' >$(@D)/log 2>&1 || { cat $(@D)/log >&2; exit 1; }
	@touch $@

# The short versions of most of these are in `make test`.
faults: $(VENV)/develop.stamp
	@tools/install-brokers
	@$(BIN)/python -m tests.faults $(FAULTS_OPTIONS)

security: $(VENV)/develop.stamp
	@tools/install-brokers
	@$(BIN)/python -m tests.faults --only forged-messages --only reordered-and-late \
	  --only bombs --only signature-flood

# What it found so far is read again in `make test`.
fuzz: $(VENV)/develop.stamp
	@$(BIN)/python -m tests.fuzz $(FUZZ_OPTIONS)

fidelity: $(VENV)/develop.stamp
	@$(BIN)/python -m tests.fidelity $(FIDELITY_OPTIONS)

packages: $(VENV)/develop.stamp
	@tools/install-brokers
	@TOPICWIRE_PACKAGES=1 $(BIN)/python -m pytest tests/packages tests/docs/test_first_steps.py

# More pairs of schemas than in `make test`.
evolution: $(VENV)/develop.stamp
	@TOPICWIRE_SUBSET_EXAMPLES=20000 $(BIN)/python -m pytest tests/codegen/test_subsets.py

bench: $(VENV)/develop.stamp
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	  --constraint constraints.txt --requirement bench/requirements.txt
	@$(BIN)/python -m bench $(if $(QUICK),--rounds 1) $(BENCH_OPTIONS)
	@$(if $(QUICK),,$(BIN)/python bench/generate.py)

clean:
	rm -rf $(VENV) node_modules site .cache/asyncapi .cache/site runtime/build .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find runtime -name '*.so' -delete
	find . -name '*.egg-info' -type d -prune -exec rm -rf {} +
