# SPDX-License-Identifier: Apache-2.0
# What the toolchain files of Cortex-M share: GCC for bare metal with newlib's small C library, hard float where the core has an FPU,
# no startup files and nothing of what only hosted programs need. A core's file sets INLAY_CPU, and INLAY_FLOAT to hard or soft.
# There is no sysroot: the only headers of the host are FlatBuffers', in a folder of their own (schema/CMakeLists.txt).
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR ${INLAY_CPU})
set(CMAKE_C_COMPILER arm-none-eabi-gcc)
set(CMAKE_CXX_COMPILER arm-none-eabi-g++)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)  # a program would need a linker script

set(INLAY_CORE_FLAGS "-mthumb -mcpu=${INLAY_CPU} -mfloat-abi=${INLAY_FLOAT} -ffunction-sections -fdata-sections \
-fno-asynchronous-unwind-tables --specs=nano.specs")
set(CMAKE_C_FLAGS_INIT "${INLAY_CORE_FLAGS}")
set(CMAKE_CXX_FLAGS_INIT "${INLAY_CORE_FLAGS} -fno-exceptions -fno-rtti -fno-threadsafe-statics -fno-use-cxa-atexit")
set(CMAKE_ASM_FLAGS_INIT "${INLAY_CORE_FLAGS}")
set(CMAKE_EXE_LINKER_FLAGS_INIT "-nostartfiles -Wl,--gc-sections")
