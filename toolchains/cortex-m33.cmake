# SPDX-License-Identifier: Apache-2.0
# Cortex-M33 (Armv8-M: DSP, float): ./inlay.sh cross cortex-m33
set(INLAY_CPU cortex-m33)
set(INLAY_FLOAT hard)
include(${CMAKE_CURRENT_LIST_DIR}/cortex-m.cmake)
