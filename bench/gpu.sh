#!/usr/bin/env bash
# Within ten minutes of meeting a GPU: is it right, and how fast? bench/gpu.sh [OPTION]...
#
# In this order, each with its own limit, and the results written as they come:
#   smoke test      what the kernels ask of compiler, driver and card, without cuvae      60 s
#   build           machine code for this card alone                                     300 s
#   timings         every kernel, launcher and cluster size, by the device's clock       150 s
#   whole jobs      cuvae run on the GPU and on the CPU, three recipes; the same bytes   150 s
#   tests           the GPU tests, program by program                                    120 s each
#   sanitizer       compute-sanitizer's four tools over small cases                      120 s each
# A step that fails or runs out of time does not stop the others. The page of results is
# bench/results/gpu-CARD-DATE.md, or what --results names; logs are in build/gpu-logs.
#
# --results FILE  where the page goes
# --carry DIR     on a machine with registries: packs into DIR what the build needs (headers, static
#                 libraries, cmake, ninja, compute-sanitizer), for a machine with nothing but a C++
#                 compiler, nvcc and python3; copy DIR there beside the sources
# --carried DIR   uses what --carry packed
# --dry-run       tries this script where there is no GPU, with the replacement of the CUDA runtime
#                 that CUVAE_PTXRUN names: its checks stand in for compute-sanitizer's, all jobs are
#                 tiny, and the times mean nothing. Results: build/gpu-dry-run.md
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
. scripts/gpu/common.sh

dry=no
results=
carried=
carry=
while [[ $# -gt 0 ]]; do
  case $1 in
    --dry-run) dry=yes ;;
    --results | --carry | --carried)
      [[ $# -ge 2 ]] || stop "$1 needs a name"
      case $1 in
        --results) results=$2 ;;
        --carry) carry=$2 ;;
        --carried) carried=$(realpath "$2") || stop "there is no $2" ;;
      esac
      shift
      ;;
    *)
      sed -n 's/^# \{0,1\}//p' "$0" | sed -n 1,25p
      [[ $1 == --help || $1 == -h ]]
      exit
      ;;
  esac
  shift
done

# pack DIR: what --carried finds there.
pack() {
  local folder=$1 file
  install_packages "libfmt-dev nlohmann-json3-dev libcli11-dev libhwy-dev libgtest-dev zlib1g-dev libzstd-dev python3-pip"
  mkdir -p "$folder/wheels"
  dpkg-query -L libfmt-dev nlohmann-json3-dev libcli11-dev libhwy-dev libgtest-dev zlib1g-dev libzstd-dev |
    grep -E '^/usr/(include|share/cmake|share/pkgconfig|lib/.*(\.cmake|\.a)$)' | while read -r file; do
    [[ ! -f $file ]] || install -D -m 644 "$file" "$folder$file"
  done
  # fmt is used as headers, but its CMake files want to see the library.
  for file in /usr/lib/*/libfmt.so.*; do install -D -m 644 "$file" "$folder$file"; done
  # The compiler is the machine's own; the sanitizer's major version has to be the driver's.
  python3 -m pip download --quiet --no-deps --dest "$folder/wheels" \
    'cmake<4' ninja 'nvidia-cuda-sanitizer-api==13.0.*' || stop "pip can't download cmake and ninja"
  du -sh "$folder" >&2
  say "Copy $folder and the sources to the machine with the GPU; there: bench/gpu.sh --carried $(basename "$folder")"
}

# unpack DIR: puts the tools that this machine lacks on the PATH, and the packages where CMake looks.
unpack() {
  local tools=$PWD/build/carried wheel
  mkdir -p "$tools"
  for wheel in "$1"/wheels/*.whl; do
    python3 -m zipfile -e "$wheel" "$tools" || stop "python3 can't unpack $wheel"
  done
  chmod +x "$tools"/cmake/data/bin/* "$tools"/bin/* "$tools"/nvidia/*/bin/* 2>/dev/null
  chmod +x "$tools"/ninja-*.data/scripts/* 2>/dev/null
  PATH=$PATH:$(printf '%s:' "$tools"/cmake/data/bin "$tools"/ninja-*.data/scripts "$tools"/nvidia/cu13/bin)
  export PATH
  configuration+=(-D "CMAKE_PREFIX_PATH=$1/usr" -D CMAKE_LIBRARY_ARCHITECTURE=x86_64-linux-gnu
    -D "CMAKE_INCLUDE_PATH=$1/usr/include" -D "CMAKE_CXX_FLAGS=-isystem $1/usr/include")
}

if [[ -n $carry ]]; then
  pack "$carry"
  exit
fi

# Cases that show much and take little, as compute-sanitizer makes everything slow.
small_cases=(
  "gpu_published_generation_test GenerationOnGpu.SameBitsAsPlainLoops"
  "gpu_published_training_test Launches.AnyNumberOfStepsEach:Shapes.OddWidths"
  "gpu_token_generation_test TokenGenerationOnGpu.OtherWidths"
  "gpu_token_training_test GpuTokenTraining.WithAnyNumberOfLatents"
  "gpu_encode_test Encode.GivesTheBitsOfTheCpu"
  "gpu_evaluate_test Evaluate.*"
)

date=$(date -u +%Y-%m-%d)
configuration=(-D CUVAE_WERROR=OFF -D CUVAE_BENCH=OFF -D CUVAE_EXAMPLES=OFF -D CUVAE_PLANTED_DEFECT=none)
[[ -z $carried ]] || unpack "$carried"
use_usual_compiler
command -v nvcc >/dev/null || stop "there is no CUDA compiler (nvcc), neither on the PATH nor where it usually is"
if [[ $dry == yes ]]; then
  prepare_device build/ptxrun
  [[ $device == ptxrun ]] || stop "a dry run needs CUVAE_PTXRUN, and a machine without a GPU"
  folder=build/cuda-ptx
  results=${results:-build/gpu-dry-run.md}
  configuration+=(-D "CUVAE_CUDA_ARCHITECTURES=80-virtual;90-virtual")
  smoke_options=(-cudart shared -gencode "arch=compute_80,code=compute_80" -gencode "arch=compute_90,code=compute_90")
  job_rows=2000 new_rows=3000 job_options=(--epochs 1)
  timing_options=(--smallest)
else
  has_gpu || stop "there is no GPU that the driver shows"
  device=gpu
  folder=build/cuda
  ask_driver
  card=$(nvidia-smi --query-gpu=name --format=csv,noheader | head -n 1 | tr -cs 'A-Za-z0-9\n' '-')
  results=${results:-bench/results/gpu-${card%-}-$date.md}
  capability=${cards%% *}
  configuration+=(-D "CUVAE_CUDA_ARCHITECTURES=$capability")
  smoke_options=(-gencode "arch=compute_$capability,code=sm_$capability")
  job_rows=500000 new_rows=2000000 job_options=()
  timing_options=()
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

# shown FILE: what was printed, as it is.
shown() {
  line "" '```'
  sed -e 's/[[:space:]]*$//' "$1" >>"$results"
  line '```'
}

# limited LIMIT COMMAND...: runs a command or function, with all that it starts, for so many seconds
# at most; 124 where that was not enough.
limited() {
  local limit=$1 job guard status=0
  shift
  set -m  # a process group for each
  ("$@") &
  job=$!
  (
    sleep "$limit"
    kill -KILL -- "-$job"
  ) >/dev/null 2>&1 &
  guard=$!
  set +m
  wait "$job" 2>/dev/null || status=$?
  kill -KILL -- "-$guard" 2>/dev/null
  wait "$guard" 2>/dev/null
  [[ $status -ne 137 ]] || status=124
  return "$status"
}

# step NAME LIMIT COMMAND...: runs a step for at most LIMIT seconds; a section of the results.
step() {
  local name=$1 limit=$2 started=$SECONDS status=0 verdict=passed log=$logs/${1// /-}.txt
  shift 2
  say "$name (at most $limit s)"
  limited "$limit" "$@" >"$log" 2>&1 || status=$?
  case $status in
    0) ;;
    77) verdict="skipped, $(tail -n 1 "$log")" ;;
    124) verdict="OUT OF TIME after $limit s" ;;
    *) verdict=FAILED ;;
  esac
  line "" "## $name: $verdict ($((SECONDS - started)) s)"
  case $status in
    0) return ;;
    77) return 1 ;;
  esac
  failures=$((failures + 1))
  tail -n 5 "$log" >&2
  tail -n 15 "$log" >"$log.end"
  shown "$log.end"
  return 1
}

machine() {
  git log -1 --format='commit %H' 2>/dev/null || echo "no git here: the commit is not known"
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

smoke_test() {
  nvcc -std=c++20 "${smoke_options[@]}" -o build/smoke bench/cuda/smoke.cu && build/smoke
}

build_all() {
  cmake --preset cuda -B "$folder" "${configuration[@]}" &&
    cmake --build "$folder" --parallel "$(nproc)" --target cuvae_tool time_kernels
}

build_tests() {
  cmake --build "$folder" --parallel "$(nproc)" --target gpu_tests
}

# seconds COMMAND...: how long it takes by the clock on the wall; what it prints goes to the log.
seconds() {
  local begin end
  begin=$(date +%s.%N)
  "$@" >&2 || return
  end=$(date +%s.%N)
  awk -v begin="$begin" -v end="$end" 'BEGIN { printf "%.2f", end - begin }'
}

time_all() {
  "$folder/cuvae" simulate -n "$job_rows" --seed 3 -o "$logs/table.csv" --force --quiet &&
    "$folder/bin/time_kernels" "${timing_options[@]}" --table "$logs/table.csv" --write "$times"
}

# A table of the times of whole jobs, into the file $jobs; fails where the bytes differ.
whole_jobs() {
  local out=build/gpu-jobs recipe cpu gpu again first
  rm -rf "$out"
  mkdir -p "$out"
  "$folder/cuvae" simulate -n "$job_rows" --seed 3 -o "$out/table.csv" --quiet || return
  first=$(seconds "$folder/cuvae" devices) || return
  printf 'The first look at the devices took %s s.\n\n' "$first" >>"$jobs"
  printf '| recipe | CPU, s | GPU, s | GPU again, s |\n|---|---|---|---|\n' >>"$jobs"
  for recipe in seed fast best; do
    local common=("$folder/cuvae" run "$out/table.csv" -n "$new_rows" --recipe "$recipe" --seed 11
      --quiet --force "${job_options[@]}")
    cpu=$(seconds "${common[@]}" -o "$out/$recipe-cpu" --device cpu) || return
    gpu=$(seconds "${common[@]}" -o "$out/$recipe-gpu" --device cuda) || return
    again=$(seconds "${common[@]}" -o "$out/$recipe-gpu" --device cuda) || return
    printf '| %s | %s | %s | %s |\n' "$recipe" "$cpu" "$gpu" "$again" >>"$jobs"
    cmp "$out/$recipe-cpu/model.safetensors" "$out/$recipe-gpu/model.safetensors" || return
    cmp "$out/$recipe-cpu/synthetic.csv" "$out/$recipe-gpu/synthetic.csv" || return
  done
}

# sanitize TOOL PROGRAM FILTER
sanitize() {
  if [[ $dry == no ]]; then
    if ! command -v compute-sanitizer >/dev/null; then
      echo "there is no compute-sanitizer"
      return 77
    fi
    compute-sanitizer --tool "$1" --error-exitcode 9 "$2" --gtest_filter="$3"
    return
  fi
  local settings=A=1  # bounds and barriers are always checked
  case $1 in
    racecheck) settings=PTXRUN_RACE=1 ;;
    initcheck) settings=PTXRUN_INIT=1 ;;
  esac
  run_tests "$logs/dry.txt" env "$settings" "$2" --gtest_filter="$3" || {
    cat "$logs/dry.txt"
    return 1
  }
}
jobs=$logs/jobs.md
times=$logs/times.md
: >"$results"
: >"$jobs"
: >"$times"
line "# GPU: timings and tests, $date"
machine >"$logs/machine.txt" 2>&1
shown "$logs/machine.txt"
if step "smoke test" 60 smoke_test; then shown "$logs/smoke-test.txt"; fi
if step "build" 300 build_all; then
  # Both write as they go: what there is by the end of the time is shown.
  step "timings" 150 time_all
  line "" && cat "$times" >>"$results"
  step "whole jobs" 150 whole_jobs
  line "" && cat "$jobs" >>"$results"
  if step "build of the tests" 300 build_tests; then
    mapfile -t programs < <(gpu_tests "$folder")
    for program in "${programs[@]}"; do
      step "tests $(basename "$program")" 120 run_tests "$logs/tests.txt" "$program"
    done
    for tool in memcheck racecheck initcheck synccheck; do
      for small in "${small_cases[@]}"; do
        step "$tool ${small%% *}" 120 sanitize "$tool" "$folder/bin/${small%% *}" "${small#* }"
      done
    done
  fi
fi

say "Results in $results"
[[ $failures -eq 0 ]] || stop "$failures steps failed; their logs are in $logs"
