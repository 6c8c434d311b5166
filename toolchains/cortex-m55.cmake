# SPDX-License-Identifier: Apache-2.0
# Cortex-M55 (Armv8.1-M: Helium, float and double): ./inlay.sh cross cortex-m55
set(INLAY_CPU cortex-m55)
set(INLAY_FLOAT hard)
include(${CMAKE_CURRENT_LIST_DIR}/cortex-m.cmake)
