# SPDX-License-Identifier: Apache-2.0
# 64-bit ARM Linux: ./inlay.sh cross aarch64-linux
set(INLAY_CPU aarch64)
set(INLAY_TRIPLE aarch64-linux-gnu)
set(INLAY_EMULATOR "qemu-aarch64;-cpu;max")
include(${CMAKE_CURRENT_LIST_DIR}/debian.cmake)
