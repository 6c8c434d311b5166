/* SPDX-License-Identifier: Apache-2.0
 *
 * Listens for "yes" and "no": micro_speech FRONT_END.inlay SPEECH.inlay FILE.wav...
 *
 * Sound arrives in pieces of 20 ms. The front end turns the last 30 ms into 40 numbers and keeps an estimate of the noise between
 * its runs; the speech model looks at the last 49 rows of them, about a second.
 */
#include <inlay/inlay.h>
#include <stdio.h>
#include <string.h>

enum { RATE = 16000, WINDOW = 480, STEP = 320, FEATURES = 40, ROWS = 49, WORDS = 4, LOOK_EVERY = 25 };

static const char* const kWords[WORDS] = {"silence", "unknown", "yes", "no"};

typedef struct {
  inlay_model* model;
  inlay_session* session;
  void* input;
  const void* output;
} part;

/* Opens a model with one input and one output of the given sizes. */
static int open_part(const char* path, size_t input_bytes, size_t output_bytes, part* p) {
  inlay_error error = {""};
  inlay_tensor_info in, out;
  if (inlay_model_open_file(path, NULL, &p->model, &error) != INLAY_OK ||
      inlay_session_create(p->model, NULL, &p->session, &error) != INLAY_OK ||
      inlay_model_input_info(p->model, 0, &in) != INLAY_OK || inlay_model_output_info(p->model, 0, &out) != INLAY_OK) {
    fprintf(stderr, "%s: %s\n", path, error.text);
    return 1;
  }
  if (in.bytes != input_bytes || out.bytes != output_bytes) {
    fprintf(stderr, "%s: takes %zu bytes and gives %zu, expected %zu and %zu\n", path, in.bytes, out.bytes, input_bytes,
            output_bytes);
    return 1;
  }
  p->input = inlay_session_input(p->session, 0);
  p->output = inlay_session_output(p->session, 0);
  return 0;
}

static void close_part(part* p) {
  inlay_session_destroy(p->session);
  inlay_model_close(p->model);
}

static int run_part(part* p) {
  inlay_error error = {""};
  if (inlay_session_run(p->session, &error) == INLAY_OK) return 0;
  fprintf(stderr, "%s\n", error.text);
  return 1;
}

static unsigned long little(const unsigned char* p, int bytes) {
  unsigned long v = 0;
  while (bytes-- > 0) v = v << 8 | p[bytes];
  return v;
}

/* Stands behind the header of the samples of a 16 kHz, 16-bit, mono WAV file; NULL with a message for any other file. */
static FILE* open_wav(const char* path) {
  unsigned char head[16];
  FILE* f = fopen(path, "rb");
  int known = 0;
  if (f == NULL || fread(head, 1, 12, f) != 12 || memcmp(head, "RIFF", 4) != 0 || memcmp(head + 8, "WAVE", 4) != 0) {
    fprintf(stderr, "%s: not a WAV file\n", path);
  } else {
    while (fread(head, 1, 8, f) == 8) {
      const unsigned long bytes = little(head + 4, 4);
      if (memcmp(head, "data", 4) == 0) {
        if (known) return f;
        break;
      }
      if (memcmp(head, "fmt ", 4) == 0 && bytes >= 16) {
        if (fread(head, 1, 16, f) != 16) break;
        known = little(head, 2) == 1 && little(head + 2, 2) == 1 && little(head + 4, 4) == RATE && little(head + 14, 2) == 16;
        if (fseek(f, (long)((bytes - 16 + 1) / 2 * 2), SEEK_CUR) != 0) break;
      } else if (bytes > 0x7ffffff0ul || fseek(f, (long)((bytes + 1) / 2 * 2), SEEK_CUR) != 0) {
        break;
      }
    }
    fprintf(stderr, "%s: expected samples of 16 bits, mono, %d Hz\n", path, RATE);
  }
  if (f != NULL) fclose(f);
  return NULL;
}

static int read_samples(FILE* f, int16_t* out, size_t count) {
  unsigned char bytes[2 * WINDOW];
  size_t i;
  if (fread(bytes, 2, count, f) != count) return 0;
  for (i = 0; i < count; i++) out[i] = (int16_t)little(bytes + 2 * i, 2);
  return 1;
}

/* Prints the best word of the rows so far. */
static int look(part* speech, const int8_t* rows, long frame, const char* path) {
  const int8_t* scores = speech->output;
  int best = 0, i;
  memcpy(speech->input, rows, ROWS * FEATURES);
  if (run_part(speech)) return 1;
  for (i = 1; i < WORDS; i++) {
    if (scores[i] > scores[best]) best = i;
  }
  printf("%s %.2f s: %s (%.3f)\n", path, (double)((frame - 1) * STEP + WINDOW) / RATE, kWords[best],
         (scores[best] + 128) / 256.0);
  return 0;
}

static int listen(part* front_end, part* speech, const char* path) {
  int16_t samples[WINDOW];
  int8_t rows[ROWS * FEATURES];
  long frame = 0;
  int failed = 0, more;
  FILE* f = open_wav(path);
  if (f == NULL) return 1;
  inlay_session_reset(front_end->session, NULL); /* forget the noise of the file before */
  for (more = read_samples(f, samples, WINDOW); more && !failed; more = read_samples(f, samples + WINDOW - STEP, STEP)) {
    memcpy(front_end->input, samples, sizeof(samples));
    failed = run_part(front_end);
    memmove(rows, rows + FEATURES, sizeof(rows) - FEATURES);
    memcpy(rows + sizeof(rows) - FEATURES, front_end->output, FEATURES);
    frame++;
    if (!failed && frame >= ROWS && (frame - ROWS) % LOOK_EVERY == 0) failed = look(speech, rows, frame, path);
    memmove(samples, samples + STEP, (WINDOW - STEP) * sizeof(samples[0]));
  }
  if (frame < ROWS) fprintf(stderr, "%s: shorter than %.2f s\n", path, (double)((ROWS - 1) * STEP + WINDOW) / RATE);
  fclose(f);
  return failed || frame < ROWS;
}

int main(int argc, char** argv) {
  part front_end = {NULL, NULL, NULL, NULL}, speech = {NULL, NULL, NULL, NULL};
  int failed, i;
  if (argc < 4) {
    fprintf(stderr, "usage: micro_speech FRONT_END.inlay SPEECH.inlay FILE.wav...\n");
    return 2;
  }
  failed =
      open_part(argv[1], WINDOW * sizeof(int16_t), FEATURES, &front_end) || open_part(argv[2], ROWS * FEATURES, WORDS, &speech);
  for (i = 3; i < argc && !failed; i++) failed = listen(&front_end, &speech, argv[i]);
  close_part(&speech);
  close_part(&front_end);
  return failed;
}
