#!/usr/bin/env bash
# Do the GPU tests find defects? Builds each of the ten of kernels/testing/planted_defect.hpp in turn and
# expects a failure: scripts/gpu/planted_defects.sh [--after-check] [DEFECT]...
#
#   removed_barrier      a block reads parameters from shared memory before all of it is written
#   missing_stream_wait  the host reads generated rows before their copy is done
#   off_by_one_store     the thread behind the last row stores too
#   unset_shared_value   the last parameters are never brought to shared memory
#   dropped_sync         blocks of a cluster read one another's sums without waiting
#   too_few_bytes        blocks of a cluster that count bytes go on when a part of the sums has come
#   unawaited_weights    the same blocks compute with weights that are still coming
#   dropped_grid_sync    blocks add up what the rows of a step left behind while others still write
#   early_head           a warp draws a token by weights that other warps are still bringing
#   unawaited_copy       a block trains with a token's weights that are still on their way
#
# Each is looked for first where it should show, then everywhere. That the tests pass without a
# defect is seen first; --after-check leaves that out, for scripts/gpu/check.sh, which has just seen
# it. Needs the replacement of the CUDA runtime that CUVAE_PTXRUN names: on a GPU, a race may stay
# without effect.
set -euo pipefail
cd "$(dirname "$0")/../.."
. scripts/gpu/common.sh

defects=(none)
if [[ ${1:-} == --after-check ]]; then
  defects=()
  shift
fi
if [[ $# -gt 0 ]]; then
  defects+=("$@")
else
  defects+=(removed_barrier missing_stream_wait off_by_one_store unset_shared_value dropped_sync
    too_few_bytes unawaited_weights dropped_grid_sync early_head unawaited_copy)
fi

prepare_device build/ptxrun
if [[ $device != ptxrun ]]; then
  say "Planted defects SKIPPED: ${skipped:-they are looked for with the replacement of the CUDA runtime}"
  exit 0
fi

# The folder of check.sh: only what has the defect is compiled again, and set right at the end.
folder=build/cuda-ptx
trap 'configure "$folder" -D CUVAE_PLANTED_DEFECT=none' EXIT
export CUVAE_REQUIRE_GPU=1
all_settings=(A=1 PTXRUN_RACE=1 PTXRUN_INIT=1 PTXRUN_GRACE=1 PTXRUN_LAZY=1 "PTXRUN_ORDER=12 PTXRUN_SEED=7")

# Settings and program that should show a defect.
declare -A expected=(
  [removed_barrier]="PTXRUN_RACE=1 gpu_published_generation_test"
  [missing_stream_wait]="PTXRUN_LAZY=1 gpu_published_generation_test"
  [off_by_one_store]="A=1 gpu_generator_test"
  [unset_shared_value]="PTXRUN_INIT=1 gpu_published_generation_test"
  [dropped_sync]="PTXRUN_RACE=1 gpu_published_training_test"
  [too_few_bytes]="PTXRUN_RACE=1 gpu_published_training_test"
  [unawaited_weights]="PTXRUN_RACE=1 gpu_published_training_test"
  [dropped_grid_sync]="PTXRUN_GRACE=1 gpu_token_training_test"
  [early_head]="PTXRUN_RACE=1 gpu_token_generation_test"
  [unawaited_copy]="A=1 gpu_token_training_test"
)

# fails LOG SETTINGS PROGRAM: whether the tests fail; says which.
fails() {
  [[ -x $3 ]] || stop "there is no test program $3"
  # shellcheck disable=SC2086 # a list of settings
  if run_tests "$1" timeout 300 env $2 "$3" --gtest_fail_fast; then return 1; fi
  printf '%s (%s)\n' "$(basename "$3")" "${2/A=1/plain}"
}

# build_tests LOG TARGET: the test programs, or one of them.
build_tests() {
  cmake --build "$folder" --target "$2" --parallel "$(nproc)" >"$1" 2>&1 ||
    stop "with a planted defect the tests can't be built: see $1"
}

# find_defect DEFECT LOG: runs the tests until one fails; says which. Where it should show comes first,
# and only that is built.
find_defect() {
  local settings program first=${expected[$1]:-}
  if [[ -n $first ]]; then
    build_tests "$2" "${first##* }"
    if fails "$2" "${first% *}" "$folder/bin/${first##* }"; then return 0; fi
  fi
  build_tests "$2" gpu_tests
  mapfile -t programs < <(gpu_tests "$folder")
  for settings in "${all_settings[@]}"; do
    for program in "${programs[@]}"; do
      if fails "$2" "$settings" "$program"; then return 0; fi
    done
  done
  return 1
}

missed=0
for defect in "${defects[@]}"; do
  configure "$folder" -D "CUVAE_PLANTED_DEFECT=$defect"
  log=$folder/defect-$defect.log
  if by=$(find_defect "$defect" "$log"); then
    printf '%-20s found by %s: %s\n' "$defect" "$by" \
      "$(grep -m 1 -o 'ptxrun error.*\|ptxrun: .*\|.*: Failure\|.*FAILED.*' "$log" || echo "see $log")"
    [[ $defect != none ]] || stop "the tests fail without any defect"
  elif [[ $defect == none ]]; then
    printf '%-20s the tests pass, as they should\n' none
  else
    printf '%-20s NOT FOUND\n' "$defect"
    missed=$((missed + 1))
  fi
done
[[ $missed -eq 0 ]] || stop "$missed planted defects were not found"
say "All planted defects were found"
