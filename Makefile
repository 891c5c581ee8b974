# Everything is done by ops/ (python3 -m ops help); this file only gives it the usual names.
PYTHON ?= python3
.PHONY: help run serve setup train test check bench bench-nlu nlu-report
.DEFAULT_GOAL := help

help run serve setup train test check bench-nlu nlu-report:
	@$(PYTHON) -m ops $@
