.PHONY: demo test check
PYTHON ?= python3

demo:
	$(PYTHON) -m venv .venv && .venv/bin/pip install -q -e . && .venv/bin/loa demo

test:
	$(PYTHON) -m venv .venv && .venv/bin/pip install -q -e '.[test]' && .venv/bin/python -m pytest -q

check:
	bash .ci/run
