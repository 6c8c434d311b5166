/* SPDX-License-Identifier: Apache-2.0
 * Plug-in for QEMU (TCG plug-in API, version 1): counts the instructions a program executes between two markers, one line for each
 * such region in the log (-d plugin -D FILE), in order. The markers are hints that do nothing:
 *     AArch64  hint #0x7e, hint #0x7f      Thumb  dbg #1, dbg #2      RISC-V  addi x0, x0, 0x7e1 and 0x7e2
 * A line is a number of instructions, the markers left out. Options, all of them optional:
 *     histogram=FILE   for each region a line "region INDEX" and below it "ADDRESS COUNT", hexadecimal and decimal, for each
 *                      instruction that ran; slower
 *     stack=LOW:HIGH   addresses in C's notation; each line gets a second number: bytes from the lowest address in between that
 *                      the region touched to HIGH, which is the depth of a stack that grows down from HIGH; much slower
 * One processor, one thread: sums are not atomic. Debian ships no qemu-plugin.h, so what is used of it is declared here.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

struct qemu_plugin_tb;
struct qemu_plugin_insn;
typedef void (*translated_block)(uint64_t id, struct qemu_plugin_tb*);
typedef void (*executed)(unsigned vcpu, void* data);
typedef void (*touched)(unsigned vcpu, uint32_t access, uint64_t address, void* data);
enum { INLINE_ADD_U64 = 0, NO_REGISTERS = 0, READS_AND_WRITES = 3 };

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb*);
struct qemu_plugin_insn* qemu_plugin_tb_get_insn(const struct qemu_plugin_tb*, size_t index);
const void* qemu_plugin_insn_data(const struct qemu_plugin_insn*);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn*);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn*);
void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id, translated_block);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn*, executed, int flags, void* data);
void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn*, int op, void* to, uint64_t value);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn*, touched, int flags, int which, void* data);
void qemu_plugin_outs(const char*);

EXPORT int qemu_plugin_version = 1;

static uint64_t count, start;

/* ---- histogram: a counter for each address, which never moves, as translated code adds to it ---- */

typedef struct place {
  uint64_t address, count;
  struct place* next;
} place;
enum { BUCKETS = 1 << 16 };
static place* buckets[BUCKETS];
static FILE* histogram;
static unsigned regions;

static place* place_of(uint64_t address) {
  place** at = &buckets[address / 2 % BUCKETS];
  while (*at != NULL && (*at)->address != address) at = &(*at)->next;
  if (*at == NULL && (*at = calloc(1, sizeof **at)) != NULL) (*at)->address = address;
  return *at;
}

static void clear_places(void) {
  for (size_t i = 0; i < BUCKETS; ++i) {
    for (place* p = buckets[i]; p != NULL; p = p->next) p->count = 0;
  }
}

static void write_places(void) {
  fprintf(histogram, "region %u\n", regions);
  for (size_t i = 0; i < BUCKETS; ++i) {
    for (const place* p = buckets[i]; p != NULL; p = p->next) {
      if (p->count > 0) fprintf(histogram, "%" PRIx64 " %" PRIu64 "\n", p->address, p->count);
    }
  }
  fflush(histogram);
}

/* ---- stack ---- */

static uint64_t stack_low, stack_high, lowest;

static void touch(unsigned vcpu, uint32_t access, uint64_t address, void* data) {
  (void)vcpu, (void)access, (void)data;
  if (address >= stack_low && address < lowest) lowest = address;
}

/* ---- regions ---- */

static void begin(unsigned vcpu, void* data) {
  (void)vcpu, (void)data;
  if (histogram != NULL) clear_places();
  lowest = stack_high;
  start = count;
}

static void end(unsigned vcpu, void* data) {
  char line[64];
  (void)vcpu, (void)data;
  if (stack_high > 0) {
    snprintf(line, sizeof line, "%" PRIu64 " %" PRIu64 "\n", count - start, stack_high - lowest);
  } else {
    snprintf(line, sizeof line, "%" PRIu64 "\n", count - start);
  }
  qemu_plugin_outs(line);
  if (histogram != NULL) write_places();
  ++regions;
}

static const struct {
  uint32_t begin, end;
} markers[] = {{0xd5032fdfu, 0xd5032fffu}, {0x80f1f3afu, 0x80f2f3afu}, {0x7e100013u, 0x7e200013u}};

static executed marker_of(const struct qemu_plugin_insn* insn) {
  uint32_t word = 0;
  if (qemu_plugin_insn_size(insn) != sizeof word) return NULL;
  memcpy(&word, qemu_plugin_insn_data(insn), sizeof word);
  for (size_t i = 0; i < sizeof markers / sizeof *markers; ++i) {
    if (word == markers[i].begin) return begin;
    if (word == markers[i].end) return end;
  }
  return NULL;
}

static void translate(uint64_t id, struct qemu_plugin_tb* block) {
  (void)id;
  for (size_t i = 0; i < qemu_plugin_tb_n_insns(block); ++i) {
    struct qemu_plugin_insn* insn = qemu_plugin_tb_get_insn(block, i);
    const executed marker = marker_of(insn);
    if (marker != NULL) {
      qemu_plugin_register_vcpu_insn_exec_cb(insn, marker, NO_REGISTERS, NULL);
      continue;
    }
    qemu_plugin_register_vcpu_insn_exec_inline(insn, INLINE_ADD_U64, &count, 1);
    place* at = histogram != NULL ? place_of(qemu_plugin_insn_vaddr(insn)) : NULL;
    if (at != NULL) qemu_plugin_register_vcpu_insn_exec_inline(insn, INLINE_ADD_U64, &at->count, 1);
    if (stack_high > 0) qemu_plugin_register_vcpu_mem_cb(insn, touch, NO_REGISTERS, READS_AND_WRITES, NULL);
  }
}

/* 0 for an option that is understood. */
static int read_option(const char* option) {
  char* after = NULL;
  if (strncmp(option, "histogram=", 10) == 0) {
    histogram = fopen(option + 10, "w");
    return histogram == NULL;
  }
  if (strncmp(option, "stack=", 6) != 0) return 1;
  stack_low = strtoull(option + 6, &after, 0);
  if (*after != ':') return 1;
  stack_high = strtoull(after + 1, &after, 0);
  return *after != 0 || stack_high <= stack_low;
}

EXPORT int qemu_plugin_install(uint64_t id, const void* info, int argc, char** argv) {
  (void)info;
  for (int i = 0; i < argc; ++i) {
    if (read_option(argv[i]) == 0) continue;
    fprintf(stderr, "roi.so: no such option, or not of this form: %s\n", argv[i]);
    return 1;
  }
  qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
  return 0;
}
