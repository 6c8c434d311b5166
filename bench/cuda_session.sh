#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# cuda_session.sh OUT [STEP...]: everything that wants a GPU, in one command of less than ten minutes. OUT/steps.txt: what the steps
# printed, OUT/summary.txt: what became of them; a step that fails stops no other. Steps: build unit conformance models memcheck
# racecheck bench gemm. Needs nvcc, CMake and g++, and uses compute-sanitizer, nvidia-smi, python3 with numpy where they are. By variables:
#   INLAY_CARRIED       what `inlay.sh carry` made, where our packages are missing
#   INLAY_SHARED        folder of models/tflite/*.tflite (default: shared in the tree or beside it)
#   INLAY_CUDA_SECONDS  for all steps together (default 570); the build may take 12/20 of them, any other step 5/20
#   INLAY_CUDA_TREE     the build (default build/cuda_session)
#   INLAY_CUDA_DEVICE   another device: FILE.so=NAME, such as the emulated one, to try this script; INLAY_CUDA_QUICK=1: little of each step
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
out=$(mkdir -p "${1:?cuda_session.sh needs a folder}" && cd "$1" && pwd)
shift
steps=("$@")
((${#steps[@]})) || steps=(build unit conformance models memcheck racecheck bench gemm)
tree=${INLAY_CUDA_TREE:-build/cuda_session} device=${INLAY_CUDA_DEVICE:-cuda} quick=${INLAY_CUDA_QUICK:-}
backend=${device%%=*} work=$tree/session total=${INLAY_CUDA_SECONDS:-570}
shared=${INLAY_SHARED:-$PWD/shared}
[[ -d "$shared" ]] || shared=$PWD/../shared
models=(kws_dscnn_int8 resnet8_cifar10_int8 mobilenet_v2_1.0_224_int8 vww_mobilenet96_int8 resnet8_cifar10_float mobilenet_v1_0.25_224_float)
layers=(CONV_2D DEPTHWISE_CONV_2D FULLY_CONNECTED BATCH_MATMUL SOFTMAX MEAN ADD)
variants=({1..10}) every=() some=(--limit 8) seconds=3
[[ -z "$quick" ]] || models=("${models[0]}") variants=(4) every=(--limit 1) some=(--limit 1) seconds=0.1
skipped=77

# step NAME SECONDS: the function of that name by this script, called anew.
step() {
  local name=$1 limit=$2 start=$SECONDS rc=0 left=$((total - SECONDS)) became=ok log=$work/$1.txt
  ((limit < left)) || limit=$left
  : >"$log"
  if ((limit > 0)); then
    INLAY_CUDA_STEP=$name timeout -k 5 "$limit" bench/cuda_session.sh "$out" >"$log" 2>&1 || rc=$?
  fi
  if ((limit <= 0)); then
    became="FAILED: no time was left"
  elif ((rc == skipped)); then
    became="skipped: $(tail -n 1 "$log")"
  elif ((rc == 124 || rc == 137)); then
    became="FAILED: not done in $limit s"
  elif ((rc)); then
    became="FAILED ($rc): $(tail -n 1 "$log")"
  fi
  { echo "==== $name"; cat "$log"; } >>"$out/steps.txt"
  printf '%-12s %4d s  %s\n' "$name" $((SECONDS - start)) "$became" | tee -a "$out/summary.txt"
}

# skip SENTENCE, as the step's last line.
skip() { echo "$1"; exit $skipped; }

build() {
  local carried=()
  [[ -z "${INLAY_CARRIED:-}" ]] || carried=("-DINLAY_CARRIED=$(cd "$INLAY_CARRIED" && pwd)")
  cmake -S . -B "$tree" -DCMAKE_BUILD_TYPE=Release -DINLAY_CUDA_ARCHITECTURES="${INLAY_CUDA_ARCHITECTURES:-90-real}" "${carried[@]}" &&
    cmake --build "$tree" -j "$(nproc)" --target inlay_command inlay-bench cuda_gemm inlay_conformance inlay_cuda_plugin inlay_cuda_loader_tests
}

unit() { "$tree/bin/inlay_cuda_loader_tests"; }

conformance() {
  local variant failed=0
  "$tree/bin/inlay_conformance" --backend "$backend" "${every[@]}" || failed=1
  for variant in "${variants[@]}"; do
    "$tree/bin/inlay_conformance" --backend "$backend" --variant "$variant" "${some[@]}" --op "${layers[@]}" || failed=1
  done
  return $failed
}

models() {
  local failed=0 ran=0 name rc
  for name in "${models[@]}"; do
    rc=0
    INLAY_SHARED=$shared python3 tests/models/agree.py "$device" "$name" "$tree/bin" "$work/models/$name" || rc=$?
    ((rc == skipped)) || ran=1
    ((rc == 0 || rc == skipped)) || failed=1
  done
  ((ran)) || skip "no model was run"
  return $failed
}

# A few cases of each op: every kernel's accesses, not every shape.
checked() {
  command -v compute-sanitizer >/dev/null || skip "compute-sanitizer is not installed"
  compute-sanitizer --tool "$1" --error-exitcode 9 "$tree/bin/inlay_conformance" --backend "$backend" --limit 1 "${@:2}"
}
memcheck() { checked memcheck; }
racecheck() { checked racecheck --op "${layers[@]}"; }

bench() {
  local failed=0 ran=0 name
  nvidia-smi --query-gpu=name,driver_version,clocks.sm,clocks.mem --format=csv
  nvcc --version | tail -n 2
  for name in "${models[@]}"; do
    [[ -f "$shared/models/tflite/$name.tflite" ]] || { echo "no $name.tflite"; continue; }
    ran=1
    "$tree/bin/inlay" convert "$shared/models/tflite/$name.tflite" -o "$work/$name.inlay" >/dev/null || { failed=1; continue; }
    echo "\$ inlay-bench $name.inlay --backend $backend,builtin --seconds $seconds --per-op"
    "$tree/bin/inlay-bench" "$work/$name.inlay" --backend "$backend,builtin" --seconds "$seconds" --per-op || failed=1
  done
  ((ran)) || skip "no models (set INLAY_SHARED)"
  return $failed
}

# Our products and cublasLt's by turns; the library of nvcc's toolkit where the loader finds no other. 77 where there is no device.
gemm() {
  local toolkit
  toolkit=$(dirname "$(dirname "$(readlink -f "$(command -v nvcc)")")")
  export LD_LIBRARY_PATH="${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$toolkit/lib64:$toolkit/lib"
  if [[ -n "$quick" ]]; then
    "$tree/bin/cuda_gemm" --shape 64x64x64 --rounds 1
    return
  fi
  "$tree/bin/cuda_gemm" && "$tree/bin/cuda_gemm" --type fp16 bf16 tf32 --shape 4096x4096x4096 &&
    "$tree/bin/cuda_gemm" --variants --rounds 5 --shape 4096x4096x4096 49x512x2048 1x1000x4096
}

if [[ -n "${INLAY_CUDA_STEP:-}" ]]; then
  "$INLAY_CUDA_STEP"
  exit
fi
for name in "${steps[@]}"; do
  case "$name" in
    build | unit | conformance | models | memcheck | racecheck | bench | gemm) ;;
    *) echo "cuda_session.sh: no step '$name'" >&2; exit 2 ;;
  esac
done
mkdir -p "$work"
rm -f "$out/steps.txt" "$out/summary.txt"
for name in "${steps[@]}"; do step "$name" $((total * ($([[ "$name" == build ]] && echo 12 || echo 5)) / 20)); done
! grep -q FAILED "$out/summary.txt"
