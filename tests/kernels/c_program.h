// SPDX-License-Identifier: Apache-2.0
/* A call of the library from C, for c_api_test.cpp. */
#ifndef DYT_TESTS_KERNELS_C_PROGRAM_H_
#define DYT_TESTS_KERNELS_C_PROGRAM_H_

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* tanh(input / 2) with a parallel-for of its own; 1 where all went well, that one was used, and
 * header and library are of one version. */
int c_program(const float* input, int64_t rows, int64_t channels, float* output);

#ifdef __cplusplus
}
#endif

#endif
