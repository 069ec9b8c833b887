#!/usr/bin/env bash
# What the kernels of generation, encoding and evaluation execute, for docs/performance-gpu-*.md:
# scripts/gpu/statistics.sh [generation|evaluation]...
#
# Needs the replacement of the CUDA runtime that CUVAE_PTXRUN names; it counts what is executed and
# says nothing about time.
set -euo pipefail
cd "$(dirname "$0")/../.."
. scripts/gpu/common.sh

prepare_device build/ptxrun
[[ $device == ptxrun ]] || stop "this needs CUVAE_PTXRUN, and a machine without a GPU"
configure build/cuda-ptx -D CUVAE_PLANTED_DEFECT=none
[[ $# -gt 0 ]] || set -- generation evaluation
for part in "$@"; do
  cmake --build build/cuda-ptx --target "${part}_statistics" --parallel "$(nproc)" >/dev/null
  PTXRUN_STATS=1 PTXRUN_SMS=132 "build/cuda-ptx/bin/${part}_statistics" 2>&1 |
    sed -E 's/_ZN5cuvae4cuda[0-9]+_GLOBAL__N_[^ ]*_cu_[0-9a-f]+_[0-9]+_?[0-9a-f]*f?0?[0-9]{2}//'
done
