#!/usr/bin/env bash
# On a machine with a GPU: build, test, sanitize and measure in one go. bench/gpu.sh [--dry-run]
#
# Writes bench/results/gpu-CARD-DATE.md: card, driver and clocks, the tests, compute-sanitizer's
# four tools over the same tests, and the benchmarks; what each step printed is in build/gpu-logs.
# Ends with an error where a test or a tool finds something; the results are written all the same.
#
# --dry-run tries this script where there is no GPU, with the replacement of the CUDA runtime that
# CUVAE_PTXRUN names: its checks stand in for compute-sanitizer's, some benchmarks run once, and the
# results, whose times mean nothing, go to build/gpu-dry-run.md.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
. scripts/gpu/common.sh

dry=no
case ${1:-} in
  --dry-run) dry=yes ;;
  '') ;;
  *)
    sed -n 's/^# \{0,1\}//p' "$0" | sed -n 1,9p
    exit 2
    ;;
esac

date=$(date -u +%Y-%m-%d)
configuration=()
if [[ $dry == yes ]]; then
  prepare_device build/ptxrun
  [[ $device == ptxrun ]] || stop "a dry run needs CUVAE_PTXRUN, nvcc, and a machine without a GPU"
  folder=build/cuda-ptx
  results=build/gpu-dry-run.md
  configuration+=(-D "CUVAE_CUDA_ARCHITECTURES=80-virtual;90-virtual")
  bench_options=(--benchmark_min_time=0 '--benchmark_filter=host_codes|unfused')
else
  has_gpu || stop "there is no GPU that the driver shows"
  command -v nvcc >/dev/null || stop "there is no CUDA compiler (nvcc)"
  command -v compute-sanitizer >/dev/null ||
    stop "there is no compute-sanitizer; it comes with the CUDA toolkit"
  device=gpu
  folder=build/cuda
  card=$(nvidia-smi --query-gpu=name --format=csv,noheader | head -n 1 | tr -cs 'A-Za-z0-9\n' '-')
  results=bench/results/gpu-${card%-}-$date.md
  # Machine code for this card only, which builds in a third of the time.
  capability=$(nvidia-smi --query-gpu=compute_cap --format=csv,noheader | head -n 1 | tr -d .)
  configuration+=(-D "CUVAE_CUDA_ARCHITECTURES=$capability")
  bench_options=(--benchmark_repetitions=5 --benchmark_report_aggregates_only=true)
fi
export CUVAE_REQUIRE_GPU=1
logs=build/gpu-logs
rm -rf "$logs"
mkdir -p "$logs" "$(dirname "$results")"
failures=0

# line TEXT...: lines of the results.
line() {
  printf '%s\n' "$@" >>"$results"
}

# step NAME COMMAND...: runs a step; its line goes into the table of the results.
step() {
  local name=$1 started=$SECONDS verdict=passed log=$logs/${1// /-}.txt
  shift
  say "$name"
  if ! "$@" >"$log" 2>&1; then
    verdict=FAILED
    failures=$((failures + 1))
    tail -n 5 "$log" >&2
  fi
  line "| $name | $verdict | $((SECONDS - started)) s |"
  [[ $verdict == passed ]]
}

# shown NAME: what a step printed, as it is.
shown() {
  local log=$logs/${1// /-}.txt
  [[ -s $log ]] || return 0
  line "" "## $1" ""
  {
    echo '```'
    sed -e 's/[[:space:]]*$//' "$log"
    echo '```'
  } >>"$results"
}

machine() {
  git log -1 --format='commit %H'
  if [[ $dry == yes ]]; then
    echo "no GPU: a dry run, whose times mean nothing"
  else
    nvidia-smi --format=csv \
      --query-gpu=name,driver_version,compute_cap,clocks.max.sm,clocks.max.memory,memory.total
  fi
  nvcc --version | tail -n 2
  grep -m 1 'model name' /proc/cpuinfo
  nproc
}

build_all() {
  cmake --preset cuda -B "$folder" -D CUVAE_BENCH=ON -D CUVAE_PLANTED_DEFECT=none \
    "${configuration[@]}" &&
    cmake --build "$folder" --parallel "$(nproc)" --target gpu_tests bench_gpu cuvae_tool
}

# sanitize TOOL PROGRAM
sanitize() {
  if [[ $dry == no ]]; then
    compute-sanitizer --tool "$1" --error-exitcode 9 "$2"
    return
  fi
  local settings=A=1  # bounds and barriers are always checked
  case $1 in
    racecheck) settings=PTXRUN_RACE=1 ;;
    initcheck) settings=PTXRUN_INIT=1 ;;
  esac
  run_tests "$logs/dry.txt" env "$settings" "$2" || {
    cat "$logs/dry.txt"
    return 1
  }
}

: >"$results"
line "# GPU: tests and benchmarks, $date"
machine >"$logs/Machine.txt" 2>&1
shown Machine
line "" "## Steps" "" "| step | result | time |" "|---|---|---|"
built=no
step "build" build_all && built=yes
if [[ $built == yes ]]; then
  if [[ $dry == yes ]]; then
    step "tests" scripts/gpu/check.sh --quick
  else
    step "tests" scripts/gpu/check.sh
  fi
  mapfile -t programs < <(gpu_tests "$folder")
  for tool in memcheck racecheck initcheck synccheck; do
    for program in "${programs[@]}"; do
      step "$tool $(basename "$program")" sanitize "$tool" "$program"
    done
  done
  # The tests were configured without benchmarks.
  step "build again" build_all
  measured=()
  step "bench_gpu" "$folder/bin/bench_gpu" "${bench_options[@]}" && measured+=("bench_gpu")
  if [[ $dry == no ]] && "$folder/cuvae" bench --help >/dev/null 2>&1; then
    step "cuvae bench" "$folder/cuvae" bench && measured+=("cuvae bench")
  fi
  for name in "${measured[@]}"; do shown "$name"; done
fi

say "Results in $results"
[[ $failures -eq 0 ]] || stop "$failures steps failed; their logs are in $logs"
