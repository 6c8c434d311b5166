// SPDX-License-Identifier: Apache-2.0
// Where the shared objects lie that belong to this library.
#pragma once

namespace inlay {

constexpr int kMostPath = 1024;

/// Finds `file` beside the program or the object this code is in, in ../lib of these, or in `installed`, a folder with a slash at its
/// end. False: nowhere.
bool find_beside(const char* file, const char* installed, char (&path)[kMostPath]);

}  // namespace inlay
