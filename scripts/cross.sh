# SPDX-License-Identifier: Apache-2.0
# For inlay.sh: builds for other processors, by toolchains/TARGET.cmake. Linux targets run their tests in QEMU; their libraries
# come from Debian packages of that architecture, unpacked into build/sysroot/TARGET and never installed.

# Debian's architecture, packages of the host, QEMU's command, its CPUs for the direct runs. ctest runs on the toolchain file's CPU.
declare -A cross_arch=([aarch64-linux]=arm64 [armv7hf-linux]=armhf [riscv64-linux]=amd64)
declare -A cross_packages=([aarch64-linux]="g++-aarch64-linux-gnu qemu-user" [armv7hf-linux]="g++-arm-linux-gnueabihf qemu-user"
  [riscv64-linux]="g++-riscv64-linux-gnu qemu-user")
declare -A cross_emulator=([aarch64-linux]="qemu-aarch64 -L build/sysroot/aarch64-linux"
  [armv7hf-linux]="qemu-arm -L build/sysroot/armv7hf-linux" [riscv64-linux]="qemu-riscv64 -L /usr/riscv64-linux-gnu")
declare -A cross_cpus=([aarch64-linux]="cortex-a53 cortex-a76" [armv7hf-linux]="cortex-a7 cortex-a9 cortex-a15" [riscv64-linux]="")
cortex_targets="cortex-m0plus cortex-m3 cortex-m4 cortex-m7 cortex-m33 cortex-m55"

# Debian 12 has no packages for riscv64: only what fits every architecture, headers and GoogleTest's sources.
any_packages=(libflatbuffers-dev libcli11-dev nlohmann-json3-dev libstb-dev)
sysroot_packages=("${any_packages[@]}" libc6-dev libstdc++-12-dev libgcc-12-dev libgtest-dev libxnnpack-dev libpthreadpool-dev
  libcpuinfo-dev)

cross_build() {  # TARGET [CMAKE TARGET...]
  local target=${1:-} here from=("${sysroot_packages[@]}")
  [[ -n "${cross_arch[$target]:-}" ]] || die "cross takes one of: ${!cross_arch[*]} $cortex_targets"
  shift
  read -ra here <<<"${cross_packages[$target]}"
  [[ "$target" != riscv64-linux ]] || from=("${any_packages[@]}" googletest)
  need "${packages[@]}" "${here[@]}"
  quiet "fetching $target packages" "build/log/$target-sysroot.txt" \
    scripts/sysroot.sh "${cross_arch[$target]}" "build/sysroot/$target" "${from[@]}"
  build "$target" "$@"
}

cross_linux() {
  local target=$1 cpu program log
  cross_build "$target"
  oracle
  local emulate
  read -ra emulate <<<"${cross_emulator[$target]}"
  for cpu in ${cross_cpus[$target]}; do
    for program in inlay_unit_tests inlay_xnnpack_tests inlay_conformance; do
      [[ -x "build/$target/bin/$program" ]] || continue
      quiet "$program on $cpu" "build/log/$target-$program-$cpu.txt" "${emulate[@]}" -cpu "$cpu" "build/$target/bin/$program"
    done
  done
  build release inlay_conformance  # what ops prepare there must be what they prepare here
  log=build/log/$target-ctest.txt
  quiet "every test of $target" "$log" ctest --test-dir "build/$target" --output-on-failure --no-label-summary -j "$(jobs_here)"
  grep 'tests passed' "$log"
}

# What a firmware links, without a board: builds it and prints its size.
cross_cortex() {
  local target=$1 library
  need cmake ninja-build flatbuffers-compiler libflatbuffers-dev "${cortex_packages[@]}"
  build "$target"
  printf '%-20s %9s %9s %9s\n' "$target" code data zeros
  for library in core kernels ops plan model session backend_builtin; do
    arm-none-eabi-size -t "$(find "build/$target" -name "libinlay_$library.a")" |
      awk -v name="$library" 'END { printf "%-20s %9d %9d %9d\n", name, $1, $2, $3 }'
  done
}

cross() {
  case " $cortex_targets " in
    *" ${1:-} "*) cross_cortex "$1" ;;
    *) cross_linux "${1:-}" ;;
  esac
}

icount() {
  if [[ "${1:-}" == cortex-m* ]]; then
    need g++ python3 gcc-arm-none-eabi qemu-system-arm
    exec python3 bench/icount/cortex_m.py "$@"
  fi
  cross_build aarch64-linux inlay-icount
  python3 bench/icount/icount.py build/aarch64-linux build/sysroot/aarch64-linux "$@"
}
