#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# session_test.sh BUILD FOLDER: bench/cuda_session.sh on the emulated device, with tools in FOLDER that only look like NVIDIA's: every
# step but `build` runs, one that fails is named and stops no other, and so is one that takes too long.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
build=$1 folder=$2
export INLAY_CUDA_TREE=$build INLAY_CUDA_DEVICE=$build/lib/libinlay_cuda_emulated.so=cuda_emulated INLAY_CUDA_QUICK=1
die() { echo "session_test.sh: $*" >&2; cat "$folder"/out/*.txt >&2; exit 1; }
expect() { grep -qE "$1" "$folder/out/summary.txt" || die "the summary has no line '$1'"; }
tool() { printf '#!/usr/bin/env bash\n%s\n' "$2" >"$folder/bin/$1"; chmod +x "$folder/bin/$1"; }

rm -rf "$folder"
mkdir -p "$folder/bin"
tool nvidia-smi 'echo "a device that does not exist"'
tool nvcc 'printf "%s\n" a compiler'
tool compute-sanitizer '[[ "$1 $3" == "--tool --error-exitcode" ]] && shift 4 && exec "$@"'
export PATH=$folder/bin:$PATH
bench/cuda_session.sh "$folder/out" unit conformance models memcheck racecheck bench gemm || die "a step failed"
for step in unit conformance memcheck racecheck; do expect "^$step +[0-9]+ s  ok$"; done
for step in models bench; do expect "^$step +[0-9]+ s  (ok|skipped: no model.*)$"; done
expect "^gemm +[0-9]+ s  (ok|skipped: cuda_gemm: .*)$"
grep -q "a device that does not exist" "$folder/out/steps.txt" || die "what a step printed is missing"

tool compute-sanitizer 'echo "a race"; [[ "$2" == memcheck ]] && exit 9; exec sleep 60'
if INLAY_CUDA_SECONDS=8 bench/cuda_session.sh "$folder/out" racecheck memcheck; then die "failures were not noticed"; fi
expect '^racecheck +[0-9]+ s  FAILED: not done in 2 s$'
expect '^memcheck +[0-9]+ s  FAILED \(9\): a race$'
if INLAY_CUDA_SECONDS=0 bench/cuda_session.sh "$folder/out" unit bench; then die "a session without time did something"; fi
expect '^unit +0 s  FAILED: no time was left$'
[[ $(wc -l <"$folder/out/summary.txt") == 2 ]] || die "two steps give two lines"
if bench/cuda_session.sh "$folder/out" nonsense; then die "a step that does not exist was taken"; fi
