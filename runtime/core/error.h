// SPDX-License-Identifier: Apache-2.0
// Statuses with a sentence, without a heap or stdio.
#pragma once
#include <cstdint>
#include <type_traits>

#include "inlay/inlay.h"

namespace inlay {

/// One argument of a sentence: a text or a number.
struct ErrorArg {
  const char* text;
  int64_t number;
  ErrorArg(const char* t) : text(t != nullptr ? t : ""), number(0) {}  // NOLINT: implicit on purpose
  template <typename T, typename = std::enable_if_t<std::is_integral_v<T> || std::is_enum_v<T>>>
  ErrorArg(T n) : text(nullptr), number(static_cast<int64_t>(n)) {}  // NOLINT
};

/// Writes `format` into error->text, each % replaced by the next argument, and returns `status`. A text between apostrophes
/// ('%') is a name and shown up to 32 bytes, so that the whole, cut at 127 bytes, still says what is wrong. error may be NULL.
inlay_status report(inlay_error* error, inlay_status status, const char* format, const ErrorArg* args, int count);

template <typename... Args>
inline inlay_status report_all(inlay_error* error, inlay_status status, const char* format, Args... args) {
  const ErrorArg list[sizeof...(Args) + 1] = {ErrorArg(args)..., ErrorArg(int32_t{0})};
  return report(error, status, format, list, static_cast<int>(sizeof...(Args)));
}

}  // namespace inlay

/// INLAY_FAIL(error, MODEL_CORRUPT, "tensor % lies outside the file", id): the status, with its sentence written unless
/// the build strips strings (INLAY_STRIP_STRINGS, for firmware).
#ifdef INLAY_STRIP_STRINGS
#define INLAY_FAIL(error, status, ...) \
  (static_cast<void>(sizeof(::inlay::report_all(error, INLAY_STATUS_##status, __VA_ARGS__))), INLAY_STATUS_##status)
#else
#define INLAY_FAIL(error, status, ...) ::inlay::report_all(error, INLAY_STATUS_##status, __VA_ARGS__)
#endif

/// Returns from the enclosing function when `expr` is not OK.
#define INLAY_TRY(expr)                                            \
  do {                                                             \
    const inlay_status inlay_try_status = (expr);                  \
    if (inlay_try_status != INLAY_OK) return inlay_try_status;     \
  } while (0)
