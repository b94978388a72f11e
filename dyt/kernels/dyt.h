/* SPDX-License-Identifier: Apache-2.0 */
/* The C interface of libdyt_kernels: what stands where a norm stood, on raw pointers. Plain C11.
 *
 *   y = weight * f(alpha * x + shift) + bias        f: tanh (DyT), erf (Derf) and relatives
 *
 *   dyt_forward_args args = {.size = sizeof args, .function = DYT_FUNCTION_TANH,
 *                            .dtype = DYT_DTYPE_FLOAT32, .outer = rows, .channels = width,
 *                            .inner = 1, .input = x, .alpha = &alpha, .weight = w, .output = y};
 *   if (dyt_forward(&args, NULL) != DYT_STATUS_OK) { report(dyt_last_error()); }
 *
 * Formulas and error bounds: functions.h, pointwise.h, norm.h; a whole program:
 * examples/inference_c.
 *
 * Rules that hold for every function:
 * - The library never prints, never ends the process, and lets no C++ exception out. A call that
 *   does not return DYT_STATUS_OK has written nothing, but for DYT_STATUS_OUT_OF_MEMORY and
 *   DYT_STATUS_INTERNAL; dyt_last_error() says what was expected and what was found.
 * - All may be called from several threads at once. Nothing is kept between calls, no pointer
 *   either.
 * - Structs of arguments begin with `size`: set it to sizeof the struct and everything not wanted
 *   to zero, as an initializer with names does. Later versions add fields behind the last one, and
 *   zero in them means what it meant before. So a program built with an older header runs on a
 *   newer library; on an older library a newer program is refused only if it sets a field that is
 *   not known there.
 * - Numbers of enumerations never change. 0 is none of them, so that a forgotten field is found.
 * - A null pointer means absent (not wanted, for results) where the field's comment allows it.
 *   Where there are 0 elements the pointer may be null too.
 * - Pointers are aligned to their elements. Results may overlap nothing, except in place: the very
 *   same pointer, where the function's comment says so. */
#ifndef DYT_KERNELS_DYT_H_
#define DYT_KERNELS_DYT_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Version ---------------------------------------------------------------------------------*/

/* The one place where the version of the whole project stands; CMake reads these three lines. */
#define DYT_KERNELS_VERSION_MAJOR 0
#define DYT_KERNELS_VERSION_MINOR 1
#define DYT_KERNELS_VERSION_PATCH 0
/* 1.2.3 is 10203. */
#define DYT_KERNELS_VERSION \
  (DYT_KERNELS_VERSION_MAJOR * 10000 + DYT_KERNELS_VERSION_MINOR * 100 + DYT_KERNELS_VERSION_PATCH)

/* Of the library that runs; DYT_KERNELS_VERSION is that of the header. */
int32_t dyt_kernels_version(void);

/* ---- Enumerations, as numbers of 32 bits ------------------------------------------------------*/

typedef int32_t dyt_status;
enum {
  DYT_STATUS_OK = 0,
  DYT_STATUS_NULL_POINTER = 1,   /* a required pointer is null */
  DYT_STATUS_UNUSED_POINTER = 2, /* a pointer is set that this function does not use */
  DYT_STATUS_MISALIGNED = 3,     /* a pointer is not aligned to its elements */
  DYT_STATUS_OVERLAP = 4,        /* a result overlaps another array in a way that is not allowed */
  DYT_STATUS_BAD_SIZE = 5,       /* a size, a count or a number is out of its range */
  DYT_STATUS_UNKNOWN_VALUE = 6,  /* a value or a field that this library does not know */
  DYT_STATUS_OUT_OF_MEMORY = 7,
  DYT_STATUS_NO_THREADS = 8, /* the system starts no more threads */
  DYT_STATUS_INTERNAL = 9    /* our mistake, or a parallel-for that threw */
};

/* A few words, never null. */
const char* dyt_status_text(dyt_status status);

/* What the last call of this thread that was refused did expect, and what it found; "" if none was.
 * Valid until this thread's next call. */
const char* dyt_last_error(void);

/* Of arrays. Arithmetic is in fp32 for all but float64. */
typedef int32_t dyt_dtype;
enum {
  DYT_DTYPE_FLOAT32 = 1,
  DYT_DTYPE_FLOAT64 = 2,
  DYT_DTYPE_BFLOAT16 = 3,
  DYT_DTYPE_FLOAT16 = 4
};

/* f; the formulas are in functions.h. */
typedef int32_t dyt_function;
enum {
  DYT_FUNCTION_TANH = 1,
  DYT_FUNCTION_ERF = 2,
  DYT_FUNCTION_ISRU = 3,
  DYT_FUNCTION_LINEAR_CLIP = 4,
  DYT_FUNCTION_SIGMOID = 5,
  DYT_FUNCTION_ARCTAN = 6,
  DYT_FUNCTION_SATURSIN = 7,
  DYT_FUNCTION_SMOOTHSIGN = 8,
  DYT_FUNCTION_RELSIGN = 9,
  DYT_FUNCTION_EXPSIGN = 10,
  DYT_FUNCTION_EXPROOT = 11,
  DYT_FUNCTION_CUBSIGN = 12,
  DYT_FUNCTION_SATURLOG = 13,
  DYT_FUNCTION_LOGSIGN_CLIP = 14,
  DYT_FUNCTION_LOGQUAD_CLIP = 15,
  DYT_FUNCTION_POWER23_CLIP = 16
};

/* "tanh" -> DYT_FUNCTION_TANH. 0 where there is no such name: dyt_last_error() lists them. */
dyt_function dyt_function_from_name(const char* name);

/* DYT_FUNCTION_TANH -> "tanh"; null where there is no such number. */
const char* dyt_function_name(dyt_function function);

/* ---- Threads ----------------------------------------------------------------------------------*/

/* Runs task(data, i) for each i from 0 to count - 1, once, in any order and on any threads, and
 * returns when all are done. Give your own pool's, and no second set of threads competes with it.
 * It must not throw. The bits of results do not depend on it. A null `run`, or a null pointer to
 * this struct: all in the calling thread. */
typedef struct dyt_parallel_for {
  void (*run)(void* executor, int64_t count, void (*task)(void* data, int64_t index), void* data);
  void* executor;
} dyt_parallel_for;

/* A small team of threads for programs without a pool. */
typedef struct dyt_threads dyt_threads;

/* count includes the calling thread; 0: one for each of the machine's; at most 1024. */
dyt_status dyt_threads_create(int32_t count, dyt_threads** threads);

/* No loop may be running. Null is allowed. */
void dyt_threads_destroy(dyt_threads* threads);

/* Serves until dyt_threads_destroy, for kernels and for loops of your own. A call while the team is
 * busy, from another thread or from inside a task, runs in the calling thread alone. Null gives a
 * null `run`. */
dyt_parallel_for dyt_threads_parallel_for(const dyt_threads* threads);

/* ---- Point-wise family ------------------------------------------------------------------------*/

/* Element (o, c, i) lies at (o * channels + c) * inner + i: inner is 1 where channels are last and
 * outer counts rows; an image batch (B, C, H, W) has outer = B, channels = C, inner = H * W. */
typedef struct dyt_forward_args {
  size_t size;               /* sizeof(dyt_forward_args) */
  dyt_function function;     /* f */
  dyt_dtype dtype;           /* of the arrays */
  dyt_dtype parameter_dtype; /* of alpha, shift, weight, bias. 0: dtype. Else dtype, or float32 with
                                arrays of 16 bits */
  int32_t exact;             /* 1: arrays of 16 bits get an f as accurate as float32 ones. Else 0 */
  int64_t outer;             /* 0 or more */
  int64_t channels;          /* 0 or more */
  int64_t inner;             /* 1 or more */
  const void* input;
  const void* alpha;    /* one number, required */
  const void* shift;    /* one number, or null */
  const void* weight;   /* (channels), or null: then nothing is multiplied; folded weights */
  const void* bias;     /* (channels), or null: then nothing is added */
  void* output;         /* y */
  const void* residual; /* dyt_add_forward only */
  void* sum;            /* dyt_add_forward only */
} dyt_forward_args;

/* y of x = input. output may be input. */
dyt_status dyt_forward(const dyt_forward_args* args, const dyt_parallel_for* parallel_for);

/* sum = input + residual, rounded to dtype, and y of x = sum, in one pass. output and sum may each
 * be input or residual, not both the same. */
dyt_status dyt_add_forward(const dyt_forward_args* args, const dyt_parallel_for* parallel_for);

/* With g = grad_output and k = g * weight * f'(alpha * x + shift):
 *   grad_input = alpha * k + grad_sum    grad_alpha = sum k * x    grad_shift = sum k
 *   grad_weight[c] = sum g * f(alpha * x + shift)                  grad_bias[c] = sum g
 * Results that are null are not wanted. Those of parameters have the parameters' type. The same
 * bits in every run and with any threads. */
typedef struct dyt_backward_args {
  size_t size; /* sizeof(dyt_backward_args) */
  dyt_function function;
  dyt_dtype dtype;
  dyt_dtype parameter_dtype; /* as in dyt_forward_args */
  int32_t exact;             /* 1: f' within the bounds of functions.h for float64. Else 0 */
  int64_t outer;
  int64_t channels;
  int64_t inner;
  const void* grad_output;
  const void* input;    /* x: forward's input, or dyt_add_forward's sum */
  const void* alpha;    /* required */
  const void* shift;    /* or null, as in forward */
  const void* weight;   /* or null, as in forward */
  const void* grad_sum; /* dyt_add_backward only */
  void* grad_input;     /* or null */
  void* grad_alpha;     /* one number, or null */
  void* grad_shift;     /* one number, or null */
  void* grad_weight;    /* (channels), or null */
  void* grad_bias;      /* (channels), or null */
} dyt_backward_args;

/* grad_input may be grad_output. */
dyt_status dyt_backward(const dyt_backward_args* args, const dyt_parallel_for* parallel_for);

/* grad_sum is what comes to sum from elsewhere; grad_input is the gradient of input and of residual
 * alike, and may be grad_output or grad_sum. */
dyt_status dyt_add_backward(const dyt_backward_args* args, const dyt_parallel_for* parallel_for);

/* ---- Norms, for models that have some left ----------------------------------------------------*/

/* Of each row: y = weight * (x - mean) * rstd + bias, rstd = 1 / sqrt(variance + eps); for RMS norm
 * y = weight * x * rstd + bias, rstd = 1 / sqrt(mean of x^2 + eps). */
typedef struct dyt_norm_forward_args {
  size_t size; /* sizeof(dyt_norm_forward_args) */
  dyt_dtype dtype;
  dyt_dtype parameter_dtype; /* of weight, bias; as in dyt_forward_args */
  int64_t rows;              /* 0 or more */
  int64_t channels;          /* 0 or more */
  double eps;                /* above 0 */
  const void* input;         /* (rows, channels) */
  const void* weight;        /* (channels), or null */
  const void* bias;          /* (channels), or null */
  void* output;
  const void* residual; /* *_add_forward only */
  void* sum;            /* *_add_forward only */
  void* mean; /* (rows) for backward, float64 in float64 problems, else float32; or null. Layer norm
                 only */
  void* rstd; /* (rows), the same; or null */
} dyt_norm_forward_args;

/* In place as dyt_forward and dyt_add_forward. */
dyt_status dyt_layer_norm_forward(const dyt_norm_forward_args* args,
                                  const dyt_parallel_for* parallel_for);
dyt_status dyt_layer_norm_add_forward(const dyt_norm_forward_args* args,
                                      const dyt_parallel_for* parallel_for);
dyt_status dyt_rms_norm_forward(const dyt_norm_forward_args* args,
                                const dyt_parallel_for* parallel_for);
dyt_status dyt_rms_norm_add_forward(const dyt_norm_forward_args* args,
                                    const dyt_parallel_for* parallel_for);

typedef struct dyt_norm_backward_args {
  size_t size; /* sizeof(dyt_norm_backward_args) */
  dyt_dtype dtype;
  dyt_dtype parameter_dtype;
  int64_t rows;
  int64_t channels;
  const void* grad_output;
  const void* input;    /* forward's input, or *_add_forward's sum */
  const void* weight;   /* or null, as in forward */
  const void* mean;     /* as forward wrote it. Layer norm only */
  const void* rstd;     /* as forward wrote it */
  const void* grad_sum; /* *_add_backward only */
  void* grad_input;     /* or null */
  void* grad_weight;    /* (channels), or null */
  void* grad_bias;      /* (channels), or null */
} dyt_norm_backward_args;

/* In place as dyt_backward and dyt_add_backward. */
dyt_status dyt_layer_norm_backward(const dyt_norm_backward_args* args,
                                   const dyt_parallel_for* parallel_for);
dyt_status dyt_layer_norm_add_backward(const dyt_norm_backward_args* args,
                                       const dyt_parallel_for* parallel_for);
dyt_status dyt_rms_norm_backward(const dyt_norm_backward_args* args,
                                 const dyt_parallel_for* parallel_for);
dyt_status dyt_rms_norm_add_backward(const dyt_norm_backward_args* args,
                                     const dyt_parallel_for* parallel_for);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* DYT_KERNELS_DYT_H_ */
