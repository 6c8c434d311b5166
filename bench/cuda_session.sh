#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# cuda_session.sh OUT [STEP...]: everything that wants a GPU, in one command of less than ten minutes; each step's output is a file in OUT,
# and what became of the steps comes last. Steps: build unit conformance models memcheck racecheck bench gemm. Needs nvcc, CMake and g++;
# INLAY_CARRIED (what `inlay.sh carry` made) where our packages are missing; INLAY_SHARED for the models. Not run on a GPU yet.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
out=$(mkdir -p "${1:?cuda_session.sh needs a folder}" && cd "$1" && pwd)
shift
steps=("$@")
((${#steps[@]})) || steps=(build unit conformance models memcheck racecheck bench gemm)
tree=${INLAY_CUDA_TREE:-build/cuda_session} device=${INLAY_CUDA_DEVICE:-cuda}
shared=${INLAY_SHARED:-$PWD/../shared}
models=(kws_dscnn_int8 resnet8_cifar10_int8 mobilenet_v2_1.0_224_int8 vww_mobilenet96_int8 resnet8_cifar10_float mobilenet_v1_0.25_224_float)
layers=(CONV_2D DEPTHWISE_CONV_2D FULLY_CONNECTED BATCH_MATMUL SOFTMAX MEAN ADD)
summary=()

# step NAME SECONDS: the function of that name by this script, called anew; its output in OUT/NAME.txt.
step() {
  local name=$1 limit=$2 start=$SECONDS rc=0
  INLAY_CUDA_STEP=$name timeout "$limit" bench/cuda_session.sh "$out" >"$out/$name.txt" 2>&1 || rc=$?
  summary+=("$(printf '%-12s %4d s  %s' "$name" $((SECONDS - start)) "$( ((rc)) && echo "FAILED ($rc): $(tail -n 1 "$out/$name.txt")" || echo ok)")")
}

build() {
  local carried=()
  [[ -z "${INLAY_CARRIED:-}" ]] || carried=("-DINLAY_CARRIED=$INLAY_CARRIED")
  cmake -S . -B "$tree" -DCMAKE_BUILD_TYPE=Release -DINLAY_CUDA_ARCHITECTURES="${INLAY_CUDA_ARCHITECTURES:-90-real}" "${carried[@]}" &&
    cmake --build "$tree" -j "$(nproc)" --target inlay inlay-bench cuda_gemm inlay_conformance inlay_cuda_plugin inlay_cuda_loader_tests
}

unit() { "$tree/bin/inlay_cuda_loader_tests"; }

conformance() {
  local variant
  "$tree/bin/inlay_conformance" --backend "$device" || return 1
  for variant in {1..10}; do
    "$tree/bin/inlay_conformance" --backend "$device" --variant "$variant" --limit 8 --op "${layers[@]}" || return 1
  done
}

models() {
  local failed=0 name
  for name in "${models[@]}"; do
    python3 tests/models/agree.py "$device" "$name" "$tree/bin" "$out/models/$name" || failed=1
  done
  return $failed
}

# A few cases of each op: every kernel's accesses, not every shape.
checked() { compute-sanitizer --tool "$1" --error-exitcode 9 "$tree/bin/inlay_conformance" --backend "$device" --limit 1 "${@:2}"; }

bench() {
  local name
  nvidia-smi --query-gpu=name,driver_version,clocks.sm,clocks.mem --format=csv
  nvcc --version | tail -n 2
  for name in "${models[@]}"; do
    [[ -f "$shared/models/tflite/$name.tflite" ]] || continue
    "$tree/bin/inlay" convert "$shared/models/tflite/$name.tflite" -o "$out/$name.inlay" >/dev/null || return 1
    echo "\$ inlay-bench $name.inlay --backend $device,builtin --seconds 3 --per-op"
    "$tree/bin/inlay-bench" "$out/$name.inlay" --backend "$device,builtin" --seconds 3 --per-op || return 1
  done
}

# Our products and cublasLt's by turns; the library of nvcc's toolkit where the loader finds no other.
gemm() {
  local toolkit
  toolkit=$(dirname "$(dirname "$(readlink -f "$(command -v nvcc)")")")
  export LD_LIBRARY_PATH="${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$toolkit/lib64:$toolkit/lib"
  "$tree/bin/cuda_gemm" && "$tree/bin/cuda_gemm" --type fp16 bf16 tf32 --shape 4096x4096x4096 &&
    "$tree/bin/cuda_gemm" --variants --rounds 5 --shape 4096x4096x4096 49x512x2048 1x1000x4096
}

memcheck() { checked memcheck; }
racecheck() { checked racecheck --op "${layers[@]}"; }

if [[ -n "${INLAY_CUDA_STEP:-}" ]]; then
  "$INLAY_CUDA_STEP"
  exit
fi
for name in "${steps[@]}"; do
  case "$name" in
    build) step build 300 ;;
    unit | conformance | models | memcheck | racecheck | bench | gemm) step "$name" 120 ;;
    *) echo "cuda_session.sh: no step '$name'" >&2; exit 2 ;;
  esac
done
printf '%s\n' "${summary[@]}" | tee "$out/summary.txt"
! grep -q FAILED "$out/summary.txt"
