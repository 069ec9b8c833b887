/* Learns a small table and counts generated rows as they come, in C11. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <cuvae/cuvae.h>

static void stop_unless_done(cuvae_status status) {
  if (status == CUVAE_OK) return;
  fprintf(stderr, "%s\n", cuvae_last_error());
  exit(status);
}

static void write_table(const char* path) {
  FILE* file = fopen(path, "w");
  if (file == NULL) exit(EXIT_FAILURE);
  fprintf(file, "town,year,amount\n");
  for (int row = 0; row < 500; ++row) {
    fprintf(file, "%s,%d,$%d.50\n", row % 3 == 0 ? "Ulm" : "Bonn", 1990 + row % 17, row % 90);
  }
  fclose(file);
}

static int print_epoch(void* user, uint32_t epoch, uint32_t epochs, double reconstruction,
                       double kl) {
  (void)user;
  printf("epoch %" PRIu32 " of %" PRIu32 ": %.3f nats\n", epoch, epochs, reconstruction + kl);
  return 0; /* anything else would cancel */
}

int main(void) {
  write_table("real.csv");
  cuvae_table* table = NULL;
  stop_unless_done(cuvae_table_read_csv("real.csv", NULL, NULL, &table));

  cuvae_callbacks callbacks = CUVAE_CALLBACKS_INIT;
  callbacks.epoch = print_epoch;
  cuvae_train_options training = CUVAE_TRAIN_OPTIONS_INIT;
  training.recipe = "fast";
  training.epochs = 3;
  cuvae_model* model = NULL;
  stop_unless_done(cuvae_model_train(table, &training, &callbacks, &model));
  cuvae_table_free(table);

  cuvae_generate_options rows = CUVAE_GENERATE_OPTIONS_INIT;
  rows.rows = 100000;
  struct ArrowArrayStream stream;
  stop_unless_done(cuvae_generate_arrow(model, &rows, &stream));
  cuvae_model_free(model);

  int64_t counted = 0;
  for (;;) {
    struct ArrowArray batch;
    if (stream.get_next(&stream, &batch) != 0) {
      fprintf(stderr, "%s\n", stream.get_last_error(&stream));
      return EXIT_FAILURE;
    }
    if (batch.release == NULL) break;
    counted += batch.length;
    batch.release(&batch);
  }
  stream.release(&stream);
  printf("%" PRId64 " rows\n", counted);
  return EXIT_SUCCESS;
}
