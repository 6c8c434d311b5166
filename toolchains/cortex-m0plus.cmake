# SPDX-License-Identifier: Apache-2.0
# Cortex-M0+ (Armv6-M, no FPU): ./inlay.sh cross cortex-m0plus
set(INLAY_CPU cortex-m0plus)
set(INLAY_FLOAT soft)
include(${CMAKE_CURRENT_LIST_DIR}/cortex-m.cmake)
