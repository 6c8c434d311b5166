# SPDX-License-Identifier: Apache-2.0
# 32-bit ARM Linux with hard float, Debian's armhf: ./inlay.sh cross armv7hf-linux
# The baseline is Armv7-A with VFPv3-D16 and without NEON: files that use NEON are compiled for it one by one.
set(INLAY_CPU armv7hf)
set(INLAY_TRIPLE arm-linux-gnueabihf)
set(INLAY_EMULATOR "qemu-arm;-cpu;max")
set(CMAKE_CXX_FLAGS_INIT -Wno-psabi)  # notes on what GCC 7 changed
include(${CMAKE_CURRENT_LIST_DIR}/debian.cmake)
