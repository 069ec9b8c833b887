#!/usr/bin/env bash
# How good the recipes' rows are on other mixed tables, with ctgan's TVAE at its defaults beside them:
#   bench/quality/tables.sh [--tables NAME ...] [--recipes R ...] [--seeds S ...] [--rows MOST] [--csv FILE ...]
# Sets up a Python environment with pinned versions (torch is large), then runs tables.py; the tables
# come with installed packages or are made, nothing is loaded at run time. The result goes to
# bench/results/. CUVAE names another tool than build/release/cuvae.
set -euo pipefail
cd "$(dirname "$0")/../.."
environment=${CUVAE_ENVIRONMENT:-build/tables-environment}
if [[ ! -x $environment/bin/python ]]; then
  python3 -m venv "$environment"
  "$environment/bin/pip" install --quiet --requirement bench/quality/requirements.txt \
    --requirement bench/quality/requirements-tables.txt
fi
"$environment/bin/python" bench/quality/tables.py "${CUVAE:-build/release/cuvae}" \
  --output "bench/results/tables-$(date +%F).md" "$@"
