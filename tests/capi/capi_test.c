/* SPDX-License-Identifier: Apache-2.0
 *
 * The C API from C, on the digits model: the host forms, and measure -> init -> run in static memory.
 */
#include <stdlib.h>
#include <string.h>

#include "check.h"

int capi_failures = 0;

/* examples/digits/test/3_45.png; the model takes p - 128. */
static const unsigned char picture[64] = {0, 0, 143, 255, 207, 96, 0, 0, 0, 0, 96, 80, 255, 255, 0, 0,       //
                                          0, 0, 0, 128, 239, 80, 0, 0, 0, 0, 0, 80, 223, 48, 0, 0,           //
                                          0, 0, 0, 0, 143, 239, 32, 0, 0, 0, 0, 0, 0, 175, 191, 0,           //
                                          0, 0, 64, 128, 175, 239, 191, 0, 0, 0, 175, 223, 191, 128, 0, 0};
/* Its line in examples/digits/expected.tsv. */
static const signed char expected[10] = {-128, -128, -128, 127, -128, -128, -128, -128, -128, -128};

static unsigned char model_memory[1 << 16], persistent[1 << 17], planned[1 << 16], scratch[1 << 17];

static void fill(signed char* input) {
  for (int i = 0; i < 64; i++) input[i] = (signed char)(picture[i] - 128);
}

static void check_info(const inlay_model* model) {
  inlay_tensor_info info;
  CHECK(inlay_model_input_count(model) == 1 && inlay_model_output_count(model) == 1);
  CHECK(inlay_model_input_info(model, 0, &info) == INLAY_OK);
  CHECK(info.dtype == INLAY_INT8 && info.rank == 4 && info.dims[1] == 8 && info.dims[2] == 8 && info.bytes == 64);
  CHECK(info.quant.count == 1 && info.quant.scales != NULL && info.name != NULL);
  CHECK(inlay_model_output_info(model, 0, &info) == INLAY_OK);
  CHECK(info.dtype == INLAY_INT8 && info.bytes == 10);
  CHECK(inlay_model_input_info(model, 1, &info) == INLAY_STATUS_BAD_INDEX);
  CHECK(inlay_model_output_info(model, -1, &info) == INLAY_STATUS_BAD_INDEX);
  CHECK(inlay_model_metadata(model, "labels") != NULL);
  CHECK(inlay_model_metadata(model, "no such key") == NULL);
}

/* A program's own way to run parts: backwards, on the caller's thread. */
static int own_parts = 0;
static void run_backwards(const inlay_pool* pool, int32_t threads, int32_t parts, void (*task)(void*, int32_t, int32_t), void* context) {
  CHECK(pool->threads == 2 && threads >= 1 && threads <= 2);
  for (int32_t i = parts - 1; i >= 0; i--) task(context, i, i % threads);
  own_parts += parts;
}

static void check_pools(const char* path) {
  const inlay_pool own = {sizeof(own), 2, run_backwards, 100};
  const inlay_pool* made = NULL;
  inlay_pool_config wanted = {sizeof(wanted), 3, -1, 100, 0};
  inlay_error error = {""};
  inlay_model* model = NULL;
  CHECK(inlay_pool_create(&wanted, &made, &error) == INLAY_OK && made->threads == 3);
  CHECK(inlay_model_open_file(path, NULL, &model, &error) == INLAY_OK);
  const inlay_pool* const pools[2] = {&own, made};
  for (int i = 0; i < 2; i++) {
    inlay_config config;
    inlay_session *session = NULL, *sharing = NULL;
    memset(&config, 0, sizeof(config));
    config.struct_size = sizeof(config);
    config.pool = pools[i];
    CHECK(inlay_session_create(model, &config, &session, &error) == INLAY_OK);
    config.share = session;
    CHECK(inlay_session_create(model, &config, &sharing, &error) == INLAY_OK);
    fill(inlay_session_input(sharing, 0));
    CHECK(inlay_session_run(sharing, &error) == INLAY_OK);
    CHECK(memcmp(inlay_session_output(sharing, 0), expected, sizeof(expected)) == 0);
    CHECK(inlay_session_kernel_of(session, 0)[0] != '\0' && inlay_session_kernel_of(session, 1 << 20)[0] == '\0');
    inlay_session_destroy(sharing);
    inlay_session_destroy(session);
  }
  CHECK(own_parts > 0);
  inlay_pool broken = own;
  broken.threads = 0;
  inlay_config config;
  inlay_session* session = NULL;
  memset(&config, 0, sizeof(config));
  config.struct_size = sizeof(config);
  config.pool = &broken;
  CHECK(inlay_session_create(model, &config, &session, &error) == INLAY_STATUS_BAD_ARGUMENT && error.text[0] != '\0');
  inlay_model_close(model);
  inlay_pool_destroy(made);
}

static void check_host_forms(const char* path) {
  inlay_error error = {""};
  inlay_model* model = NULL;
  inlay_session *first = NULL, *second = NULL;
  CHECK(inlay_model_open_file(path, NULL, &model, &error) == INLAY_OK);
  CHECK(inlay_session_create(model, NULL, &first, &error) == INLAY_OK);
  CHECK(inlay_session_create(model, NULL, &second, NULL) == INLAY_OK);
  if (capi_failures) {
    puts(error.text);
    return;
  }
  check_info(model);

  fill(inlay_session_input(first, 0));
  CHECK(inlay_session_run(first, &error) == INLAY_OK);
  CHECK(memcmp(inlay_session_output(first, 0), expected, sizeof(expected)) == 0);
  CHECK(inlay_session_input(first, 1) == NULL && inlay_session_output(first, 7) == NULL);

  /* The caller's own buffers: the bound input is only read. */
  signed char in[64], out[10] = {0};
  fill(in);
  CHECK(inlay_session_bind_input(second, 0, in, sizeof(in), &error) == INLAY_OK);
  CHECK(inlay_session_bind_output(second, 0, out, sizeof(out), &error) == INLAY_OK);
  CHECK(inlay_session_run(second, &error) == INLAY_OK);
  CHECK(memcmp(out, expected, sizeof(expected)) == 0);
  CHECK(in[0] == -128 && in[3] == 127);
  CHECK(inlay_session_bind_output(second, 0, out, 9, &error) == INLAY_STATUS_MEMORY_TOO_SMALL);
  CHECK(inlay_session_bind_input(second, 4, in, sizeof(in), &error) == INLAY_STATUS_BAD_INDEX);

  inlay_memory_use use;
  CHECK(inlay_session_memory(first, &use) == INLAY_OK);
  CHECK(use.planned >= use.lower_bound && use.lower_bound > 0 && use.weights > 0);
  CHECK(inlay_session_device_of(first, 0).backend != NULL);
  CHECK(inlay_session_device_of(first, 10000).backend == NULL);
  inlay_session_destroy(first);
  inlay_session_destroy(second);
  inlay_model_close(model);
}

static void check_static_forms(const void* file, size_t size) {
  inlay_error error = {""};
  inlay_model* model = NULL;
  inlay_session* session = NULL;
  size_t need = 0;
  CHECK(inlay_model_measure(file, size, NULL, &need, &error) == INLAY_OK);
  const inlay_block tables = {aligned(model_memory), sizeof(model_memory) - 64};
  CHECK(need > 0 && need <= tables.bytes);
  CHECK(inlay_model_init(file, size, NULL, tables, &model, &error) == INLAY_OK);

  inlay_device device;
  CHECK(inlay_device_find("reference", &device, &error) == INLAY_OK);
  inlay_config config;
  memset(&config, 0, sizeof(config));
  config.struct_size = sizeof(config);
  config.devices = &device;
  config.device_count = 1;
  config.ops = inlay_default_ops();
  inlay_arena arena;
  CHECK(inlay_session_measure(model, &config, &arena, &error) == INLAY_OK);
  CHECK(arena.persistent.bytes <= sizeof(persistent) - 64 && arena.planned.bytes <= sizeof(planned) - 64 &&
        arena.scratch.bytes <= sizeof(scratch) - 64);
  if (capi_failures) {
    puts(error.text);
    return;
  }
  arena.persistent.data = aligned(persistent);
  arena.planned.data = aligned(planned);
  arena.scratch.data = aligned(scratch);

  inlay_arena small = arena;
  small.planned.bytes -= 1;
  CHECK(inlay_session_init(model, &config, &small, &session, &error) == INLAY_STATUS_MEMORY_TOO_SMALL);
  CHECK(error.text[0] != 0);

  /* Twice in the same memory: deinit gives it back. */
  for (int round = 0; round < 2; round++) {
    CHECK(inlay_session_init(model, &config, &arena, &session, &error) == INLAY_OK);
    for (int run = 0; run < 3; run++) {
      fill(inlay_session_input(session, 0));
      CHECK(inlay_session_run(session, &error) == INLAY_OK);
      CHECK(memcmp(inlay_session_output(session, 0), expected, sizeof(expected)) == 0);
    }
    inlay_session_deinit(session);
  }
}

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  FILE* stream = fopen(argv[1], "rb");
  if (!stream) return 2;
  unsigned char* buffer = malloc(1 << 20);
  unsigned char* file = aligned(buffer);
  const size_t size = fread(file, 1, (1 << 20) - 64, stream);
  fclose(stream);

  check_host_forms(argv[1]);
  check_pools(argv[1]);
  check_static_forms(file, size);
  check_errors(file, size);
  free(buffer);
  printf("%d failures\n", capi_failures);
  return capi_failures != 0;
}
