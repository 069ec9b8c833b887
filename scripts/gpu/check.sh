#!/usr/bin/env bash
# Builds the cuda preset and runs the GPU tests: scripts/gpu/check.sh [--quick]
#
# On a GPU they run as they are. Without one, CUVAE_PTXRUN may name the folder of a replacement of
# the CUDA runtime that executes PTX on the CPU; the tests then run plainly and under every check it
# has: races, uninitialised reads, global conflicts, deferred asynchronous work, perturbed
# approximations, permuted blocks and warps, few and many multiprocessors, a card of the oldest kind,
# two cards; at the end planted_defects.sh sees that the tests find defects. With neither, it says that
# it skipped.
# --quick runs the tests plainly only.
set -euo pipefail
cd "$(dirname "$0")/../.."
. scripts/gpu/common.sh

quick=no
case ${1:-} in
  --quick) quick=yes ;;
  '') ;;
  *)
    sed -n 's/^# \{0,1\}//p' "$0" | sed -n 1,10p
    exit 2
    ;;
esac

prepare_device build/ptxrun
if [[ $device == none ]]; then
  say "GPU tests SKIPPED: $skipped"
  exit 0
fi

folder=build/cuda
[[ $device == ptxrun ]] && folder=build/cuda-ptx
say "Building $folder"
configure "$folder" -D CUVAE_PLANTED_DEFECT=none
cmake --build "$folder" --target gpu_tests --parallel "$(nproc)"
mapfile -t programs < <(gpu_tests "$folder")
[[ ${#programs[@]} -gt 0 ]] || stop "there is no GPU test in $folder/bin"

# Name of each way of running, then its environment.
modes=("plain:")
if [[ $device == ptxrun && $quick == no ]]; then
  modes+=(
    "races:PTXRUN_RACE=1"
    "uninitialised:PTXRUN_INIT=1"
    "global conflicts:PTXRUN_GRACE=1"
    "deferred:PTXRUN_LAZY=2"
    "approximations:PTXRUN_APPROX=1"
    "reversed:PTXRUN_ORDER=3"
    "permuted:PTXRUN_ORDER=12 PTXRUN_SEED=7"
    "permuted deferred races:PTXRUN_ORDER=12 PTXRUN_SEED=8 PTXRUN_LAZY=1 PTXRUN_RACE=1"
    "one multiprocessor:PTXRUN_SMS=1"
    "132 multiprocessors:PTXRUN_SMS=132"
    "Turing:PTXRUN_CC=75"
    "two devices:PTXRUN_DEVICES=2 CUVAE_REQUIRE_DEVICES=2"
    "two devices deferred:PTXRUN_DEVICES=2 CUVAE_REQUIRE_DEVICES=2 PTXRUN_LAZY=2"
  )
fi

export CUVAE_REQUIRE_GPU=1
export folder
logs=$folder/check
rm -rf "$logs"
mkdir -p "$logs"

# run_one MODE PROGRAM: one line of the result; its exit status is the test's.
run_one() {
  local name=${1%%:*} settings=${1#*:} log started=$SECONDS
  log=$folder/check/${name// /-}.$(basename "$2").log
  # shellcheck disable=SC2086 # a list of settings
  if run_tests "$log" env $settings "$2"; then
    printf '%-24s %-24s %s, %d s\n' "$name" "$(basename "$2")" \
      "$(grep -o '^\[  PASSED  \] .*' "$log" | cut -c14-)" $((SECONDS - started))
  else
    printf '%-24s %-24s FAILED, see %s\n' "$name" "$(basename "$2")" "$log"
    return 1
  fi
}
export -f run_one run_tests

say "Running ${#programs[@]} test programs in ${#modes[@]} ways ($device)"
for mode in "${modes[@]}"; do
  for program in "${programs[@]}"; do
    # What looks at a second device is passed over where there is one.
    case $device:$mode:$program in
      gpu:*) ;;
      *:"two devices"*:*second_device*) ;;
      *:"two devices"*:* | *:*second_device*) continue ;;
    esac
    printf '%s\0%s\0' "$mode" "$program"
  done
done | xargs -0 -n 2 -P "$(nproc)" bash -c 'run_one "$@"' run_one ||
  stop "some GPU tests failed"

scripts/gpu/end_to_end.sh "$folder" "$device"
scripts/gpu/install_consumer.sh "$folder" "$device"
if [[ $device == ptxrun ]]; then scripts/gpu/static_runtime.sh "$folder"; fi
if [[ $device == ptxrun && $quick == no ]]; then
  say "Looking for planted defects"
  scripts/gpu/planted_defects.sh --after-check
fi
say "GPU tests passed ($device)"
