# Shared by the scripts of this folder: what has to be installed, and the build. Sourced, not run.
# shellcheck shell=sh

# What the build and the tests need, by Debian's names.
export build_packages="g++ cmake ninja-build libfmt-dev nlohmann-json3-dev libcli11-dev libhwy-dev \
libgtest-dev libbenchmark-dev zlib1g-dev libzstd-dev"

say() {
  printf '== %s\n' "$*" >&2
}

stop() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

# install_packages LIST: installs by apt whichever of the packages are missing; never asks.
install_packages() {
  if ! command -v apt-get >/dev/null 2>&1 || ! command -v dpkg-query >/dev/null 2>&1; then
    say "This system has no apt. These packages, by their Debian names, have to be there:"
    say "$1"
    for program in cmake ninja c++; do
      command -v "$program" >/dev/null 2>&1 ||
        stop "$program is missing; install the packages above with your package manager, then run this again"
    done
    return 0
  fi
  missing=
  for package in $1; do
    state=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$state" = installed ] || missing="$missing $package"
  done
  [ -n "$missing" ] || return 0
  as_root=
  if [ "$(id -u)" -ne 0 ]; then
    sudo -n true 2>/dev/null ||
      stop "packages are missing and sudo would ask for a password. Run this as root, then try again:
  apt-get install -y$missing"
    as_root="sudo -n"
  fi
  say "Installing$missing"
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq </dev/null >&2
  # shellcheck disable=SC2086 # a list of names
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    -o Dpkg::Use-Pty=0 $missing </dev/null >&2 ||
    stop "apt-get could not install:$missing. On Ubuntu, enable the \"universe\" section and run this again."
}

# Number of parallel jobs: the cores, but no more than memory allows at about 1 GiB a compiler.
jobs_count() {
  cores=$(nproc 2>/dev/null || echo 2)
  memory_gib=$(awk '/^MemAvailable:/ {print int($2 / 1048576)}' /proc/meminfo 2>/dev/null || echo 0)
  if [ "${memory_gib:-0}" -ge 1 ] && [ "$memory_gib" -lt "$cores" ]; then
    echo "$memory_gib"
  else
    echo "$cores"
  fi
}

# cached FOLDER NAME: prints the value that a build folder keeps.
cached() {
  sed -n "s/^$2:[A-Z]*=//p" "$1/CMakeCache.txt" 2>/dev/null || true
}

# configured PRESET: whether its folder is, with the CUDA half as choose_cuda decided.
configured() {
  [ -f "build/$1/build.ninja" ] || return 1
  [ -z "$python_options" ] || [ "$(cached "build/$1" CUVAE_PYTHON)" = ON ] || return 1
  [ -n "$cuda_options" ] || return 0
  case $cuda_options in
    *CUVAE_CUDA=ON*)
      [ "$(cached "build/$1" CUVAE_CUDA)" = ON ] &&
        [ "$(cached "build/$1" CMAKE_CUDA_COMPILER)" = "$CUDACXX" ]
      ;;
    *) [ "$(cached "build/$1" CUVAE_CUDA)" = OFF ] ;;
  esac
}

# build PRESET [TARGET]: configures where that is needed, then builds what is out of date.
build() {
  configured "$1" || {
    say "Configuring build/$1"
    # CMake can't change the compiler of a folder.
    compiler_before=$(cached "build/$1" CMAKE_CUDA_COMPILER)
    [ "${compiler_before:-${CUDACXX:-}}" = "${CUDACXX:-}" ] || rm -f "build/$1/CMakeCache.txt"
    # New compilers have new warnings, which are no reason to stop somebody who wants to use this.
    # shellcheck disable=SC2086 # a list of options
    cmake --preset "$1" $cuda_options $python_options -D CUVAE_WERROR="${CUVAE_WERROR:-OFF}" >&2
  }
  say "Building build/$1"
  cmake --build --preset "$1" --parallel "$(jobs_count)" ${2:+--target "$2"} >&2
}

# choose_python: lets the next build have the Python package, in an environment of its own, and ctest its
# tests. Says why not where there is no Python, no pip or nothing that they reach.
choose_python() {
  [ "${CUVAE_PYTHON:-ON}" != OFF ] || return 0
  environment=$PWD/build/python
  if ! command -v python3 >/dev/null 2>&1; then
    say "python3 is not there: the Python package is left out"
    return 0
  fi
  if [ ! -x "$environment/bin/pip" ] && ! python3 -m venv "$environment" >/dev/null 2>&1; then
    rm -rf "$environment"
    say "python3 has no venv (Debian: python3-venv, python3-dev): the Python package is left out"
    return 0
  fi
  packages="nanobind pytest numpy pandas polars pyarrow"
  if ! "$environment/bin/python" -c 'import nanobind, pytest, pandas, polars, pyarrow' 2>/dev/null; then
    say "Installing $packages into build/python"
    # shellcheck disable=SC2086 # a list of names
    if ! "$environment/bin/pip" install --quiet --disable-pip-version-check $packages >&2; then
      say "pip could not install them: the Python package is left out"
      return 0
    fi
  fi
  if ! "$environment/bin/python" -c 'import sysconfig, sys; from pathlib import Path
sys.exit(not Path(sysconfig.get_path("include"), "Python.h").exists())'; then
    say "Python's headers are not there (Debian: python3-dev): the Python package is left out"
    return 0
  fi
  python_options="-D CUVAE_PYTHON=ON -D Python_EXECUTABLE=$environment/bin/python"
}

cuda_options=
python_options=
. scripts/cuda.sh
