// SPDX-License-Identifier: Apache-2.0
//
// Inlay: owning handles over the host forms of inlay.h. Header only, no exceptions: what can fail returns a Result.
#ifndef INLAY_INLAY_HPP
#define INLAY_INLAY_HPP

#include "inlay/inlay.h"
#include "inlay/pipeline.h"

namespace inlay {

/// A status with its sentence.
struct Failure {
  inlay_status status = INLAY_OK;
  inlay_error error = {};
};

/// A value, or why there is none.
template <typename T>
class Result {
 public:
  explicit Result(T&& value) : value_(static_cast<T&&>(value)) {}
  explicit Result(const Failure& failure) : failure_(failure) {}
  /// True when there is a value.
  explicit operator bool() const { return failure_.status == INLAY_OK; }
  T& operator*() { return value_; }
  T* operator->() { return &value_; }
  inlay_status status() const { return failure_.status; }
  /// The sentence of a failure; empty for a value. Lives as long as the result.
  const char* message() const { return failure_.error.text; }

 private:
  T value_;
  Failure failure_;
};

namespace detail {

/// Owns one C handle.
template <typename Handle, void (*release)(Handle*)>
class Owner {
 public:
  Owner() = default;
  explicit Owner(Handle* handle) : handle_(handle) {}
  Owner(Owner&& other) noexcept : handle_(other.handle_) { other.handle_ = nullptr; }
  Owner& operator=(Owner&& other) noexcept {
    Handle* const taken = other.handle_;
    other.handle_ = nullptr;
    if (handle_ != nullptr) release(handle_);
    handle_ = taken;
    return *this;
  }
  Owner(const Owner&) = delete;
  Owner& operator=(const Owner&) = delete;
  ~Owner() {
    if (handle_ != nullptr) release(handle_);
  }
  /// The C handle, still owned here; NULL after a move.
  Handle* get() const { return handle_; }

 private:
  Handle* handle_ = nullptr;
};

}  // namespace detail

/// A model mapped from a file. It must outlive its sessions.
class Model : public detail::Owner<inlay_model, inlay_model_close> {
 public:
  using Owner::Owner;
  /// @errors as inlay_model_open_file.
  static Result<Model> open(const char* path, const inlay_model_config* config = nullptr) {
    inlay_model* handle = nullptr;
    Failure failure;
    failure.status = inlay_model_open_file(path, config, &handle, &failure.error);
    return failure.status == INLAY_OK ? Result<Model>(Model(handle)) : Result<Model>(failure);
  }
};

/// Threads for the sessions that name it in their config; it must outlive them.
class Pool : public detail::Owner<const inlay_pool, inlay_pool_destroy> {
 public:
  using Owner::Owner;
  /// @errors as inlay_pool_create.
  static Result<Pool> create(const inlay_pool_config* config = nullptr) {
    const inlay_pool* handle = nullptr;
    Failure failure;
    failure.status = inlay_pool_create(config, &handle, &failure.error);
    return failure.status == INLAY_OK ? Result<Pool>(Pool(handle)) : Result<Pool>(failure);
  }
};

/// A session on the heap.
class Session : public detail::Owner<inlay_session, inlay_session_destroy> {
 public:
  using Owner::Owner;
  /// @errors as inlay_session_create.
  static Result<Session> create(const Model& model, const inlay_config* config = nullptr) {
    inlay_session* handle = nullptr;
    Failure failure;
    failure.status = inlay_session_create(model.get(), config, &handle, &failure.error);
    return failure.status == INLAY_OK ? Result<Session>(Session(handle)) : Result<Session>(failure);
  }
  /// Input `index` as T, the C++ type of its dtype; NULL for a bad index.
  template <typename T>
  T* input(int32_t index) const {
    return static_cast<T*>(inlay_session_input(get(), index));
  }
  template <typename T>
  const T* output(int32_t index) const {
    return static_cast<const T*>(inlay_session_output(get(), index));
  }
  /// @errors as inlay_session_run.
  Failure run() const {
    Failure failure;
    failure.status = inlay_session_run(get(), &failure.error);
    return failure;
  }
};

/// Stages of one model on several devices, for frames in a row: see inlay/pipeline.h.
class Pipeline : public detail::Owner<inlay_pipeline, inlay_pipeline_destroy> {
 public:
  using Owner::Owner;
  /// @errors as inlay_pipeline_create.
  static Result<Pipeline> create(const Model& model, const inlay_pipeline_config& config) {
    inlay_pipeline* handle = nullptr;
    Failure failure;
    failure.status = inlay_pipeline_create(model.get(), &config, &handle, &failure.error);
    return failure.status == INLAY_OK ? Result<Pipeline>(Pipeline(handle)) : Result<Pipeline>(failure);
  }
};

/// Sessions of one model for many threads.
class SessionPool : public detail::Owner<inlay_session_pool, inlay_session_pool_destroy> {
 public:
  using Owner::Owner;
  /// @errors as inlay_session_pool_create.
  static Result<SessionPool> create(const Model& model, const inlay_config* config, int32_t sessions, int32_t waiting) {
    inlay_session_pool* handle = nullptr;
    Failure failure;
    failure.status = inlay_session_pool_create(model.get(), config, sessions, waiting, &handle, &failure.error);
    return failure.status == INLAY_OK ? Result<SessionPool>(SessionPool(handle)) : Result<SessionPool>(failure);
  }
};

}  // namespace inlay

#endif  // INLAY_INLAY_HPP
