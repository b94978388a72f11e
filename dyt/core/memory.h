// SPDX-License-Identifier: Apache-2.0
// What the C library does with freed memory.
//
//   core::keep_freed_memory(core::FreedMemory::kKept);   // at the start of a program
#pragma once

namespace dyt::core {

enum class FreedMemory {
  kKept,      // stays in the process and is given out again with its pages
  kReturned,  // blocks from 128 KiB on go back to the system at once, and come as new pages
};

// glibc gives every block above 32 MiB back when it is freed. The next tensor of that size then
// costs a page fault for every 4 KiB: several times the work of a kernel that fills it. Kept, a
// process holds on to its peak (which a training has once a step anyway) until it ends. For the
// whole process, from now on; nothing where the C library is another.
void keep_freed_memory(FreedMemory policy);

// Whether the last call above kept it; false before the first.
bool keeps_freed_memory();

// kKept, unless the environment variable DYT_KEEP_MEMORY is 0: for programs, not libraries.
void keep_freed_memory_by_environment();

}  // namespace dyt::core
