#!/usr/bin/env bash
# The tool on the GPU and on the CPU: the same bytes. scripts/gpu/end_to_end.sh FOLDER gpu|ptxrun
#
# FOLDER is a build of the cuda preset. The table is a simulated one, or the one that CUVAE_SAMPLE
# names. The example program runs on the model. Called by check.sh, which sets the replacement of the CUDA runtime up.
set -euo pipefail
cd "$(dirname "$0")/../.."
. scripts/gpu/common.sh

folder=$1
device=$2
cmake --build "$folder" --target cuvae_tool --parallel "$(nproc)"
cuvae=$folder/cuvae
out=$folder/end-to-end
rm -rf "$out"
mkdir -p "$out"

say "The tool on the GPU and on the CPU"
table=${CUVAE_SAMPLE:-}
if [[ -z $table ]]; then
  table=$out/table.csv
  "$cuvae" simulate -n 3000 --seed 3 -o "$table" --quiet
fi
for where in cpu cuda; do
  "$cuvae" run "$table" -o "$out/$where" -n 5003 --recipe seed --epochs 2 --seed 11 --device "$where" --quiet \
    >"$out/$where.log" 2>&1 || stop "cuvae run --device $where failed: $(tail -n 3 "$out/$where.log")"
done
cmp "$out/cpu/synthetic.csv" "$out/cuda/synthetic.csv" ||
  stop "the GPU generates other rows than the CPU"
cmp "$out/cpu/model.safetensors" "$out/cuda/model.safetensors" ||
  stop "the GPU writes another model file than the CPU"
for where in cpu cuda; do
  tail -c "$(($(stat -c %s "$out/$where/model.safetensors") - 8 - $(od -An -t u8 -N 8 "$out/$where/model.safetensors")))" \
    "$out/$where/model.safetensors" >"$out/$where.parameters"
  "$cuvae" generate "$out/$where/model.safetensors" -n 1001 --first-row 4999 --seed 12 --quiet \
    -o "$out/$where.shard.csv" --device "$where"
done
cmp "$out/cpu.parameters" "$out/cuda.parameters" || stop "the GPU trains to other bits than the CPU"
cmp "$out/cpu.shard.csv" "$out/cuda.shard.csv" || stop "the GPU generates another shard than the CPU"
say "Model and rows are the same, byte for byte"

cmake --build "$folder" --target embed_cuda --parallel "$(nproc)" >/dev/null
"$folder/bin/embed_cuda" "$out/cuda/model.safetensors" 2000 >"$out/embed.txt" ||
  stop "the example examples/embed_cuda failed"
awk -F , '!(NF == 2 && $2 > 0 && $2 < 1) { bad = 1 } END { exit bad || NR != 15 }' "$out/embed.txt" ||
  stop "the example examples/embed_cuda printed no fifteen means between 0 and 1: see $out/embed.txt"

if [[ $device == ptxrun ]]; then
  status=0
  message=$(PTXRUN_NODEV=1 "$cuvae" generate "$out/cpu/model.safetensors" -n 1 -o - --device cuda 2>&1) ||
    status=$?
  [[ $status -eq 4 && $message == *"--device cpu"* ]] ||
    stop "without a GPU, --device cuda ended with $status and said: $message"
  PTXRUN_NODEV=1 "$cuvae" generate "$out/cpu/model.safetensors" -n 1 -o - --device auto --quiet \
    >/dev/null || stop "without a GPU, --device auto did not take the CPU"
  say "Without a GPU, --device cuda says why, and --device auto takes the CPU"
fi
