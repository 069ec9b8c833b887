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

# With the replacement there are two GPUs, of which the tool is told to take the second and has to leave
# the first alone.
gpu=cuda
first_gpu=
if [[ $device == ptxrun ]]; then
  gpu=cuda:1
  first_gpu=$out/devices.txt
  export PTXRUN_DEVICES=2 PTXRUN_DEVSTATS=$first_gpu
fi

# first_left_alone WHAT: after a run of the tool on the second GPU.
first_left_alone() {
  [[ -n $first_gpu ]] || return 0
  grep -q 'device 0: no context' "$first_gpu" || stop "$1 used the first GPU: $(cat "$first_gpu")"
  ! grep -q '^[^:]*device 1: no context' "$first_gpu" || stop "$1 did not use the second GPU"
  rm "$first_gpu"
}

say "The tool on the GPU and on the CPU"
table=${CUVAE_SAMPLE:-}
if [[ -z $table ]]; then
  table=$out/table.csv
  "$cuvae" simulate -n 3000 --seed 3 -o "$table" --quiet
fi
for recipe in seed fast best; do
  for where in cpu cuda; do
    choice=${where/cuda/$gpu}
    "$cuvae" run "$table" -o "$out/$recipe-$where" -n 5003 --recipe "$recipe" --epochs 1 --seed 11 \
      --device "$choice" --quiet >"$out/$recipe-$where.log" 2>&1 ||
      stop "cuvae run --recipe $recipe --device $choice failed: $(tail -n 3 "$out/$recipe-$where.log")"
    [[ $where == cpu ]] || first_left_alone "cuvae run --recipe $recipe"
    "$cuvae" generate "$out/$recipe-$where/model.safetensors" -n 1001 --first-row 4999 --seed 12 --quiet \
      -o "$out/$recipe-$where.shard.csv" --device "$choice"
    [[ $where == cpu ]] || first_left_alone "cuvae generate of $recipe"
  done
  cmp "$out/$recipe-cpu/model.safetensors" "$out/$recipe-cuda/model.safetensors" ||
    stop "the GPU trains $recipe to another model file than the CPU"
  cmp "$out/$recipe-cpu/synthetic.csv" "$out/$recipe-cuda/synthetic.csv" ||
    stop "the GPU generates other rows of $recipe than the CPU"
  cmp "$out/$recipe-cpu.shard.csv" "$out/$recipe-cuda.shard.csv" ||
    stop "the GPU generates another shard of $recipe than the CPU"
  # The provenance names the device.
  for where in cpu cuda; do
    python3 -c 'import json, sys; metrics = json.load(open(sys.argv[1])); metrics["provenance"].pop("device_name")
print(json.dumps(metrics, indent=1))' "$out/$recipe-$where/metrics.json" >"$out/$recipe-$where.metrics.json"
  done
  cmp "$out/$recipe-cpu.metrics.json" "$out/$recipe-cuda.metrics.json" ||
    stop "the GPU measures rows of $recipe otherwise than the CPU"
  say "Recipe $recipe: model, rows and metrics are the same, byte for byte"
done

"$cuvae" simulate -n 2000 --seed 4 -o "$out/holdout.csv" --quiet
"$cuvae" simulate -n 3000 --seed 3 -o "$out/real.csv" --quiet
"$cuvae" simulate -n 2500 --seed 5 -o "$out/other.csv" --quiet
for where in cpu cuda; do
  "$cuvae" evaluate "$out/real.csv" "$out/other.csv" --holdout "$out/holdout.csv" --json --device "${where/cuda/$gpu}" \
    >"$out/evaluate-$where.json" 2>"$out/evaluate-$where.log" ||
    stop "cuvae evaluate --device $where failed: $(tail -n 3 "$out/evaluate-$where.log")"
done
cmp "$out/evaluate-cpu.json" "$out/evaluate-cuda.json" ||
  stop "cuvae evaluate gives other numbers on the GPU than on the CPU"
first_left_alone "cuvae evaluate"
grep -q '^device    ' "$out/evaluate-cuda.log" || stop "cuvae evaluate does not say which device it takes"
say "cuvae evaluate with a holdout gives the same numbers, byte for byte"

# The example counts on the device what a CSV file of the same rows holds.
cmake --build "$folder" --target embed_cuda --parallel "$(nproc)" >/dev/null
for recipe in seed best; do
  model=$out/$recipe-cuda/model.safetensors
  "$folder/bin/embed_cuda" "$model" 2000 >"$out/embed-$recipe.txt" ||
    stop "the example examples/embed_cuda failed with a model of the recipe $recipe"
  "$cuvae" generate "$model" -n 2000 --seed 37 -o "$out/embed-$recipe.csv" --device cpu --quiet
  python3 - "$out/embed-$recipe.csv" "$out/embed-$recipe.txt" <<'PYTHON' ||
import collections, csv, sys
rows = list(csv.DictReader(open(sys.argv[1], newline="")))
lines = [line.rstrip("\n").split("\t") for line in open(sys.argv[2])]
assert [line[0] for line in lines] == list(rows[0]), "other columns"
means = 0
for name, count, text in lines:
    cells = collections.Counter(row[name] for row in rows)
    if cells[text] == int(count) == max(cells.values()):
        continue
    numbers = [float(row[name].translate(str.maketrans("", "", "$,"))) for row in rows if row[name]]
    assert len(numbers) == int(count), name
    assert abs(sum(numbers) / len(numbers) - float(text)) < 1e-5 * max(map(abs, numbers)), name
    means += 1
assert means > 0, "no column of numbers"
PYTHON
    stop "examples/embed_cuda counts otherwise than the CSV file of $recipe: see $out/embed-$recipe.txt"
done
say "The example counts on the device what a CSV file of the same rows holds"

unset PTXRUN_DEVICES PTXRUN_DEVSTATS
if [[ $device == ptxrun ]]; then
  # refuses REASON SETTING ARGUMENT...: whether the tool ends with exit code 4, the reason and a remedy.
  refuses() {
    local reason=$1 setting=$2 status=0 message
    shift 2
    message=$(env "$setting" "$cuvae" "$@" 2>&1) || status=$?
    [[ $status -eq 4 && $message == *"$reason"* && $message == *"--device cpu"* ]] ||
      stop "with $setting, cuvae $* ended with $status and said: $message"
  }
  refuses "no GPU to use" PTXRUN_NODEV=1 generate "$out/seed-cpu/model.safetensors" -n 1 -o - --device cuda
  refuses "no GPU to use" PTXRUN_NODEV=1 run "$out/real.csv" -o "$out/refused" --device cuda
  refuses "no GPU to use" PTXRUN_NODEV=1 evaluate "$out/real.csv" "$out/other.csv" --device cuda
  refuses "older than" PTXRUN_CC=70 evaluate "$out/real.csv" "$out/other.csv" --device cuda
  refuses "no cuda:7" A=1 evaluate "$out/real.csv" "$out/other.csv" --device cuda:7
  [[ ! -e $out/refused ]] || stop "cuvae run without a GPU left $out/refused"
  PTXRUN_NODEV=1 "$cuvae" generate "$out/seed-cpu/model.safetensors" -n 1 -o - --device auto --quiet \
    >/dev/null || stop "without a GPU, --device auto did not take the CPU"
  say "Without a GPU, or with one too old, --device cuda says why, and --device auto takes the CPU"
fi
