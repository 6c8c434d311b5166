# SPDX-License-Identifier: Apache-2.0
# What the toolchain files of Linux targets share: Debian's cross compiler, a folder of the target's Debian packages
# (scripts/sysroot.sh), and QEMU to run what was built. A target's file sets INLAY_CPU, INLAY_TRIPLE and INLAY_EMULATOR; and
# INLAY_LIBC, the cross compiler's own C library, when Debian has no packages for the target: the folder then holds headers only.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR ${INLAY_CPU})
set(CMAKE_C_COMPILER ${INLAY_TRIPLE}-gcc)
set(CMAKE_CXX_COMPILER ${INLAY_TRIPLE}-g++)
set(CMAKE_LIBRARY_ARCHITECTURE ${INLAY_TRIPLE})

get_filename_component(INLAY_SYSROOT ${CMAKE_CURRENT_LIST_DIR}/../build/sysroot/${INLAY_CPU}-linux ABSOLUTE)
set(CMAKE_SYSROOT ${INLAY_SYSROOT})
if(NOT INLAY_LIBC)
  set(INLAY_LIBC ${INLAY_SYSROOT})
endif()
set(CMAKE_FIND_ROOT_PATH ${INLAY_SYSROOT})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)  # flatc is the host's
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(CMAKE_CROSSCOMPILING_EMULATOR "${INLAY_EMULATOR};-L;${INLAY_LIBC}")
