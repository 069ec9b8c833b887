#!/bin/sh
# check.sh CUVAE [sample]: trains on a simulated table, or on the one that CUVAE_SAMPLE names, and
# holds model, rows and loss against NumPy.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
python3 -c 'import numpy, safetensors' 2>/dev/null || {
  echo "skipped: python3 has no numpy and safetensors"
  exit 77
}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
table=$folder/table.csv
if [ "${2:-}" = sample ]; then
  [ -n "${CUVAE_SAMPLE:-}" ] || {
    echo "skipped: CUVAE_SAMPLE names no table"
    exit 77
  }
  table=$CUVAE_SAMPLE
else
  "$1" simulate -n 5000 --seed 3 -o "$table" --quiet
fi
"$1" train "$table" --recipe seed -o "$folder/model.safetensors" --seed 5 --device cpu --quiet
"$1" generate "$folder/model.safetensors" -n 1000 --seed 9 -o "$folder/rows.csv" --device cpu --quiet
python3 "$here/check.py" "$folder/model.safetensors" "$table" "$folder/rows.csv" 9
