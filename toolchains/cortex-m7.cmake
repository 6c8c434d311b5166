# SPDX-License-Identifier: Apache-2.0
# Cortex-M7 (Armv7E-M: DSP, float and double): ./inlay.sh cross cortex-m7
set(INLAY_CPU cortex-m7)
set(INLAY_FLOAT hard)
include(${CMAKE_CURRENT_LIST_DIR}/cortex-m.cmake)
