# Shared by the scripts of this folder. Sourced, not run.
# shellcheck shell=bash

. scripts/lib.sh

# use_usual_compiler: puts the CUDA compiler of a usual place on the PATH where none is there.
use_usual_compiler() {
  command -v nvcc >/dev/null && return
  mkdir -p build
  driver=0
  find_compiler
  [[ -z $compiler ]] || PATH=$(dirname "$compiler"):$PATH
}

# Whether the driver shows a GPU.
has_gpu() {
  command -v nvidia-smi >/dev/null && nvidia-smi -L 2>/dev/null | grep -q '^GPU '
}

# prepare_device FOLDER: finds a GPU, or builds the replacement of the CUDA runtime into FOLDER.
# Sets `device` to gpu, ptxrun or none, and `skipped` to the reason for none.
prepare_device() {
  device=none
  use_usual_compiler
  if ! command -v nvcc >/dev/null; then
    skipped="there is no CUDA compiler (nvcc)"
  elif has_gpu; then
    device=gpu
  elif [[ -z ${CUVAE_PTXRUN:-} || ! -r ${CUVAE_PTXRUN:-}/Makefile ]]; then
    # shellcheck disable=SC2034 # for those who source this
    skipped="there is no GPU, and CUVAE_PTXRUN names no folder with a replacement of the CUDA runtime"
  else
    device=ptxrun
    say "Building the replacement of the CUDA runtime"
    mkdir -p "$1"
    make --silent -C "$CUVAE_PTXRUN" B="$(realpath "$1")" >/dev/null
    LD_LIBRARY_PATH=$(realpath "$1")${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
    export LD_LIBRARY_PATH
  fi
}

# configure FOLDER [CMAKE OPTION]...: the cuda preset; without a GPU only PTX, which builds faster: the
# oldest that there is, without asynchronous copies and clusters, and one with both.
configure() {
  local folder=$1
  shift
  if [[ $device == ptxrun ]]; then
    set -- -D "CUVAE_CUDA_ARCHITECTURES=75-virtual;90-virtual" "$@"
  fi
  cmake --preset cuda -B "$folder" -D CUVAE_BENCH=OFF "$@" >/dev/null
}

# run_tests LOG PROGRAM [ARGUMENT]...: fails on a failed test, on no test, or on a word of the
# replacement about what the program did.
run_tests() {
  local log=$1
  shift
  if ! "$@" >"$log" 2>&1; then return 1; fi
  if grep -q '^ptxrun\|ptxrun error\|ptxrun: ' "$log"; then return 1; fi
  grep -q '^\[  PASSED  \] [1-9]' "$log"
}

# Programs that hold the GPU tests, in a build folder.
gpu_tests() {
  find "$1/bin" -name 'gpu_*_test' | sort
}
