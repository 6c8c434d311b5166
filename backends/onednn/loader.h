// SPDX-License-Identifier: Apache-2.0
// Opens the shared object that is linked to oneDNN.
#pragma once
#include "inlay/backend.h"
#include "beside/beside.h"

/// The plug-in's own entry: it is no backend by itself, see support.h.
#define INLAY_ONEDNN_ENTRY inlay_onednn_plugin_entry
#define INLAY_ONEDNN_ENTRY_NAME "inlay_onednn_plugin_entry"

namespace inlay::onednn {

/// Where the plug-in lies (see beside/beside.h), at last where this build would install it. False: nowhere.
bool find_plugin(char (&path)[kMostPath]);

/// Opens the plug-in at `path` and with it oneDNN and OpenMP. NULL with a sentence in `why`.
const inlay_backend* open_plugin(const char* path, inlay_error* why);

/// The plug-in, opened by the first call. NULL with a sentence in `why`, then and always.
const inlay_backend* plugin(inlay_error* why);

}  // namespace inlay::onednn
