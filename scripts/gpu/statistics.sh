#!/usr/bin/env bash
# What the kernels execute, for docs/performance-gpu-*.md:
# scripts/gpu/statistics.sh [training|generation|evaluation]...
#
# training is that of the published network, each form's launch of ten steps and of one; generation has
# training on tokens too, with the tokenizer of the table that CUVAE_SAMPLE names, or of a simulated one.
# Needs the replacement of the CUDA runtime that CUVAE_PTXRUN names; it counts what is executed and
# says nothing about time.
set -euo pipefail
cd "$(dirname "$0")/../.."
. scripts/gpu/common.sh

prepare_device build/ptxrun
[[ $device == ptxrun ]] || stop "this needs CUVAE_PTXRUN, and a machine without a GPU"
configure build/cuda-ptx -D CUVAE_PLANTED_DEFECT=none
[[ $# -gt 0 ]] || set -- training generation evaluation
table=${CUVAE_SAMPLE:-}
if [[ -z $table ]]; then
  table=build/cuda-ptx/statistics.csv
  cmake --build build/cuda-ptx --target cuvae_tool --parallel "$(nproc)" >/dev/null
  build/cuda-ptx/cuvae simulate -n 20000 --seed 3 -o "$table" --quiet
fi
for part in "$@"; do
  program=${part}_statistics
  argument=$table
  multiprocessors=132
  if [[ $part == training ]]; then
    program=gpu_published_training_test
    argument=--gtest_filter=Launches.TenBatchesOf500ThenOne
    multiprocessors=16
  fi
  cmake --build build/cuda-ptx --target "$program" --parallel "$(nproc)" >/dev/null
  PTXRUN_STATS=1 PTXRUN_SMS=$multiprocessors "build/cuda-ptx/bin/$program" "$argument" 2>&1 |
    sed -E 's/_ZN5cuvae4cuda[0-9]+_GLOBAL__N_[^ ]*_cu_[0-9a-f]+_[0-9]+_?[0-9a-f]*f?0?[0-9]{2}//'
done
