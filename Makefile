# Everything is done by ops/ (python3 -m ops help); this file only gives it the usual names.
PYTHON ?= python3
.PHONY: help run serve setup train test check screenshots bench bench-nlu bench-turns nlu-report bench-handoff bench-channels bench-cases bench-web chaos conformance
.DEFAULT_GOAL := help

help run serve setup train test check screenshots bench bench-nlu bench-turns nlu-report bench-handoff bench-channels bench-cases bench-web chaos conformance:
	@$(PYTHON) -m ops $@
