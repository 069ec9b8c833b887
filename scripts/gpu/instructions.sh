#!/usr/bin/env bash
# What the compiler made of the kernels: scripts/gpu/instructions.sh [--fetch-disassembler]
#
# Compiles every kernels/*/*.cu for sm_75, sm_80, sm_90 and sm_100 and fails on a stack frame, a spill,
# registers beyond scripts/gpu/register_budgets.txt, an approximate instruction (ex2, lg2, sin, cos,
# tanh, or an approximate division, root or reciprocal), flushed subnormals, sums and products that
# an assembler might fuse, and double arithmetic.
# The PTX is looked through; the machine code too where cuobjdump and nvdisasm are on the PATH, in
# the folder CUVAE_DISASSEMBLER, or, with --fetch-disassembler, unpacked from PyPI's triton wheel.
# Prints one line a kernel: registers and static shared memory.
set -euo pipefail
cd "$(dirname "$0")/../.."
. scripts/gpu/common.sh

architectures=(75 80 90 100)
work=build/instructions
mkdir -p "$work"

if ! command -v nvcc >/dev/null; then
  say "Instruction check SKIPPED: there is no CUDA compiler (nvcc)"
  exit 0
fi

fetch_disassembler() {
  local tools=build/disassembler
  if [[ ! -x $tools/cuobjdump ]]; then
    say "Fetching a disassembler"
    mkdir -p "$tools"
    python3 -m pip download --quiet --no-deps --dest "$tools" triton==3.9.0
    python3 - "$tools" <<'PYTHON'
import glob, os, sys, zipfile
folder = sys.argv[1]
wheel = glob.glob(folder + "/triton-*.whl")[0]
with zipfile.ZipFile(wheel) as archive:
    for name in ("cuobjdump", "nvdisasm"):
        path = os.path.join(folder, name)
        with open(path, "wb") as out:
            out.write(archive.read("triton/backends/nvidia/bin/" + name))
        os.chmod(path, 0o755)
os.remove(wheel)
PYTHON
  fi
  CUVAE_DISASSEMBLER=$tools
}

case ${1:-} in
  --fetch-disassembler) fetch_disassembler ;;
  '') ;;
  *)
    sed -n 's/^# \{0,1\}//p' "$0" | sed -n 1,10p
    exit 2
    ;;
esac
if [[ -n ${CUVAE_DISASSEMBLER:-} ]]; then
  PATH=$(realpath "$CUVAE_DISASSEMBLER"):$PATH
fi

disassemble=no
if command -v cuobjdump >/dev/null && command -v nvdisasm >/dev/null; then
  disassemble=yes
else
  say "No disassembler: the machine code itself is not looked at (--fetch-disassembler gets one)"
fi

# Beside the compiler itself, which may be reached by a link.
assembler=$(command -v ptxas || echo "$(dirname "$(realpath "$(command -v nvcc)")")/ptxas")
flags=(-std=c++20 -fmad=false -I. -Ilib -Ilib/include -Xcompiler=-ffp-contract=off
  -Werror all-warnings)
failures=0

complain() {
  printf 'FAILED %s\n' "$*"
  failures=$((failures + 1))
}

# resources REPORT ARCHITECTURE: what ptxas says, judged by the budgets.
resources() {
  awk -v architecture="$2" '
    FNR == NR { if ($0 !~ /^#/ && NF == 2) { name[++budgets] = $1; budget[budgets] = $2 } next }
    /Compiling entry function/ { split($0, part, "\047"); kernel = part[2] }
    /bytes stack frame/ {
      match($0, /[0-9]+ bytes stack/); stack = substr($0, RSTART) + 0
      match($0, /[0-9]+ bytes spill stores/); spill = substr($0, RSTART) + 0
    }
    /Used [0-9]+ registers/ {
      match($0, /Used [0-9]+/); registers = substr($0, RSTART + 5) + 0
      shared = 0
      if (match($0, /[0-9]+ bytes smem/)) shared = substr($0, RSTART) + 0
      short = kernel
      limit = 0
      for (i = 1; i <= budgets; ++i) if (index(kernel, name[i])) { limit = budget[i]; short = name[i]; break }
      # A multiprocessor of Turing holds 1,024 threads: 64 registers each cost it nothing.
      if (architecture == 75 && limit && limit < 64) limit = 64
      verdict = "ok"
      if (!limit) verdict = "FAILED no register budget"
      else if (registers > limit) verdict = "FAILED more than " limit " registers"
      if (stack || spill) verdict = "FAILED stack frame of " stack " bytes, " spill " bytes spilled"
      printf "sm_%s %-34s %3d registers, %6d bytes of static shared memory: %s\n", architecture, short, registers, shared, verdict
      if (verdict != "ok") bad = 1
    }
    END { exit bad }' scripts/gpu/register_budgets.txt "$1"
}

forbidden_ptx='(add|sub|mul)\.f32|(ex2|lg2|sin|cos|tanh|div|sqrt|rsqrt|rcp)\.approx|div\.full|\.ftz|(add|sub|mul|fma|mad|div|sqrt|rcp|cvt|setp|neg|abs|min|max)[a-z.0-9]*\.f64'
forbidden_sass='MUFU\.(EX2|LG2|SIN|COS|TANH)|\b(DADD|DMUL|DFMA|DSETP|DMNMX)\b|F2F\.F(64|32\.F64)|I2F\.F64|\.FTZ|\b(LDL|STL)\b'

# The patterns must find what they forbid.
cat >"$work/forbidden.cu" <<'CUDA'
__global__ void forbidden(double* d, float* f) {
  d[0] *= 1.5;
  f[0] = __expf(f[0]);
}
CUDA
nvcc -arch=sm_90 -cubin -o "$work/forbidden.cubin" "$work/forbidden.cu"
nvcc -arch=compute_90 -ptx -o "$work/forbidden.ptx" "$work/forbidden.cu"
[[ $(grep -cE "$forbidden_ptx" "$work/forbidden.ptx") -ge 2 ]] || stop "the PTX patterns are wrong"
if [[ $disassemble == yes ]]; then
  [[ $(cuobjdump -sass "$work/forbidden.cubin" | grep -cE "$forbidden_sass") -ge 2 ]] ||
    stop "the patterns of machine code are wrong"
fi

for source in kernels/*/*.cu; do
  name=${source#kernels/}
  name=${name%.cu}
  for architecture in "${architectures[@]}"; do
    base=$work/${name//\//-}.$architecture
    nvcc "${flags[@]}" -arch="compute_$architecture" -ptx -o "$base.ptx" "$source"
    "$assembler" -v -arch="sm_$architecture" -o "$base.cubin" "$base.ptx" >"$base.report" 2>&1 ||
      stop "$source can't be assembled for sm_$architecture: see $base.report"
    resources "$base.report" "$architecture" || failures=$((failures + 1))
    if found=$(grep -nE -m 3 "$forbidden_ptx" "$base.ptx"); then
      complain "$base.ptx: $found"
    fi
    if [[ $disassemble == yes ]]; then
      cuobjdump -sass "$base.cubin" >"$base.sass"
      # A division or root starts from the hardware's approximation and corrects it to the last bit;
      # its flush of subnormals is part of that.
      if found=$(grep -vE 'MUFU\.(RCP|RSQ)' "$base.sass" | grep -nE -m 3 "$forbidden_sass"); then
        complain "$base.sass: $found"
      fi
    fi
  done
done

[[ $failures -eq 0 ]] || stop "$failures findings"
say "No spill, stack frame, approximate instruction or double in the kernels"
