#!/usr/bin/env bash
# The tool as it is distributed, with the CUDA runtime inside: it starts and works without a driver,
# and beside one that it can't use: scripts/gpu/static_runtime.sh FOLDER
#
# FOLDER is the build of the cuda preset that check.sh made, whose tool is linked again for this. A
# stand-in for the driver's library comes from the folder CUVAE_PTXRUN. Called by check.sh behind
# end_to_end.sh.
set -euo pipefail
cd "$(dirname "$0")/../.."
. scripts/gpu/common.sh

folder=$1
model=$folder/end-to-end/seed-cpu/model.safetensors
wanted=$folder/end-to-end/seed-cpu/synthetic.csv
out=$folder/static-runtime
rm -rf "$out"
mkdir -p "$out"
say "The tool with the CUDA runtime inside"
device=ptxrun
trap 'configure "$folder" -D CMAKE_CUDA_RUNTIME_LIBRARY=Shared' EXIT
configure "$folder" -D CMAKE_CUDA_RUNTIME_LIBRARY=Static
cmake --build "$folder" --target cuvae_tool --parallel "$(nproc)" >"$out/build.log" 2>&1 ||
  stop "it can't be linked: see $out/build.log"
cp "$folder/cuvae" "$out/cuvae"
cuvae=$PWD/$out/cuvae
if ldd "$cuvae" | grep -E 'libcuda|libcudart'; then stop "it needs a library of CUDA's to start"; fi
make --silent -C "$CUVAE_PTXRUN" B="$PWD/build/ptxrun" "$PWD/build/ptxrun/libs/libcuda.so.1" >/dev/null

# works WHERE: what the tool does with the environment of the caller.
works() {
  local status=0 message
  "$cuvae" devices >"$out/devices.txt" || stop "$1, cuvae devices fails"
  grep -q '^cuda' "$out/devices.txt" || stop "$1, cuvae devices says nothing of a GPU"
  "$cuvae" generate "$model" -n 5003 --seed 11 --device auto --quiet --force -o "$out/rows.csv" ||
    stop "$1, --device auto fails"
  cmp "$out/rows.csv" "$wanted" || stop "$1, --device auto makes other rows"
  message=$("$cuvae" generate "$model" -n 1 --device cuda -o - 2>&1) || status=$?
  [[ $status -eq 4 && $message == *"--device cpu"* ]] ||
    stop "$1, --device cuda ended with $status and said: $message"
  say "$1: $(sed -n 's/^cuda *//p' "$out/devices.txt" | sed 's/^ *//')"
}

LD_LIBRARY_PATH='' works "Without a driver"
LD_LIBRARY_PATH=$PWD/build/ptxrun/libs:$PWD/build/ptxrun works "Beside a driver that can't be used"
