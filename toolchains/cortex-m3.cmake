# SPDX-License-Identifier: Apache-2.0
# Cortex-M3 (Armv7-M, no FPU): ./inlay.sh cross cortex-m3
set(INLAY_CPU cortex-m3)
set(INLAY_FLOAT soft)
include(${CMAKE_CURRENT_LIST_DIR}/cortex-m.cmake)
