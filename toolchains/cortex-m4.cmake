# SPDX-License-Identifier: Apache-2.0
# Cortex-M4 (Armv7E-M: DSP, float): ./inlay.sh cross cortex-m4
set(INLAY_CPU cortex-m4)
set(INLAY_FLOAT hard)
include(${CMAKE_CURRENT_LIST_DIR}/cortex-m.cmake)
