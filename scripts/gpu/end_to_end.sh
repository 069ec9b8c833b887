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
for recipe in seed fast best; do
  for where in cpu cuda; do
    "$cuvae" run "$table" -o "$out/$recipe-$where" -n 5003 --recipe "$recipe" --epochs 1 --seed 11 \
      --device "$where" --quiet >"$out/$recipe-$where.log" 2>&1 ||
      stop "cuvae run --recipe $recipe --device $where failed: $(tail -n 3 "$out/$recipe-$where.log")"
    "$cuvae" generate "$out/$recipe-$where/model.safetensors" -n 1001 --first-row 4999 --seed 12 --quiet \
      -o "$out/$recipe-$where.shard.csv" --device "$where"
  done
  cmp "$out/$recipe-cpu/model.safetensors" "$out/$recipe-cuda/model.safetensors" ||
    stop "the GPU trains $recipe to another model file than the CPU"
  cmp "$out/$recipe-cpu/synthetic.csv" "$out/$recipe-cuda/synthetic.csv" ||
    stop "the GPU generates other rows of $recipe than the CPU"
  cmp "$out/$recipe-cpu.shard.csv" "$out/$recipe-cuda.shard.csv" ||
    stop "the GPU generates another shard of $recipe than the CPU"
  say "Recipe $recipe: model and rows are the same, byte for byte"
done

cmake --build "$folder" --target embed_cuda --parallel "$(nproc)" >/dev/null
"$folder/bin/embed_cuda" "$out/seed-cuda/model.safetensors" 2000 >"$out/embed.txt" ||
  stop "the example examples/embed_cuda failed"
awk -F , '!(NF == 2 && $2 > 0 && $2 < 1) { bad = 1 } END { exit bad || NR != 15 }' "$out/embed.txt" ||
  stop "the example examples/embed_cuda printed no fifteen means between 0 and 1: see $out/embed.txt"

if [[ $device == ptxrun ]]; then
  status=0
  message=$(PTXRUN_NODEV=1 "$cuvae" generate "$out/seed-cpu/model.safetensors" -n 1 -o - --device cuda 2>&1) ||
    status=$?
  [[ $status -eq 4 && $message == *"--device cpu"* ]] ||
    stop "without a GPU, --device cuda ended with $status and said: $message"
  PTXRUN_NODEV=1 "$cuvae" generate "$out/seed-cpu/model.safetensors" -n 1 -o - --device auto --quiet \
    >/dev/null || stop "without a GPU, --device auto did not take the CPU"
  say "Without a GPU, --device cuda says why, and --device auto takes the CPU"
fi
