#!/usr/bin/env bash
# How good the recipes' rows are, by other people's measures too:
#   bench/quality/run.sh DATA.csv [RECIPE ...]
# Sets up a Python environment with pinned versions, then runs measure.py; the table goes to
# bench/results/. Recipes are best, fast and seed unless named; CUVAE names another tool than
# build/release/cuvae, CUVAE_SEEDS other seeds than "1 2 3".
set -euo pipefail
cd "$(dirname "$0")/../.."
[[ $# -ge 1 ]] || { echo "usage: bench/quality/run.sh DATA.csv [RECIPE ...]" >&2; exit 2; }
data=$1
shift
recipes=("$@")
[[ $# -gt 0 ]] || recipes=(best fast seed)
read -ra seeds <<<"${CUVAE_SEEDS:-1 2 3}"
environment=build/quality-environment
if [[ ! -x $environment/bin/python ]]; then
  python3 -m venv "$environment"
  "$environment/bin/pip" install --quiet --requirement bench/quality/requirements.txt
fi
"$environment/bin/python" bench/quality/measure.py "${CUVAE:-build/release/cuvae}" "$data" \
  --recipes "${recipes[@]}" --seeds "${seeds[@]}" \
  --output "bench/results/quality-$(basename "$data" .csv)-$(date +%F).md"
