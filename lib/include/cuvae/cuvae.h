/* cuvae in C: for other languages and for programs without C++. The shared library libcuvae.so
 * exports these functions and nothing else; docs/c.md shows how to build and use it.
 *
 * Handles are opaque; whoever gets one frees it by its own _free function, which takes NULL too.
 * Handles are not changed by any function that takes them, so threads may share them; freeing is
 * the exception.
 *
 * Functions that can fail return a cuvae_status and write their results through the last
 * parameters, only where they succeed. The message stays with the thread: cuvae_last_error().
 *
 * Structures of options begin with their own size, so that later versions can add members behind
 * the others: begin with the _INIT macro, then set what you want. Zero and NULL stand for the
 * default everywhere.
 *
 * Texts are UTF-8 and end with a zero. Those that the library gives are freed by
 * cuvae_string_free(). */
#ifndef CUVAE_H
#define CUVAE_H

#include <stddef.h>
#include <stdint.h>

#include <cuvae/arrow_abi.h>

#if defined(__GNUC__)
#define CUVAE_API __attribute__((visibility("default")))
#else
#define CUVAE_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Why a call failed. The values are the exit codes of the tool. */
typedef enum cuvae_status {
  CUVAE_OK = 0,
  CUVAE_ERROR_RUNTIME = 1, /* the machine failed: disk full, file vanished, out of memory */
  CUVAE_ERROR_USAGE = 2,   /* the caller asked for something that makes no sense */
  CUVAE_ERROR_DATA = 3,    /* the data or the model file is malformed */
  CUVAE_ERROR_DEVICE = 4,  /* the device is not there or can't do the job */
  CUVAE_INTERRUPTED = 130  /* a callback asked to stop */
} cuvae_status;

/* What the last call of this thread that failed had to say, for people; "" where none has failed.
 * Valid until the thread's next call that fails. Never NULL, not to be freed. */
CUVAE_API const char* cuvae_last_error(void);

/* "0.1.0"; not to be freed. */
CUVAE_API const char* cuvae_version(void);

CUVAE_API void cuvae_string_free(char* text);

/* ---- Progress and cancelling ------------------------------------------------------------------
 */

/* Each may be NULL. Those that return int cancel the call with anything but 0: it returns
 * CUVAE_INTERRUPTED soon and leaves no partial file. They never run at the same time within one
 * call, but on threads of the library. */
typedef struct cuvae_callbacks {
  size_t size;
  void* user; /* handed to all of them */
  /* Up to some hundred times a second. `total` is 0 where it is not known. Units are rows or bytes,
   * by stage: "read", "encode", "train", "generate", "evaluate". */
  int (*progress)(void* user, const char* stage, uint64_t done, uint64_t total);
  /* After each epoch of training, with its losses. */
  int (*epoch)(void* user, uint32_t epoch, uint32_t epochs, double reconstruction, double kl);
  /* What a user may want to know though nothing is wrong. */
  void (*note)(void* user, const char* text);
} cuvae_callbacks;
#define CUVAE_CALLBACKS_INIT \
  { sizeof(cuvae_callbacks), NULL, NULL, NULL, NULL }

/* ---- Tables -----------------------------------------------------------------------------------
 */

typedef struct cuvae_table cuvae_table;

/* A list of texts. */
typedef struct cuvae_texts {
  const char* const* texts;
  size_t count;
} cuvae_texts;

typedef struct cuvae_read_options {
  size_t size;
  uint32_t threads;       /* 0: all of the machine's */
  char delimiter;         /* 0: found among , ; tab and | */
  cuvae_texts label;      /* columns to take as label whatever they hold */
  cuvae_texts continuous; /* columns to take as continuous */
  cuvae_texts drop;       /* columns to leave out */
  cuvae_texts key;        /* columns to take as keys: made anew, never learned */
  cuvae_texts keep;       /* columns whose cells may come out again though each has its own */
  cuvae_texts datetime;   /* columns of dates or times, each followed by its format, "" to find it
                             out: {"when", "%d.%m.%Y", "since", ""} */
  cuvae_texts missing;    /* cells that stand for no value, besides empty ones */
  cuvae_texts rules;      /* "low <= high" */
  cuvae_texts rename;     /* columns, each followed by its other name */
  int find_no_missing;    /* 1: NA, null and the like are texts */
  int find_no_rules;      /* 1: only those given */
  const char* encoding;   /* "auto" where NULL, "utf-8", "utf-16", "latin-1", "windows-1252" */
  const char* comment;    /* lines that start with this are left out; NULL: none */
  uint64_t skip;          /* lines above the header to leave out */
  uint64_t skip_last;     /* lines at the end */
  const struct cuvae_table* like; /* a table to compare this one with, whose kinds it takes */
} cuvae_read_options;
#define CUVAE_READ_OPTIONS_INIT                                                              \
  {                                                                                          \
    sizeof(cuvae_read_options), 0, 0, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, \
        {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, 0, 0, NULL, NULL, 0, 0, NULL             \
  }

/* `options` and `callbacks` may be NULL, here and everywhere. */
CUVAE_API cuvae_status cuvae_table_read_csv(const char* path, const cuvae_read_options* options,
                                            const cuvae_callbacks* callbacks, cuvae_table** table);

/* Reads and releases a stream of record batches; docs/arrow.md says what is taken as what. */
CUVAE_API cuvae_status cuvae_table_from_arrow(struct ArrowArrayStream* stream,
                                              const cuvae_read_options* options,
                                              const cuvae_callbacks* callbacks,
                                              cuvae_table** table);

/* A copy of the table; the caller releases the stream. */
CUVAE_API cuvae_status cuvae_table_to_arrow(const cuvae_table* table,
                                            struct ArrowArrayStream* stream);

CUVAE_API uint64_t cuvae_table_rows(const cuvae_table* table);
CUVAE_API size_t cuvae_table_columns(const cuvae_table* table);
CUVAE_API void cuvae_table_free(cuvae_table* table);

/* ---- Models -----------------------------------------------------------------------------------
 */

typedef struct cuvae_model cuvae_model;

typedef struct cuvae_train_options {
  size_t size;
  const char* recipe; /* "best" where NULL, "fast", "published" */
  const char* device; /* "auto" where NULL, "cpu", "cuda", "cuda:N" */
  uint32_t threads;   /* 0: all of the machine's */
  uint64_t seed;
  uint32_t epochs;              /* 0: as many as the recipe takes for the table */
  uint32_t batch_size;          /* rows; 0: the recipe's */
  double learning_rate;         /* 0: the recipe's */
  const uint32_t* latent;       /* points to the number of latent variables; NULL: the recipe's */
  const double* kl_weight;      /* points to it; NULL: the recipe's */
  uint32_t width;               /* of the network; 0: by the number of rows */
  const double* validation;     /* points to the share of rows held out; NULL: the recipe's */
  const uint32_t* protect_rare; /* points to the rows below which labels are not learned; NULL: 5 in
                                   columns of names and the like */
  const char* person;           /* a column of people, who are counted instead of rows */
  int protect_star;             /* 1: rare labels become "*" */
  cuvae_texts condition;        /* columns to draw first */
} cuvae_train_options;
#define CUVAE_TRAIN_OPTIONS_INIT                                                                  \
  {                                                                                               \
    sizeof(cuvae_train_options), NULL, NULL, 0, 0, 0, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, { \
      NULL, 0                                                                                     \
    }                                                                                             \
  }

CUVAE_API cuvae_status cuvae_model_train(const cuvae_table* table,
                                         const cuvae_train_options* options,
                                         const cuvae_callbacks* callbacks, cuvae_model** model);

/* A safetensors file. */
CUVAE_API cuvae_status cuvae_model_load(const char* path, cuvae_model** model);

/* `replace`: whether a file that is there may be replaced. */
CUVAE_API cuvae_status cuvae_model_save(const cuvae_model* model, const char* path, int replace);

/* {"version", "parameters", "settings", "schema", "history"}. */
CUVAE_API cuvae_status cuvae_model_describe(const cuvae_model* model, char** json);

CUVAE_API void cuvae_model_free(cuvae_model* model);

/* ---- Generated rows ---------------------------------------------------------------------------
 */

typedef struct cuvae_generate_options {
  size_t size;
  const char* device; /* "auto" where NULL */
  uint32_t threads;
  uint64_t seed;
  uint64_t rows;
  uint64_t first_row;  /* of the endless table */
  cuvae_texts where;   /* conditions that rows have to meet: "COLUMN=CELL", "COLUMN<NUMBER" */
  const char* balance; /* a column: as many rows of each of its labels */
  /* CSV */
  int without_header;
  int escape_formulas; /* a quote before cells that a spreadsheet would run */
  /* Arrow */
  int exact_decimals;  /* decimal128 instead of float64 for amounts and fixed decimals */
  uint32_t batch_rows; /* 0: 65,536 */
} cuvae_generate_options;
#define CUVAE_GENERATE_OPTIONS_INIT \
  { sizeof(cuvae_generate_options), NULL, 0, 0, 0, 0, {NULL, 0}, NULL, 0, 0, 0, 0 }

CUVAE_API cuvae_status cuvae_generate_csv(const cuvae_model* model,
                                          const cuvae_generate_options* options, const char* path,
                                          int replace, const cuvae_callbacks* callbacks);

/* Rows are made while the stream is read. It may outlive the model; the caller releases it, which
 * cancels what was not read. */
CUVAE_API cuvae_status cuvae_generate_arrow(const cuvae_model* model,
                                            const cuvae_generate_options* options,
                                            struct ArrowArrayStream* stream);

/* ---- Evaluation -------------------------------------------------------------------------------
 */

typedef struct cuvae_evaluate_options {
  size_t size;
  const char* device; /* "auto" where NULL */
  uint32_t threads;
  const cuvae_table* holdout; /* real rows that the model has not seen */
  const char* target;         /* a column to predict */
  const char* title;          /* of the report */
} cuvae_evaluate_options;
#define CUVAE_EVALUATE_OPTIONS_INIT \
  { sizeof(cuvae_evaluate_options), NULL, 0, NULL, NULL, NULL }

/* `json` gets what the tool writes to metrics.json, `html` a report; either may be NULL. */
CUVAE_API cuvae_status cuvae_evaluate(const cuvae_table* real, const cuvae_table* synthetic,
                                      const cuvae_evaluate_options* options,
                                      const cuvae_callbacks* callbacks, char** json, char** html);

#ifdef __cplusplus
}
#endif

#endif /* CUVAE_H */
