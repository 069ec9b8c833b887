#!/usr/bin/env bash
# A CUDA program that uses an installed cuvae: scripts/gpu/install_consumer.sh FOLDER gpu|ptxrun
#
# Installs the build of the cuda preset in FOLDER, copies examples/embed_cuda out of the tree,
# builds it against what was installed, with nvcc, and expects it to print what the program of the
# same source prints that was built within. Called by check.sh behind end_to_end.sh, whose model it
# takes.
set -euo pipefail
cd "$(dirname "$0")/../.."
. scripts/gpu/common.sh

folder=$1
device=$2
model=$folder/end-to-end/best-cuda/model.safetensors
[[ -r $model ]] || stop "there is no $model: run scripts/gpu/end_to_end.sh first"
cmake --build "$folder" --target cuvae cuvae_shared cuvae_tool cuvae_manual embed_cuda --parallel "$(nproc)" >/dev/null

say "A program that uses the installed CUDA library"
outside=$(mktemp -d)
trap 'rm -rf "$outside"' EXIT
cmake --install "$folder" --prefix "$outside/installed" >"$folder/install.log"
cp -r examples/embed_cuda "$outside/source"
architecture=80  # with PTX, which newer cards take
[[ $device == ptxrun ]] && architecture=80-virtual
log=$folder/consumer.log
if ! {
  cmake -S "$outside/source" -B "$outside/build" -G Ninja -D CMAKE_BUILD_TYPE=Release \
    -D CMAKE_CUDA_RUNTIME_LIBRARY=Shared -D CMAKE_PREFIX_PATH="$outside/installed" \
    -D CMAKE_CUDA_ARCHITECTURES="$architecture"
  cmake --build "$outside/build"
} >"$log" 2>&1; then
  tail -n 20 "$log" >&2
  stop "the installed library can't be used: see $log"
fi
"$outside/build/embed_cuda" "$model" 2000 >"$outside/found.txt" ||
  stop "the program that uses the installed library failed"
"$folder/bin/embed_cuda" "$model" 2000 >"$outside/expected.txt"
cmp "$outside/expected.txt" "$outside/found.txt" ||
  stop "the program counts otherwise with the installed library"
[[ $(wc -l <"$outside/found.txt") -eq 15 ]] || stop "the program printed no fifteen columns"
say "It was found, compiled, linked and run"
