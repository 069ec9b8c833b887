#!/usr/bin/env bash
# On a machine with a GPU: build, test, sanitize and measure in one go. bench/gpu.sh
#
# Writes bench/results/gpu-<card>-<date>/: the tests, compute-sanitizer's four tools over the same
# tests, and the benchmark, with card, driver and clocks. Ends with an error where a test or a tool
# finds something; the results are written all the same.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
. scripts/gpu/common.sh

has_gpu || stop "there is no GPU that the driver shows"
command -v nvcc >/dev/null || stop "there is no CUDA compiler (nvcc)"
command -v compute-sanitizer >/dev/null || stop "there is no compute-sanitizer; it comes with the CUDA toolkit"

card=$(nvidia-smi --query-gpu=name --format=csv,noheader | head -n 1 | tr -c 'A-Za-z0-9\n' '-')
results=bench/results/gpu-$card-$(date -u +%Y-%m-%d)
mkdir -p "$results"
export CUVAE_REQUIRE_GPU=1
failures=0

step() {
  local name=$1
  shift
  say "$name"
  if "$@" >"$results/${name// /-}.txt" 2>&1; then
    echo "$name: passed" | tee -a "$results/summary.txt"
  else
    echo "$name: FAILED" | tee -a "$results/summary.txt"
    failures=$((failures + 1))
  fi
}

{
  git log -1 --format='commit %H'
  nvidia-smi --query-gpu=name,driver_version,compute_cap,clocks.max.sm,clocks.max.memory,memory.total \
    --format=csv
  nvcc --version | tail -n 2
  grep -m 1 'model name' /proc/cpuinfo
  nproc
} >"$results/machine.txt" 2>&1

: >"$results/summary.txt"
build_all() {
  cmake --preset cuda && cmake --build --preset cuda --parallel "$(nproc)" &&
    cmake --build --preset cuda --parallel "$(nproc)" --target cuvae_tool
}
step "build" build_all
step "tests" scripts/gpu/check.sh
mapfile -t programs < <(gpu_tests build/cuda)
for tool in memcheck racecheck initcheck synccheck; do
  for program in "${programs[@]}"; do
    step "$tool $(basename "$program")" compute-sanitizer --tool "$tool" --error-exitcode 9 "$program"
  done
done
for program in build/cuda/bin/bench_*; do
  [[ -x $program ]] || continue
  step "$(basename "$program")" "$program" --benchmark_out="$results/$(basename "$program").json" \
    --benchmark_out_format=json --benchmark_repetitions=5 --benchmark_report_aggregates_only=true
done
if build/cuda/cuvae bench --help >/dev/null 2>&1; then
  step "cuvae bench" build/cuda/cuvae bench --json
fi

say "Results in $results"
[[ $failures -eq 0 ]] || stop "$failures steps failed, see $results/summary.txt"
