# SPDX-License-Identifier: Apache-2.0
# 64-bit RISC-V Linux, rv64gc: ./inlay.sh cross riscv64-linux
# Debian 12 has a compiler and a C library for it and no packages: own code only, the portable kernels.
set(INLAY_CPU riscv64)
set(INLAY_TRIPLE riscv64-linux-gnu)
set(INLAY_EMULATOR "qemu-riscv64;-cpu;rv64")
set(INLAY_LIBC /usr/${INLAY_TRIPLE})
include(${CMAKE_CURRENT_LIST_DIR}/debian.cmake)
