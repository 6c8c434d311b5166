/* SPDX-License-Identifier: Apache-2.0
 * Plug-in for QEMU (TCG plug-in API, version 1): counts the instructions a program executes between the markers `hint #0x7e` and
 * `hint #0x7f` of AArch64, one line for each such region in the log (-d plugin -D FILE). The program has one thread.
 * Debian ships no qemu-plugin.h, so what is used of it is declared here.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

struct qemu_plugin_tb;
struct qemu_plugin_insn;
typedef void (*translated_block)(uint64_t id, struct qemu_plugin_tb*);
typedef void (*executed)(unsigned vcpu, void* data);

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb*);
struct qemu_plugin_insn* qemu_plugin_tb_get_insn(const struct qemu_plugin_tb*, size_t index);
const void* qemu_plugin_insn_data(const struct qemu_plugin_insn*);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn*);
void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id, translated_block);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn*, executed, int flags, void* data);
void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn*, int op, void* to, uint64_t value);
void qemu_plugin_outs(const char*);

EXPORT int qemu_plugin_version = 1;

static uint64_t count, start;

static void begin(unsigned vcpu, void* data) {
  (void)vcpu, (void)data;
  start = count;
}

static void end(unsigned vcpu, void* data) {
  char line[32];
  (void)vcpu, (void)data;
  snprintf(line, sizeof line, "%" PRIu64 "\n", count - start);
  qemu_plugin_outs(line);
}

static void translate(uint64_t id, struct qemu_plugin_tb* block) {
  (void)id;
  for (size_t i = 0; i < qemu_plugin_tb_n_insns(block); ++i) {
    struct qemu_plugin_insn* insn = qemu_plugin_tb_get_insn(block, i);
    uint32_t word = 0;
    if (qemu_plugin_insn_size(insn) == sizeof word) memcpy(&word, qemu_plugin_insn_data(insn), sizeof word);
    if (word == 0xd5032fdfu) {
      qemu_plugin_register_vcpu_insn_exec_cb(insn, begin, 0, NULL);
    } else if (word == 0xd5032fffu) {
      qemu_plugin_register_vcpu_insn_exec_cb(insn, end, 0, NULL);
    } else {
      qemu_plugin_register_vcpu_insn_exec_inline(insn, 0, &count, 1);
    }
  }
}

EXPORT int qemu_plugin_install(uint64_t id, const void* info, int argc, char** argv) {
  (void)info, (void)argc, (void)argv;
  qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
  return 0;
}
