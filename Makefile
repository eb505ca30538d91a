# `make run` and `make test` need nothing but Python 3.11+, make and, the first time, a package index.
PYTHON ?= python3
BIN := .venv/bin
DATA ?= ../shared/data

.PHONY: run test check bench docs lock clean

run: .venv/installed  ## run the flow on the bundled articles
	$(BIN)/onrecord run examples/articles

test: .venv/installed  ## run the whole suite
	$(BIN)/pytest

check: .venv/installed  ## what every commit passes
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest

bench: .venv/installed  ## quality against floors, speed against peers; DATA is the folder of benchmark data
	$(BIN)/python benchmarks/segmentation.py $(DATA)
	$(BIN)/python benchmarks/extraction.py $(DATA)
	$(BIN)/python benchmarks/metadata.py $(DATA)
	$(BIN)/python benchmarks/encodings.py $(DATA)
	$(BIN)/python benchmarks/attribution.py $(DATA)
	$(BIN)/python benchmarks/attribution.py $(DATA) --model accurate
	$(BIN)/python benchmarks/form.py $(DATA)
	$(BIN)/python benchmarks/classification.py $(DATA)
	$(BIN)/python benchmarks/classification.py $(DATA) --model accurate
	$(BIN)/python benchmarks/speakers.py benchmarks/gold/passages.jsonl
	$(BIN)/python benchmarks/run.py $(DATA)
	$(BIN)/python benchmarks/stories.py $(DATA)
	$(BIN)/python benchmarks/hostile.py
	$(BIN)/python benchmarks/store.py --small
	$(BIN)/python benchmarks/report.py --small
	$(BIN)/python benchmarks/fetch_client.py
	$(BIN)/python benchmarks/fetch.py --small --only again kills faults attacks archive

docs: .venv/installed  ## write the generated documents
	$(BIN)/onrecord dictionary > docs/data_dictionary.md

lock: .venv/installed  ## resolve requirements.lock anew, from pyproject.toml
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --upgrade --quiet \
		--generate-hashes --no-emit-index-url --no-annotate --no-header --output-file requirements.lock

.venv/installed: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "onrecord needs Python 3.11 or newer; try make PYTHON=python3.11")'
	@echo "Setting up .venv: the first time a minute or so, most of it for the download of packages."
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		"$$(grep -o '^uv==[0-9.]*' requirements.lock)"
	$(BIN)/uv pip sync --python $(BIN)/python --compile-bytecode --quiet requirements.lock
	$(BIN)/uv pip install --python $(BIN)/python --no-deps --no-build-isolation --offline --quiet --editable .
	touch $@

clean:  ## remove what set-up and runs made
	rm -rf .venv output/* output/.staging output/.cache
