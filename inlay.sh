#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Every habit of the project in one place: ./inlay.sh help
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

packages=(cmake ninja-build g++ flatbuffers-compiler libflatbuffers-dev libcli11-dev nlohmann-json3-dev libstb-dev libgtest-dev
  libxnnpack-dev libpthreadpool-dev libdnnl-dev opencl-c-headers)
test_packages=(python3 python3-venv libsimde-dev qemu-user ocl-icd-libopencl1 pocl-opencl-icd oclgrind libclblast1 clang-14)
cortex_packages=(gcc-arm-none-eabi libnewlib-arm-none-eabi libstdc++-arm-none-eabi-newlib)
firmware_packages=("${cortex_packages[@]}" qemu-system-arm)

say() { printf '%s\n' "$*" >&2; }
die() { say "inlay.sh: $*"; exit 1; }
jobs_here() { nproc 2>/dev/null || echo 2; }

usage() {
  cat <<'TEXT'
usage: ./inlay.sh COMMAND
  demo              build, convert the digits model, classify 60 pictures, show memory and speed
  test              build with and without sanitizers, run every test
  build [PRESET]    configure and build a preset of CMakePresets.json (default: release)
  bench             build, then measure Inlay and its peers (LiteRT, ONNX Runtime, OpenVINO, ncnn, MNN) in turns
  bench compare A.. the same with arguments, or MODEL.tflite...: bench/compare/README.md
  bench ARGS...     build, then inlay-bench ARGS
  cross TARGET      build for another processor: aarch64-linux, armv7hf-linux, riscv64-linux, and run every test in QEMU; or the
                    libraries of a firmware, and print their size: cortex-m0plus, -m3, -m4, -m7, -m33, -m55
  firmware ARGS...  examples/firmware_cortex_m on emulated Cortex-M boards: answers, flash, RAM, ticks, instructions in one table
  icount            instructions of our convolutions on 64-bit ARM, and of XNNPACK's, counted by QEMU
  icount CORE ELF.. instructions and stack of firmware on cortex-m3, m4, m7, m33 or m55; by function: bench/icount/README.md
  carry DIR         packs what a build takes from Debian's packages into a folder, for a machine without them: scripts/carry.sh
  fuzz SECONDS      run every fuzz target that long (clang, libFuzzer)
  format [--check]  clang-format over our sources; --check only reports
  lint              include rules, SPDX lines and the other checks of scripts/lint.py
  help              this text
demo, test, cross, firmware, icount and fuzz install missing Debian packages with apt-get (as root or through sudo -n). INLAY_SHARED names the folder of
models and reference outputs for the model tests (default: ../shared); without it those tests are skipped.
TEXT
}

# need PACKAGE...: installs what dpkg does not list as installed.
need() {
  command -v dpkg-query >/dev/null || { say "inlay.sh: no dpkg here; going on with what is installed (needed: $*)"; return 0; }
  local missing=() name
  for name in "$@"; do
    [[ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null || true)" == installed ]] || missing+=("$name")
  done
  ((${#missing[@]})) || return 0
  local as=()
  if ((EUID != 0)); then
    sudo -n true 2>/dev/null || die "packages are missing; please run: sudo apt-get install --no-install-recommends ${missing[*]}"
    as=(sudo -n)
  fi
  mkdir -p build
  say "installing: ${missing[*]}"
  local apt=("${as[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o APT::Cmd::Disable-Script-Warning=1)
  if ! { "${apt[@]}" update && "${apt[@]}" install -y --no-install-recommends "${missing[@]}"; } >build/apt.log 2>&1; then
    tail -n 20 build/apt.log >&2
    die "apt-get failed (whole log: build/apt.log)"
  fi
}

# quiet TITLE LOG COMMAND...: one line of progress; on failure the end of the log.
quiet() {
  local title=$1 log=$2 start=$SECONDS
  shift 2
  mkdir -p "$(dirname "$log")"
  printf '%s ... ' "$title" >&2
  if "$@" >"$log" 2>&1; then
    say "$((SECONDS - start)) s"
  else
    say "failed"
    tail -n 40 "$log" >&2
    die "$title failed (whole log: $log)"
  fi
}

build() {  # PRESET [TARGET...]
  local preset=$1
  shift
  local targets=()
  (($#)) && targets=(--target "$@")
  quiet "configuring $preset" "build/log/$preset-configure.txt" cmake --preset "$preset"
  quiet "building $preset" "build/log/$preset-build.txt" cmake --build --preset "$preset" -j "$(jobs_here)" "${targets[@]}"
}

# The label on the first result line of `inlay run` for one picture.
top1() { build/release/bin/inlay run "$1" -i "$2" 2>/dev/null | scripts/top1.sh; }

demo_accuracy() {  # MODEL TITLE
  local right=0 all=0 picture name
  for picture in examples/digits/test/*.png; do
    name=$(basename "$picture")
    all=$((all + 1))
    if [[ "$(top1 "$1" "$picture")" == "${name%%_*}" ]]; then right=$((right + 1)); fi
  done
  printf '%-8s %d of %d pictures right\n' "$2" "$right" "$all"
}

demo() {
  need "${packages[@]}"
  build release inlay inlay-bench
  local bin=build/release/bin out=build/demo kind
  mkdir -p "$out"
  for kind in int8 float; do
    echo
    echo "\$ inlay convert examples/digits/digits_$kind.tflite -o $out/digits_$kind.inlay --labels examples/digits/labels.txt"
    "$bin/inlay" convert "examples/digits/digits_$kind.tflite" -o "$out/digits_$kind.inlay" --labels examples/digits/labels.txt
  done
  echo
  echo "\$ inlay run $out/digits_int8.inlay -i examples/digits/test/3_45.png"
  "$bin/inlay" run "$out/digits_int8.inlay" -i examples/digits/test/3_45.png
  echo
  echo "60 handwritten digits the models were not trained on:"
  demo_accuracy "$out/digits_int8.inlay" int8
  demo_accuracy "$out/digits_float.inlay" float
  echo
  echo "\$ inlay inspect --memory $out/digits_int8.inlay"
  "$bin/inlay" inspect --memory "$out/digits_int8.inlay"
  echo
  echo "\$ inlay-bench $out/digits_int8.inlay --seconds 1 --per-op"
  "$bin/inlay-bench" "$out/digits_int8.inlay" --seconds 1 --per-op
  cat <<TEXT

Next, with a model of your own:
  $bin/inlay convert model.tflite -o model.inlay
  $bin/inlay run model.inlay -i input.npy
  $bin/inlay-bench model.inlay --seconds 1 --per-op
TEXT
}

# Python with numpy, pytest and LiteRT for the model tests; made only where there are models to test.
oracle() {
  export INLAY_SHARED="${INLAY_SHARED:-$PWD/../shared}"
  if [[ -z "${INLAY_PYTHON:-}" && -d "$INLAY_SHARED/models/tflite" ]]; then
    local venv=$PWD/build/venv
    if [[ ! -e "$venv/ready" ]]; then
      if python3 -m venv "$venv" >build/log/venv.txt 2>&1 &&
        "$venv/bin/pip" install -q -r tests/models/requirements.txt >>build/log/venv.txt 2>&1; then
        touch "$venv/ready"
      else
        say "no Python oracle (log: build/log/venv.txt): model tests are skipped"
      fi
    fi
    [[ ! -e "$venv/ready" ]] || export INLAY_PYTHON="$venv/bin/python"
  fi
}

# Python with the peers of bench/compare. One that does not install is left out, with a sentence from there.
peers() {
  [[ -z "${INLAY_PEERS_PYTHON:-}" ]] || return 0
  local venv=$PWD/build/venv-peers from=bench/compare log=build/log/venv-peers.txt package
  if [[ ! -e "$venv/ready" ]]; then
    need "${test_packages[@]}"
    mkdir -p build/log
    say "installing the peers into build/venv-peers (2 GB; log: $log)"
    python3 -m venv "$venv" >"$log" 2>&1 || die "no Python environment for the peers (log: $log)"
    while read -r package; do
      [[ "$package" != "#"* ]] || continue
      "$venv/bin/pip" install -q "$package" </dev/null >>"$log" 2>&1 || say "$package does not install"
    done <"$from/requirements.txt"
    "$venv/bin/pip" install -q --no-deps -r "$from/requirements-alone.txt" >>"$log" 2>&1 || say "the converters do not install"
    "$venv/bin/python" -c 'import numpy' >>"$log" 2>&1 || die "the comparison needs numpy (log: $log); inlay-bench alone does not"
    touch "$venv/ready"  # remove it to try again
  fi
  INLAY_PEERS_PYTHON=$venv/bin/python
}

compare() {
  build release inlay inlay-bench
  peers
  export INLAY_SHARED="${INLAY_SHARED:-$PWD/../shared}" PYTHONDONTWRITEBYTECODE=1
  exec "$INLAY_PEERS_PYTHON" bench/compare "$@"
}

bench() {
  case "${1:-}" in
    "") compare ;;
    compare) compare "${@:2}" ;;
    *.tflite) compare "$@" ;;
    *) build release inlay-bench && exec build/release/bin/inlay-bench "$@" ;;
  esac
}

run_tests() {
  need "${packages[@]}" "${test_packages[@]}" "${firmware_packages[@]}" python3-kconfiglib
  build asan
  build release
  oracle
  # One run over both trees, so that one summary at the end says it all.
  mkdir -p build/all
  printf 'subdirs("%s" "%s")\n' "$PWD/build/asan" "$PWD/build/release" >build/all/CTestTestfile.cmake
  ctest --test-dir build/all --output-on-failure --no-label-summary -j "$(jobs_here)"
}

fuzz() {
  local seconds=${1:?fuzz needs a number of seconds} name failed=0
  # On Debian libFuzzer and the sanitizers' runtimes are in libclang-rt-dev, which clang does not bring by itself.
  need "${packages[@]}" clang libclang-rt-dev
  command -v clang++ >/dev/null || die "fuzzing needs clang with its runtimes (Debian: clang, libclang-rt-dev)"
  build fuzz fuzz_inlay fuzz_tflite inlay_make_corpus
  local seeds=build/fuzz/seeds
  quiet "making seeds of the conformance models" build/log/fuzz-seeds.txt \
    build/fuzz/bin/inlay_make_corpus tests/conformance/data "$seeds"
  for name in inlay tflite; do
    mkdir -p "build/fuzz/corpus/$name"
    say "fuzz_$name for $seconds s (log: build/log/fuzz-$name.txt)"
    if "build/fuzz/bin/fuzz_$name" -max_total_time="$seconds" -rss_limit_mb=2048 -timeout=120 -print_final_stats=1 \
      -artifact_prefix="build/fuzz/$name-" "build/fuzz/corpus/$name" "tests/fuzz/corpus/$name" "$seeds/$name" \
      >"build/log/fuzz-$name.txt" 2>&1; then
      say "fuzz_$name: $(sed -n 's/^stat::number_of_executed_units: *//p' "build/log/fuzz-$name.txt") inputs, nothing found"
    else
      tail -n 40 "build/log/fuzz-$name.txt" >&2
      failed=1
    fi
  done
  ((!failed)) || die "a target failed; its input is build/fuzz/inlay-* or build/fuzz/tflite-* (tests/fuzz/README.md)"
}

. scripts/cross.sh

firmware() {
  need "${packages[@]}" "${firmware_packages[@]}" python3
  build release inlay
  local shared="${INLAY_SHARED:-$PWD/../shared}"
  say "building the firmware for its boards, and running it (build/firmware)"
  exec python3 examples/firmware_cortex_m/boards.py --build build/firmware --tool build/release/bin/inlay --shared "$shared" "$@"
}

sources() { find runtime backends tools bench tests examples -name '*.cc' -o -name '*.h' -o -name '*.c' -o -name '*.hpp'; }

format() {
  command -v clang-format >/dev/null || die "please run: sudo apt-get install clang-format"
  case "${1:-}" in
    "") sources | xargs clang-format -i ;;
    --check) sources | xargs clang-format --dry-run -Werror ;;
    *) die "format takes only --check" ;;
  esac
}

command=${1:-help}
(($#)) && shift
case "$command" in
  demo) demo ;;
  test) run_tests ;;
  build) build "${1:-release}" ;;
  bench) bench "$@" ;;
  cross) cross "$@" ;;
  firmware) firmware "$@" ;;
  icount) icount "$@" ;;
  carry) exec scripts/carry.sh "$@" ;;
  fuzz) fuzz "$@" ;;
  format) format "$@" ;;
  lint) python3 scripts/lint.py --self-test && python3 scripts/lint.py ;;
  help | -h | --help) usage ;;
  *) usage >&2; say "inlay.sh: no command '$command'"; exit 2 ;;
esac
