/* SPDX-License-Identifier: Apache-2.0 */
/* Inference without norms, in plain C: a residual stream through layers whose norm is Dynamic Tanh.
 *
 *   h = h + branch                       dyt_add_forward does both in one pass,
 *   y = weight * tanh(alpha * h) + bias  in place: h over h, y over the branch
 *   branch = W y + c                     stands for attention or feed-forward
 *
 * What an engine copies from here:
 * - fold_into_linear(): weight and bias of the norm go into the matrix behind it, once, when the
 *   model is loaded. What is left of the norm is y = tanh(alpha * h): no vectors, no reduction.
 * - next_layer(): one call per layer, checked, in place.
 * - one team of threads for the kernels and for loops of one's own.
 *
 * The program computes the network a second time in the most naive way, without folding, and fails
 * where the two differ. */
#include <dyt/kernels/dyt.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TOKENS = 48, WIDTH = 192, LAYERS = 4, ELEMENTS = TOKENS * WIDTH };

/* ---- The model --------------------------------------------------------------------------------*/

typedef struct layer {
  float alpha, weight[WIDTH], bias[WIDTH];     /* the norm: Dynamic Tanh */
  float matrix[WIDTH][WIDTH], constant[WIDTH]; /* the linear map behind it; rows are outputs */
} layer;

/* W (weight * t + bias) + c = (W diag(weight)) t + (W bias + c). Every reader of y has to be
 * folded: query, key and value, or gate and up. */
static void fold_into_linear(layer* l) {
  for (int out = 0; out < WIDTH; ++out) {
    double constant = l->constant[out];
    for (int in = 0; in < WIDTH; ++in) {
      constant += (double)l->matrix[out][in] * l->bias[in];
      l->matrix[out][in] *= l->weight[in];
    }
    l->constant[out] = (float)constant;
  }
}

static float next_random(uint32_t* state) {
  *state = *state * 1664525u + 1013904223u;
  return (float)(*state >> 8) / (float)(1u << 23) - 1.0f; /* -1 to 1 */
}

static void make_layer(layer* l, uint32_t* state) {
  l->alpha = 0.5f + 0.2f * next_random(state);
  for (int out = 0; out < WIDTH; ++out) {
    l->weight[out] = 1.0f + 0.3f * next_random(state);
    l->bias[out] = 0.1f * next_random(state);
    l->constant[out] = 0.1f * next_random(state);
    for (int in = 0; in < WIDTH; ++in) {
      l->matrix[out][in] = next_random(state) / sqrtf(WIDTH);
    }
  }
}

/* ---- The engine -------------------------------------------------------------------------------*/

typedef struct engine {
  dyt_threads* threads;
  dyt_parallel_for parallel_for; /* an engine with a pool gives that instead */
  const layer* layers;           /* folded */
} engine;

typedef struct linear_job {
  const layer* layer;
  const float* input; /* (TOKENS, WIDTH) */
  float* output;
} linear_job;

/* One token; stands for the engine's own matrix product. */
static void linear_token(void* data, int64_t token) {
  const linear_job* job = data;
  const float* input = job->input + token * WIDTH;
  for (int out = 0; out < WIDTH; ++out) {
    float sum = job->layer->constant[out];
    for (int in = 0; in < WIDTH; ++in) {
      sum += job->layer->matrix[out][in] * input[in];
    }
    job->output[token * WIDTH + out] = sum;
  }
}

/* stream += branch, and branch becomes what the layer's matrix reads. */
static dyt_status next_layer(const engine* e, const layer* l, float* stream, float* branch) {
  const dyt_forward_args args = {
      .size = sizeof args,
      .function = DYT_FUNCTION_TANH,
      .dtype = DYT_DTYPE_FLOAT32,
      .outer = TOKENS,
      .channels = WIDTH,
      .inner = 1,
      .input = branch,
      .alpha = &l->alpha, /* weight and bias stay null: they are folded */
      .output = branch,
      .residual = stream,
      .sum = stream,
  };
  return dyt_add_forward(&args, &e->parallel_for);
}

static dyt_status infer(const engine* e, float* stream, float* branch, float* scratch) {
  memset(branch, 0, ELEMENTS * sizeof *branch); /* nothing to add before the first layer */
  for (int n = 0; n < LAYERS; ++n) {
    const layer* l = &e->layers[n];
    const dyt_status status = next_layer(e, l, stream, branch);
    if (status != DYT_STATUS_OK) {
      return status;
    }
    linear_job job = {.layer = l, .input = branch, .output = scratch};
    e->parallel_for.run(e->parallel_for.executor, TOKENS, linear_token, &job);
    float* const swap = branch;
    branch = scratch;
    scratch = swap;
  }
  for (int n = 0; n < ELEMENTS; ++n) {
    stream[n] += branch[n];
  }
  return DYT_STATUS_OK;
}

/* ---- The same, naively, with the norm's weight and bias where the paper has them
 * ---------------*/

static void infer_plainly(const layer* layers, double* stream, double* normed) {
  for (int n = 0; n < LAYERS; ++n) {
    const layer* l = &layers[n];
    for (int token = 0; token < TOKENS; ++token) {
      double* h = stream + token * WIDTH;
      for (int c = 0; c < WIDTH; ++c) {
        normed[c] = l->weight[c] * tanh(l->alpha * h[c]) + l->bias[c];
      }
      for (int out = 0; out < WIDTH; ++out) {
        double sum = l->constant[out];
        for (int in = 0; in < WIDTH; ++in) {
          sum += l->matrix[out][in] * normed[in];
        }
        h[out] += sum;
      }
    }
  }
}

/* ---- Main -------------------------------------------------------------------------------------*/

typedef struct buffers {
  layer layers[LAYERS];
  float stream[ELEMENTS], branch[ELEMENTS], scratch[ELEMENTS];
  double plain[ELEMENTS], normed[WIDTH];
} buffers;

static void fill(buffers* b) {
  uint32_t state = 1;
  for (int n = 0; n < LAYERS; ++n) {
    make_layer(&b->layers[n], &state);
  }
  for (int n = 0; n < ELEMENTS; ++n) {
    b->stream[n] = next_random(&state);
    b->plain[n] = b->stream[n];
  }
}

static int report(const buffers* b) {
  double mean_square = 0, difference = 0;
  for (int n = 0; n < ELEMENTS; ++n) {
    mean_square += (double)b->stream[n] * b->stream[n] / ELEMENTS;
    difference = fmax(difference, fabs(b->stream[n] - b->plain[n]));
  }
  printf("stream (%d tokens, width %d) after %d layers: root mean square %.4f, first %.4f %.4f\n",
         TOKENS, WIDTH, LAYERS, sqrt(mean_square), b->stream[0], b->stream[1]);
  const double most = 1e-4;
  printf("folded and in place against plain arithmetic: %s %g\n",
         difference < most ? "all within" : "differs by more than", most);
  return difference < most ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int run(buffers* b) {
  if (dyt_kernels_version() < DYT_KERNELS_VERSION) {
    fprintf(stderr, "built for dyt_kernels %d, found the older %d\n", DYT_KERNELS_VERSION,
            (int)dyt_kernels_version());
    return EXIT_FAILURE;
  }
  fill(b);
  infer_plainly(b->layers, b->plain, b->normed);
  for (int n = 0; n < LAYERS; ++n) {
    fold_into_linear(&b->layers[n]);
  }
  engine e = {.layers = b->layers};
  dyt_status status = dyt_threads_create(2, &e.threads);
  if (status == DYT_STATUS_OK) {
    e.parallel_for = dyt_threads_parallel_for(e.threads);
    status = infer(&e, b->stream, b->branch, b->scratch);
    dyt_threads_destroy(e.threads);
  }
  if (status != DYT_STATUS_OK) {
    fprintf(stderr, "%s (%s)\n", dyt_last_error(), dyt_status_text(status));
    return EXIT_FAILURE;
  }
  return report(b);
}

int main(void) {
  buffers* b = malloc(sizeof *b);
  if (b == NULL) {
    fprintf(stderr, "no memory for %zu bytes\n", sizeof *b);
    return EXIT_FAILURE;
  }
  const int result = run(b);
  free(b);
  return result;
}
