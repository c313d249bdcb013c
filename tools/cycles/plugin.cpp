// SPDX-License-Identifier: Apache-2.0
// A plugin for qemu-system-arm that estimates a Cortex-M4's cycles. At each `mov r9, r9` it prints what was
// counted since the last one:
//   instructions=N cycles=N
//
//   qemu-system-arm ... -plugin libmote_cycles.so -d plugin
#include "qemu_plugin.hpp"
#include "timing.hpp"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <deque>

namespace {

using mote::cycles::Instruction;
using mote::cycles::Timing;

constexpr uint16_t kMark = 0x46c9;  // mov r9, r9

/// A translated run of instructions; only the last may branch.
struct Block {
  uint64_t begin = 0, end = 0;
  uint64_t refill = 0;  ///< cycles more when the block that follows is not at `end`
};

std::deque<Block> blocks;  // QEMU refers to them until it ends
const Block* last = nullptr;
uint64_t instructions = 0, cycles = 0, instructions_at_mark = 0, cycles_at_mark = 0;

/// The width is the instruction's own: QEMU 7.2 counts the halfword that it looks ahead at near the end of a
/// page.
Instruction read(const qemu_plugin_insn* instruction) {
  uint16_t halves[2] = {};
  std::memcpy(halves, qemu_plugin_insn_data(instruction),
              std::min(qemu_plugin_insn_size(instruction), sizeof halves));
  return {.first = halves[0], .second = halves[1], .wide = mote::cycles::is_wide(halves[0])};
}

/// A block begins. That it does not lie behind the last one means that the last one branched.
void on_block(unsigned /*vcpu*/, void* data) {
  const auto* block = static_cast<const Block*>(data);
  if (last != nullptr && block->begin != last->end) cycles += last->refill;
  last = block;
}

void on_mark(unsigned /*vcpu*/, void* /*data*/) {
  char text[96];
  std::snprintf(text, sizeof text, "instructions=%llu cycles=%llu\n",
                static_cast<unsigned long long>(instructions - instructions_at_mark),
                static_cast<unsigned long long>(cycles - cycles_at_mark));
  qemu_plugin_outs(text);
  instructions_at_mark = instructions;
  cycles_at_mark = cycles;
}

void on_translation(qemu_plugin_id_t /*id*/, qemu_plugin_tb* tb) {
  Block& block = blocks.emplace_back();
  block.begin = qemu_plugin_tb_vaddr(tb);
  qemu_plugin_register_vcpu_tb_exec_cb(tb, on_block, QEMU_PLUGIN_CB_NO_REGS, &block);
  mote::cycles::Run run;
  for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); ++i) {
    qemu_plugin_insn* const at = qemu_plugin_tb_get_insn(tb, i);
    const Instruction instruction = read(at);
    const Timing timing = timing_of(instruction);
    block.end = qemu_plugin_insn_vaddr(at) + (instruction.wide ? 4 : 2);
    block.refill = timing.refill;
    const unsigned cost = run.next(timing);
    if (!instruction.wide && instruction.first == kMark) {  // free of charge
      qemu_plugin_register_vcpu_insn_exec_cb(at, on_mark, QEMU_PLUGIN_CB_NO_REGS, nullptr);
      continue;
    }
    qemu_plugin_register_vcpu_insn_exec_inline(at, QEMU_PLUGIN_INLINE_ADD_U64, &instructions, 1);
    qemu_plugin_register_vcpu_insn_exec_inline(at, QEMU_PLUGIN_INLINE_ADD_U64, &cycles, cost);
  }
}

}  // namespace

extern "C" {
[[gnu::visibility("default")]] extern const int qemu_plugin_version;
const int qemu_plugin_version = 1;

[[gnu::visibility("default")]] int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t* info, int argc,
                                                       char** argv);
int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t* /*info*/, int /*argc*/, char** /*argv*/) {
  qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
  return 0;
}
}
