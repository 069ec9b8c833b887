#!/bin/sh
# From nothing to synthetic rows and a report: scripts/quickstart.sh [DATA.csv]
#
# Installs what is missing, builds, simulates card transactions when no table is given, then trains,
# generates and evaluates. Results: out/quickstart. CUVAE_ROWS changes how many rows are generated.
# Beside a GPU the CUDA half is built too, with a compiler from PyPI if there is none; CUVAE_CUDA=OFF
# leaves it out.
set -eu

[ $# -le 1 ] || { echo "usage: $0 [DATA.csv]" >&2; exit 2; }
case ${1:-} in
  -h | --help) sed -n 's/^# \{0,1\}//p' "$0" | sed -n 2,7p; exit 0 ;;
esac
data=
if [ $# -eq 1 ]; then
  if [ ! -f "$1" ] || [ ! -r "$1" ]; then
    echo "$0: $1 is no file that can be read" >&2
    exit 2
  fi
  data=$(realpath "$1")
fi

cd "$(dirname "$0")/.."
. scripts/lib.sh

install_packages "$build_packages"
choose_cuda
build release cuvae_tool
cuvae=build/release/cuvae

if [ -z "$data" ]; then
  data=out/cards.csv
  mkdir -p out
  if [ -f "$data" ]; then
    say "Using the simulated card transactions of an earlier run: $data"
  else
    say "Simulating 500,000 card transactions"
    "$cuvae" simulate -n 500000 --seed 1 -o "$data"
  fi
fi

say "Training on $data, generating and evaluating"
"$cuvae" run "$data" -o out/quickstart -n "${CUVAE_ROWS:-2000000}" --force

say "Synthetic rows: $PWD/out/quickstart/synthetic.csv"
say "Report:         $PWD/out/quickstart/report.html"

if command -v python3 >/dev/null 2>&1; then
  say "The same from Python (pip install .):"
  cat >&2 <<END
     import cuvae
     frame = cuvae.train("$data").sample(1_000_000).to_pandas()
END
fi
