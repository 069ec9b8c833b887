#!/bin/sh
# Builds the fuzz targets and runs them: scripts/fuzz.sh [SECONDS [TARGET]...]
#
# Each target runs for so long (60 seconds where nothing is said), two at a time where there are two
# cores. What is found stays in build/fuzz/findings, and the script ends with 1. Inputs that reached
# new code stay in build/fuzz/corpus and are used by the next run.
set -eu

case ${1:-} in
  -h | --help) sed -n 's/^# \{0,1\}//p' "$0" | sed -n 1,5p; exit 0 ;;
esac

cd "$(dirname "$0")/.."
. scripts/lib.sh

seconds=${1:-60}
[ $# -eq 0 ] || shift
case $seconds in
  '' | *[!0-9]*) stop "how many seconds? '$seconds' is no whole number" ;;
esac
targets=${*:-csv_and_tokenizer model_file conditions evaluate}
for target in $targets; do
  [ -d "tests/fuzz/corpus/$target" ] || stop "there is no target '$target'"
done

install_packages "$build_packages clang"
# Debian and Ubuntu have the runtime of the sanitizers in a package of its own.
version=$(clang++ -dumpversion | cut -d. -f1)
[ -n "$(find "$(clang++ -print-resource-dir)/lib" -name '*clang_rt.fuzzer*' 2>/dev/null)" ] ||
  install_packages "libclang-rt-$version-dev"

started=$(date +%s)
build fuzz
say "Built in $(($(date +%s) - started)) s"

# fuzz TARGET: its report goes to build/fuzz/TARGET.log.
fuzz() {
  corpus=build/fuzz/corpus/$1
  mkdir -p "$corpus" build/fuzz/findings
  dictionary=tests/fuzz/dictionaries/$1.dict
  [ -f "$dictionary" ] || dictionary=tests/fuzz/dictionaries/csv.dict
  "build/fuzz/bin/fuzz_$1" -max_total_time="$seconds" -timeout=25 -rss_limit_mb=2048 -max_len=65536 \
    -dict="$dictionary" -artifact_prefix="build/fuzz/findings/$1-" -print_final_stats=1 \
    "$corpus" "tests/fuzz/corpus/$1" >"build/fuzz/$1.log" 2>&1
}

failed=
# shellcheck disable=SC2086 # a list of names
set -- $targets
while [ $# -gt 0 ]; do
  beside=
  if [ $# -gt 1 ] && [ "$(jobs_count)" -gt 1 ]; then
    beside=$2
    fuzz "$beside" &
    other=$!
  fi
  fuzz "$1" || failed="$failed $1"
  if [ -n "$beside" ]; then
    wait "$other" || failed="$failed $beside"
    shift
  fi
  shift
done

for target in $targets; do
  executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "build/fuzz/$target.log")
  say "$target: ${executions:-an unknown number of} executions"
done
[ -z "$failed" ] || {
  for target in $failed; do
    tail -n 40 "build/fuzz/$target.log" >&2
  done
  stop "found something in:$failed; the inputs are in build/fuzz/findings"
}
