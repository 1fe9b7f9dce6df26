# Two commands: `make run` and `make test`. Each does all its own set-up.
PYTHON ?= python3
BIN := .venv/bin
# One more than the two cores it is meant for: now and then a test waits for a server, a lock or a process.
WORKERS ?= 3

RELEASE := build/release-venv/bin

.PHONY: run test release-tools package trials windows-kit audit lock clean

run:
	@$(PYTHON) packaging/setup_environment.py
	@$(BIN)/python packaging/run.py

# Python keeps what it compiled, even where that is switched off: each worker and each process of a test reads it.
test: export PYTHONDONTWRITEBYTECODE =
test:
	@$(PYTHON) packaging/setup_environment.py test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile

# The tools that make and audit a release, in an environment of their own.
release-tools:
	@$(PYTHON) packaging/setup_environment.py release

# The frozen program in dist/: one folder, then the portable archive, the package for Debian, and their sums.
package: release-tools
	$(RELEASE)/python packaging/freeze.py
	$(RELEASE)/python packaging/linux_packages.py

# Trials of what was packaged, outside the tests; packaging/README.md says what each needs.
trials:
	@$(PYTHON) packaging/setup_environment.py test
	$(BIN)/python -m pytest packaging/trials -p no:randomly

# Resolves the locked files anew; needs the network and the `uv` program. Not part of run or test.
lock:
	uv pip compile --universal --generate-hashes --no-build --no-annotate --no-header --python-version 3.11 pyproject.toml packaging/build-tools.in -o requirements.lock
	uv pip compile --universal --generate-hashes --no-build --no-annotate --no-header --python-version 3.11 pyproject.toml packaging/build-tools.in --group dev -o requirements-dev.lock
	uv pip compile --universal --generate-hashes --no-build --no-annotate --no-header --python-version 3.11 pyproject.toml packaging/build-tools.in --group release -o requirements-release.lock

# The folder of wheels by which Windows computers without internet are served, and the source from which a Windows
# machine makes the installer; needs the network (about 200 MB).
windows-kit: release-tools
	$(RELEASE)/python packaging/wheel_folder.py make
	git archive --format=zip --prefix=ctdild-desktop/ --output=dist/ctdild-desktop-source.zip HEAD

# Known vulnerabilities of everything locked; red where no advisory data can be had. Needs the network.
audit: release-tools
	$(RELEASE)/python packaging/audit.py

clean:
	rm -rf build dist .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
