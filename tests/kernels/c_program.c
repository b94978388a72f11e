/* SPDX-License-Identifier: Apache-2.0 */
/* Compiled as C11 with -Wpedantic: the proof that dyt.h is C. c_api_test.cpp calls it. */
#include "tests/kernels/c_program.h"

#include "dyt/kernels/dyt.h"

static void one_after_the_other(void* executor, int64_t count,
                                void (*task)(void* data, int64_t index), void* data) {
  *(int64_t*)executor += count;
  for (int64_t i = 0; i < count; ++i) {
    task(data, i);
  }
}

int c_program(const float* input, int64_t rows, int64_t channels, float* output) {
  const float alpha = 0.5f;
  const dyt_forward_args args = {.size = sizeof args,
                                 .function = dyt_function_from_name("tanh"),
                                 .dtype = DYT_DTYPE_FLOAT32,
                                 .outer = rows,
                                 .channels = channels,
                                 .inner = 1,
                                 .input = input,
                                 .alpha = &alpha,
                                 .output = output};
  int64_t tasks = 0;
  const dyt_parallel_for mine = {.run = one_after_the_other, .executor = &tasks};
  const dyt_status status = dyt_forward(&args, &mine);
  return status == DYT_STATUS_OK && tasks > 1 && dyt_kernels_version() == DYT_KERNELS_VERSION;
}
