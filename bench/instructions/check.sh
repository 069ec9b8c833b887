#!/usr/bin/env bash
# Counts the instructions of a small job of each stage under callgrind and compares them with
# counts.txt: bench/instructions/check.sh [--update | JOB...]
#
# Fails where a count is more than 5 % above its record: the change that makes a stage dearer says so
# by updating the record in the same go. Where one is more than 5 % below, it asks for an update, so
# that the gain is kept. --update writes the record. Names such as train/best check these jobs only.
#
# One thread, AVX2 (callgrind knows no AVX-512), the release preset. The counts are those of one
# compiler: with another one the check is skipped, and says so.
set -euo pipefail
cd "$(dirname "$0")/../.."
. scripts/lib.sh

case ${1:-} in
  --update | [!-]* | "") ;;
  *) sed -n 's/^# \{0,1\}//p' "$0" | sed -n 2,12p; [[ $1 == --help || $1 == -h ]]; exit ;;
esac

record=bench/instructions/counts.txt
skip() {
  say "Instruction counts are skipped: $*"
  exit 0
}

[[ $(uname -m) == x86_64 ]] || skip "they are recorded for x86_64, and this is $(uname -m)"
grep -qw avx2 /proc/cpuinfo || skip "this processor has no AVX2"
install_packages "$build_packages valgrind"
build release instructions

# The compiler that the build uses, as CMake names it.
settings=$(cat build/release/CMakeFiles/*/CMakeCXXCompiler.cmake)
of() {
  sed -n "s/^set($1 \"\(.*\)\")$/\1/p" <<<"$settings" | head -n 1
}
compiler="$(of CMAKE_CXX_COMPILER_ID) $(of CMAKE_CXX_COMPILER_VERSION)"
recorded=$(sed -n 's/^# compiler: //p' "$record" 2>/dev/null || true)
if [[ ${1:-} != --update && $compiler != "$recorded" ]]; then
  skip "they are recorded for ${recorded:-no compiler}, and this build is by $compiler"
fi

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

count() {
  local log=$folder/${1//\//-}
  CUVAE_SIMD=avx2 TMPDIR=$folder valgrind --tool=callgrind --callgrind-out-file=/dev/null \
    --toggle-collect=counted_job build/release/bin/instructions "$1" >"$log" 2>&1 || {
    cat "$log" >&2
    return 1
  }
  sed -n "s|^==[0-9]*== Collected : \([0-9]*\)$|$1 \1|p" "$log" >"$log.count"
  [[ -s $log.count ]] || {
    cat "$log" >&2
    return 1
  }
}
export -f count
export folder
if [[ $# -eq 0 || $1 == --update ]]; then
  mapfile -t jobs < <(build/release/bin/instructions)
else
  jobs=("$@")
fi
# The last is the longest, and begun first.
# shellcheck disable=SC2016 # the inner shell expands it
printf '%s\n' "${jobs[@]}" | tac | tr '\n' '\0' |
  xargs -0 -n 1 -P "$(jobs_count)" bash -c 'count "$1"' count ||
  stop "a job failed under callgrind, see above"
counts=$(for job in "${jobs[@]}"; do cat "$folder/${job//\//-}.count"; done)

if [[ ${1:-} == --update ]]; then
  {
    echo "# Instructions of a small job of each stage. Written by bench/instructions/check.sh --update."
    echo "# compiler: $compiler"
    echo "# SIMD: AVX2, one thread"
    echo "$counts"
  } >"$record"
  say "Wrote $record"
  exit 0
fi

awk -v limit=5 -v all=$(($# == 0)) '
  FNR == NR { if ($1 != "#") record[$1] = $2; next }
  !($1 in record) { printf "%-16s %15.0f  has no record\n", $1, $2; bad = 1; next }
  {
    change = 100 * ($2 / record[$1] - 1)
    verdict = change > limit ? "GREW" : change < -limit ? "shrank: please update the record" : ""
    printf "%-16s %15.0f  %+6.2f %%  %s\n", $1, $2, change, verdict
    if (change > limit) bad = 1
    delete record[$1]
  }
  END {
    for (job in record) if (all) { printf "%-16s is recorded, and no job any more\n", job; bad = 1 }
    exit bad
  }' "$record" - <<<"$counts" ||
  stop "instructions grew by more than 5 %, or the jobs are others. Make the stage cheaper, or, where
the cost is meant, run bench/instructions/check.sh --update and commit the record with the change"
