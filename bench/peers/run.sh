#!/usr/bin/env bash
# The same job with cuvae and with Keras, JAX, PyTorch, ctgan's TVAE, pandas, Polars, Arrow and DuckDB:
#   bench/peers/run.sh [--rows N] [--rounds N] [--stages read train generate write learned whole] ...
# Sets up a Python environment with pinned versions under build/ (some GB, torch most of it), builds what
# it needs, and writes the table to bench/results/. A package that can't be installed is named there.
# CUVAE_BUILD names another build folder than build/release, CUVAE_ENVIRONMENT another environment.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=${CUVAE_BUILD:-build/release}
environment=${CUVAE_ENVIRONMENT:-build/peers-environment}
failed=$environment/failed.txt

if [[ ! -e $failed ]]; then
  python3 -m venv "$environment"
  # One by one: a package that fails must not take the others with it.
  mapfile -t packages <bench/peers/requirements.txt
  for package in "${packages[@]}"; do
    "$environment/bin/pip" install --quiet --constraint bench/peers/requirements.txt "$package" >&2 ||
      echo "$package"
  done >"$environment/failing.txt"
  mv "$environment/failing.txt" "$failed"
fi
if [[ -z ${CUVAE_BUILD:-} ]]; then
  cmake --preset release >/dev/null
  cmake --build "$build" --target cuvae_tool peer_stages >/dev/null
fi

mapfile -t missing <"$failed"
mkdir -p bench/results
"$environment/bin/python" bench/peers/compare.py --build "$build" --missing "${missing[@]}" \
  --output "bench/results/peers-$(date +%F).md" "$@"
