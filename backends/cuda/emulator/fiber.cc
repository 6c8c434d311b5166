// SPDX-License-Identifier: Apache-2.0
// On x86-64 a switch is a dozen instructions of ours; elsewhere ucontext's, which asks the kernel about signal masks every time.
#include "emulator/fiber.h"

#include <sys/mman.h>

#include <cstdint>
#include <cstring>
#include <new>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#ifndef __x86_64__
#include <ucontext.h>
#endif

namespace inlay::cuda::emulator {
namespace {

constexpr size_t kGuard = 64 * 1024;  // whole pages on every host
constexpr size_t kStack = 256 * 1024;

void before_switch([[maybe_unused]] void** fake_stack, [[maybe_unused]] const void* bottom, [[maybe_unused]] size_t size) {
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_start_switch_fiber(fake_stack, bottom, size);
#endif
}
void after_switch([[maybe_unused]] void* fake_stack, [[maybe_unused]] const void** bottom, [[maybe_unused]] size_t* size) {
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_finish_switch_fiber(fake_stack, bottom, size);
#endif
}

Fiber* starting = nullptr;  // handed to a fiber's first function: one launch runs at a time

}  // namespace

#ifdef __x86_64__

// System V ABI: rbx, rbp, r12..r15 belong to the caller. Saves them and the stack pointer, and takes the other side's.
extern "C" void inlay_emulator_switch(void** from, void* to);
asm(R"(
.text
.type inlay_emulator_switch, @function
inlay_emulator_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size inlay_emulator_switch, . - inlay_emulator_switch
)");

namespace {
void make_context(void** context, char* stack, size_t size, void (*first)()) {
  auto* top = reinterpret_cast<uintptr_t*>(stack + size);
  *--top = 0;  // the first function's return address; it finds the stack aligned as after a call
  *--top = reinterpret_cast<uintptr_t>(first);
  for (int saved = 0; saved < 6; ++saved) *--top = 0;
  *context = top;
}
void switch_to(void** from, void* to) { inlay_emulator_switch(from, to); }
void free_context(void*) {}
}  // namespace

#else

namespace {
void make_context(void** context, char* stack, size_t size, void (*first)()) {
  if (*context == nullptr) *context = new ucontext_t;
  auto* c = static_cast<ucontext_t*>(*context);
  getcontext(c);
  c->uc_stack.ss_sp = stack;
  c->uc_stack.ss_size = size;
  c->uc_link = nullptr;
  makecontext(c, first, 0);
}
void switch_to(void** from, void* to) {
  if (*from == nullptr) *from = new ucontext_t;
  swapcontext(static_cast<ucontext_t*>(*from), static_cast<ucontext_t*>(to));
}
void free_context(void* context) { delete static_cast<ucontext_t*>(context); }
}  // namespace

#endif

void start_fiber() { Fiber::start(starting); }

Fiber::Fiber() : memory_(nullptr), context_(nullptr), host_context_(nullptr) {
  void* memory = mmap(nullptr, kGuard + kStack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  memory_ = static_cast<char*>(memory);
  mprotect(memory_, kGuard, PROT_NONE);
}

Fiber::~Fiber() {
  free_context(context_);
  free_context(host_context_);
  munmap(memory_, kGuard + kStack);
}

void Fiber::restart(void (*entry)(void*), void* argument) {
#if defined(__SANITIZE_ADDRESS__)
  __asan_unpoison_memory_region(memory_ + kGuard, kStack);
#endif
  entry_ = entry;
  argument_ = argument;
  fake_stack_ = nullptr;
  make_context(&context_, memory_ + kGuard, kStack, start_fiber);
}

void Fiber::start(Fiber* self) {
  after_switch(nullptr, &self->host_bottom_, &self->host_size_);
  self->entry_(self->argument_);
}

void Fiber::enter() {
  starting = this;
  before_switch(&host_fake_stack_, memory_ + kGuard, kStack);
  switch_to(&host_context_, context_);
  after_switch(host_fake_stack_, nullptr, nullptr);
}

void Fiber::leave() {
  before_switch(&fake_stack_, host_bottom_, host_size_);
  switch_to(&context_, host_context_);
  after_switch(fake_stack_, &host_bottom_, &host_size_);
}

}  // namespace inlay::cuda::emulator
