#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# carry.sh DIR: everything that a build of Inlay takes from Debian's packages, as one folder of a few MB, for a machine with a compiler
# and CMake that has neither the packages nor a network: headers, what flatc makes of the schemas, GoogleTest's sources. There:
#   cmake -S . -B build/gpu -DINLAY_CARRIED=DIR -DCMAKE_BUILD_TYPE=Release && cmake --build build/gpu -j "$(nproc)"
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
to=${1:?carry.sh needs the name of a folder}
include=${INLAY_CARRY_FROM:-/usr/include}
googletest=${INLAY_CARRY_GOOGLETEST:-/usr/src/googletest}
mkdir -p "$to/include" "$to/schema" "$to/lib/cmake/CLI11" "$to/lib/cmake/nlohmann_json"
for name in flatbuffers nlohmann CLI stb; do
  [[ -d "$include/$name" ]] || { echo "carry.sh: no $include/$name; ./inlay.sh demo installs the packages" >&2; exit 1; }
  rm -rf "${to:?}/include/$name"
  cp -rL "$include/$name" "$to/include/$name"
done
for schema in schema/inlay.fbs tools/import/tflite/tflite.fbs; do flatc --cpp --scoped-enums -o "$to/schema" "$schema"; done
for package in CLI11:CLI11 nlohmann_json:nlohmann_json; do
  name=${package%%:*}
  cat >"$to/lib/cmake/$name/${name}Config.cmake" <<TEXT
if(NOT TARGET $name::$name)
  add_library($name::$name INTERFACE IMPORTED)
  set_target_properties($name::$name PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "\${CMAKE_CURRENT_LIST_DIR}/../../../include")
endif()
TEXT
done
if [[ -d "$googletest/googletest" ]]; then
  rm -rf "${to:?}/googletest"
  mkdir -p "$to/googletest"
  cp -r "$googletest/CMakeLists.txt" "$to/googletest/"
  (cd "$googletest" && tar cf - --exclude=test --exclude=docs --exclude=samples googletest) | tar xf - -C "$to/googletest"
else
  echo "carry.sh: no $googletest (libgtest-dev): configure there with -DINLAY_TESTS=OFF" >&2
fi
du -sh "$to"
