#!/bin/sh
# Builds and runs the tests: scripts/test.sh [--asan | --tsan | --coverage] [CTEST OPTION]...
#
# Installs what is missing first. CUVAE_SAMPLE names a real card table for the tests that can use
# one; without it they are skipped. Where a CUDA compiler is, or a GPU beside which one can be fetched,
# the CUDA half is built and tested too; CUVAE_CUDA=OFF leaves it out. Where Python and pip are, the Python
# package is built and tested, in build/python; CUVAE_PYTHON=OFF leaves it out.
set -eu

preset=release
case ${1:-} in
  -h | --help) sed -n 's/^# \{0,1\}//p' "$0" | sed -n 2,7p; exit 0 ;;
  --asan | --tsan | --coverage)
    preset=${1#--}
    shift
    ;;
esac

cd "$(dirname "$0")/.."
. scripts/lib.sh

if [ -n "${CUVAE_SAMPLE:-}" ] && [ ! -r "$CUVAE_SAMPLE" ]; then
  stop "CUVAE_SAMPLE names no file that can be read: $CUVAE_SAMPLE"
fi

install_packages "$build_packages"
if [ "$preset" = release ]; then
  choose_cuda
  choose_python
fi
build "$preset"

say "Testing build/$preset"
# Fails when it finds no test at all. Any report of a sanitizer ends the program that made it.
TSAN_OPTIONS="halt_on_error=1 ${TSAN_OPTIONS:-}" UBSAN_OPTIONS="print_stacktrace=1 ${UBSAN_OPTIONS:-}" \
  ctest --test-dir "build/$preset" --parallel "$(jobs_count)" --output-on-failure \
  --no-tests=error "$@"
