// SPDX-License-Identifier: Apache-2.0
// Functions with the signature of an entry of the dispatch table, made from what is common to many of them.
#pragma once
#include <tuple>
#include <type_traits>

#include "state.h"

namespace inlay::icd {

constexpr int kNoSize = -1;

/// Bytes from an argument: a size itself, or the extents of a rectangle.
inline size_t size_of(size_t bytes) { return bytes; }
inline size_t size_of(const size_t* region) { return region != nullptr ? region[0] * region[1] * region[2] : 0; }

/// The context that a call is about, by its first argument.
inline cl_context context_of(cl_context context) { return context; }
inline cl_context context_of(cl_command_queue queue) {
  cl_context context = nullptr;
  if (queue != nullptr) real.clGetCommandQueueInfo(queue, CL_QUEUE_CONTEXT, sizeof(context), &context, nullptr);
  return context;
}
inline cl_context context_of(cl_program program) {
  cl_context context = nullptr;
  if (program != nullptr) real.clGetProgramInfo(program, CL_PROGRAM_CONTEXT, sizeof(context), &context, nullptr);
  return context;
}
inline cl_context context_of(cl_kernel kernel) {
  cl_context context = nullptr;
  if (kernel != nullptr) real.clGetKernelInfo(kernel, CL_KERNEL_CONTEXT, sizeof(context), &context, nullptr);
  return context;
}
inline cl_context context_of(cl_mem memory) {
  cl_context context = nullptr;
  if (memory != nullptr) real.clGetMemObjectInfo(memory, CL_MEM_CONTEXT, sizeof(context), &context, nullptr);
  return context;
}
template <typename T>
cl_context context_of(T) {
  return nullptr;
}

template <auto kEntry, typename F = decltype(kEntry)>
struct Wrap;

template <auto kEntry, typename R, typename... A>
struct Wrap<kEntry, R (CL_API_CALL* cl_icd_dispatch::*)(A...)> {
  using Args = std::tuple<A...>;

  /// A call that returns its status.
  template <inlay_icd_call kCall>
  static cl_int CL_API_CALL checked(A... args) {
    cl_int status = State::get().enter(kCall, context_of(std::get<0>(Args(args...))));
    if (status != CL_SUCCESS) return status;
    status = (real.*kEntry)(args...);
    if (status == CL_SUCCESS) State::get().taken(kCall);
    return status;
  }

  /// One that returns a new object, and its status through the last argument.
  template <inlay_icd_call kCall, inlay_icd_kind kKind, int kSize = kNoSize>
  static R CL_API_CALL create(A... args) {
    const Args all(args...);
    State& state = State::get();
    size_t bytes = 0;
    if constexpr (kSize != kNoSize) bytes = size_of(std::get<kSize>(all));
    cl_int status = state.enter(kCall, context_of(std::get<0>(all)));
    if (status == CL_SUCCESS && bytes > 0) status = state.room(bytes);
    if (status != CL_SUCCESS) return refuse(std::get<sizeof...(A) - 1>(all), status);
    R object = (real.*kEntry)(args...);
    if (object == nullptr) return object;
    state.made(kKind, object, bytes);
    state.taken(kCall);
    return object;
  }

  /// One that puts a command into a queue, with its event through the last argument; argument `kSize` says what it moves.
  template <inlay_icd_call kCall, int kSize = kNoSize>
  static cl_int CL_API_CALL enqueue(A... args) {
    const Args all(args...);
    State& state = State::get();
    cl_int status = state.enter(kCall, context_of(std::get<0>(all)));
    if (status != CL_SUCCESS) return status;
    status = (real.*kEntry)(args...);
    if (status != CL_SUCCESS) return status;
    cl_event* event = std::get<sizeof...(A) - 1>(all);
    if (event != nullptr) state.made(ICD_EVENT, *event);
    if constexpr (kSize != kNoSize) {
      state.taken(kCall, size_of(std::get<kSize>(all)));
    } else {
      state.taken(kCall);
    }
    return status;
  }

  template <inlay_icd_kind kKind>
  static cl_int CL_API_CALL retain(A... args) {
    const cl_int status = (real.*kEntry)(args...);
    if (status == CL_SUCCESS) (State::get().retained(kKind, args), ...);
    return status;
  }
  template <inlay_icd_kind kKind>
  static cl_int CL_API_CALL release(A... args) {
    (State::get().released(kKind, args), ...);
    return (real.*kEntry)(args...);
  }

 private:
  static R refuse(cl_int* where, cl_int status) {
    if (where != nullptr) *where = status;
    return nullptr;
  }
};

}  // namespace inlay::icd
