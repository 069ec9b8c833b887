"""The C interface by ctypes: ctypes_test.py LIBRARY. Python's standard library only."""
import ctypes
import json
import os
import subprocess
import sys
import tempfile
import unittest
from ctypes import CFUNCTYPE, POINTER, byref, c_char, c_char_p, c_double, c_int, c_int64, c_size_t
from ctypes import c_uint32, c_uint64, c_void_p

USAGE, DATA, INTERRUPTED = 2, 3, 130
LIBRARY = sys.argv[1]
cuvae = ctypes.CDLL(LIBRARY)
cuvae.cuvae_last_error.restype = c_char_p
cuvae.cuvae_version.restype = c_char_p
cuvae.cuvae_table_rows.restype = c_uint64
cuvae.cuvae_table_columns.restype = c_size_t
for name in ("table_free", "model_free", "string_free"):
    getattr(cuvae, "cuvae_" + name).restype = None
    getattr(cuvae, "cuvae_" + name).argtypes = [c_void_p]


class Sized(ctypes.Structure):
    def __init__(self, **members):
        super().__init__(size=ctypes.sizeof(self), **members)


Progress = CFUNCTYPE(c_int, c_void_p, c_char_p, c_uint64, c_uint64)
Epoch = CFUNCTYPE(c_int, c_void_p, c_uint32, c_uint32, c_double, c_double)
Note = CFUNCTYPE(None, c_void_p, c_char_p)


class Callbacks(Sized):
    _fields_ = [("size", c_size_t), ("user", c_void_p), ("progress", Progress), ("epoch", Epoch),
                ("note", Note)]


class Texts(ctypes.Structure):
    _fields_ = [("texts", POINTER(c_char_p)), ("count", c_size_t)]

    def __init__(self, *texts):
        super().__init__((c_char_p * len(texts))(*texts), len(texts))


class ReadOptions(Sized):
    _fields_ = [("size", c_size_t), ("threads", c_uint32), ("delimiter", c_char),
                ("label", Texts), ("continuous", Texts), ("drop", Texts), ("key", Texts), ("keep", Texts),
                ("datetime", Texts), ("missing", Texts), ("rules", Texts), ("rename", Texts),
                ("find_no_missing", c_int), ("find_no_rules", c_int), ("encoding", c_char_p),
                ("comment", c_char_p), ("skip", c_uint64), ("skip_last", c_uint64), ("like", c_void_p)]


class TrainOptions(Sized):
    _fields_ = [("size", c_size_t), ("recipe", c_char_p), ("device", c_char_p), ("threads", c_uint32),
                ("seed", c_uint64), ("epochs", c_uint32), ("batch_size", c_uint32),
                ("learning_rate", c_double), ("latent", POINTER(c_uint32)),
                ("kl_weight", POINTER(c_double)), ("width", c_uint32), ("validation", POINTER(c_double)),
                ("protect_rare", POINTER(c_uint32)), ("person", c_char_p), ("protect_star", c_int),
                ("condition", Texts)]


class GenerateOptions(Sized):
    _fields_ = [("size", c_size_t), ("device", c_char_p), ("threads", c_uint32), ("seed", c_uint64),
                ("rows", c_uint64), ("first_row", c_uint64), ("where", Texts),
                ("balance", c_char_p), ("without_header", c_int),
                ("escape_formulas", c_int), ("exact_decimals", c_int), ("batch_rows", c_uint32)]


class Stream(ctypes.Structure):
    pass


class Array(ctypes.Structure):
    pass


Array._fields_ = [("length", c_int64), ("null_count", c_int64), ("offset", c_int64),
                  ("n_buffers", c_int64), ("n_children", c_int64), ("buffers", c_void_p),
                  ("children", c_void_p), ("dictionary", c_void_p),
                  ("release", CFUNCTYPE(None, POINTER(Array))), ("private_data", c_void_p)]
Stream._fields_ = [("get_schema", c_void_p), ("get_next", CFUNCTYPE(c_int, POINTER(Stream), POINTER(Array))),
                   ("get_last_error", c_void_p), ("release", CFUNCTYPE(None, POINTER(Stream))),
                   ("private_data", c_void_p)]


class Interface(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = self.file("real.csv")
        with open(self.path, "w") as out:
            out.write("town,year,amount\n")
            out.writelines(f"{'Ulm' if row % 3 else 'Bonn'},{1990 + row % 17},${row % 90}.50\n"
                           for row in range(500))

    def file(self, name):
        return os.path.join(self.folder.name, name).encode()

    def check(self, status):
        self.assertEqual(status, 0, cuvae.cuvae_last_error())

    def table(self, options=None):
        table = c_void_p()
        self.check(cuvae.cuvae_table_read_csv(self.path, options and byref(options), None, byref(table)))
        self.addCleanup(cuvae.cuvae_table_free, table)
        return table

    def model(self, callbacks=None, **options):
        model = c_void_p()
        how = TrainOptions(recipe=b"fast", device=b"cpu", seed=5, **{"epochs": 2, **options})
        self.check(cuvae.cuvae_model_train(self.table(), byref(how), callbacks and byref(callbacks),
                                           byref(model)))
        self.addCleanup(cuvae.cuvae_model_free, model)
        return model

    def text(self, function, *arguments):
        text = c_void_p()
        self.check(function(*arguments, byref(text)))
        value = ctypes.string_at(text).decode()
        cuvae.cuvae_string_free(text)
        return value

    def csv(self, model, options):
        path = self.file("rows.csv")
        self.check(cuvae.cuvae_generate_csv(model, byref(options), path, 1, None))
        with open(path, "rb") as rows:
            return rows.read()

    def test_reads_tables_by_options(self):
        self.assertEqual(cuvae.cuvae_table_rows(self.table()), 500)
        self.assertEqual(cuvae.cuvae_table_columns(self.table(ReadOptions(drop=Texts(b"year")))), 2)
        table = c_void_p()
        half = ReadOptions(datetime=Texts(b"year"))
        self.assertEqual(cuvae.cuvae_table_read_csv(self.path, byref(half), None, byref(table)), USAGE)

    def test_errors_have_a_status_and_a_message_of_their_thread(self):
        table = c_void_p(7)
        self.assertEqual(cuvae.cuvae_table_read_csv(b"/nowhere", None, None, byref(table)), DATA)
        self.assertIn(b"/nowhere", cuvae.cuvae_last_error())
        self.assertEqual(table.value, 7)
        self.assertEqual(cuvae.cuvae_model_load(None, byref(table)), USAGE)
        self.assertIn(b"`path` is NULL", cuvae.cuvae_last_error())
        how = TrainOptions(recipe=b"finest")
        self.assertEqual(cuvae.cuvae_model_train(self.table(), byref(how), None, byref(table)), USAGE)
        self.assertIn(b"finest", cuvae.cuvae_last_error())

    def test_options_of_other_sizes(self):
        class Later(GenerateOptions):
            _fields_ = [("more", c_uint64)]
        model = self.model()
        rows = self.csv(model, GenerateOptions(rows=10, seed=2))
        self.assertEqual(rows.count(b"\n"), 11)
        self.assertEqual(self.csv(model, Later(rows=10, seed=2)), rows)
        path = self.file("other.csv")
        later = Later(rows=10, seed=2, more=1)
        self.assertEqual(cuvae.cuvae_generate_csv(model, byref(later), path, 1, None), USAGE)
        earlier = GenerateOptions(rows=10, seed=2, without_header=1)
        earlier.size = GenerateOptions.without_header.offset
        self.assertEqual(self.csv(model, earlier), rows)

    def test_rows_under_conditions(self):
        rows = self.csv(self.model(), GenerateOptions(rows=20, where=Texts(b"town=Ulm", b"year>1995")))
        self.assertEqual(rows.count(b"\nUlm,"), 20)

    def test_models_are_saved_loaded_and_described(self):
        model = self.model()
        path = self.file("model.safetensors")
        self.check(cuvae.cuvae_model_save(model, path, 0))
        self.assertEqual(cuvae.cuvae_model_save(model, path, 0), USAGE)
        self.check(cuvae.cuvae_model_save(model, path, 1))
        loaded = c_void_p()
        self.check(cuvae.cuvae_model_load(path, byref(loaded)))
        self.addCleanup(cuvae.cuvae_model_free, loaded)
        options = GenerateOptions(rows=100, seed=3)
        self.assertEqual(self.csv(model, options), self.csv(loaded, options))
        description = json.loads(self.text(cuvae.cuvae_model_describe, loaded))
        self.assertEqual(description["settings"]["epochs"], 2)
        self.assertEqual(len(description["history"]), 2)
        self.assertEqual(description["version"].encode(), cuvae.cuvae_version())

    def test_callbacks_see_epochs_and_cancel(self):
        seen = []
        self.model(Callbacks(epoch=Epoch(lambda user, epoch, epochs, *loss: seen.append(epoch) or 0)))
        self.assertEqual(seen, [1, 2])
        model = c_void_p()
        stop = Callbacks(epoch=Epoch(lambda user, epoch, *rest: epoch == 2))
        how = TrainOptions(recipe=b"fast", device=b"cpu", epochs=100000)
        status = cuvae.cuvae_model_train(self.table(), byref(how), byref(stop), byref(model))
        self.assertEqual(status, INTERRUPTED)
        self.assertIsNone(model.value)

    def test_rows_come_as_arrow_and_are_read_as_such(self):
        stream = Stream()
        self.check(cuvae.cuvae_generate_arrow(self.model(), byref(GenerateOptions(rows=2500, batch_rows=1000)),
                                              byref(stream)))
        lengths = []
        while True:
            batch = Array()
            self.assertEqual(stream.get_next(byref(stream), byref(batch)), 0)
            if not batch.release:
                break
            lengths.append(batch.length)
            batch.release(byref(batch))
        stream.release(byref(stream))
        self.assertEqual(lengths, [1000, 1000, 500])
        self.check(cuvae.cuvae_table_to_arrow(self.table(), byref(stream)))
        table = c_void_p()
        self.check(cuvae.cuvae_table_from_arrow(byref(stream), None, None, byref(table)))
        self.addCleanup(cuvae.cuvae_table_free, table)
        self.assertEqual(cuvae.cuvae_table_rows(table), 500)

    def test_evaluates_to_json_and_html(self):
        real = self.table(ReadOptions(like=self.table()))
        scores, html = c_void_p(), c_void_p()
        self.check(cuvae.cuvae_evaluate(real, real, None, None, byref(scores), byref(html)))
        self.assertEqual(json.loads(ctypes.string_at(scores))["scores"]["quality"], 1)
        self.assertTrue(ctypes.string_at(html).startswith(b"<!"))
        cuvae.cuvae_string_free(scores)
        cuvae.cuvae_string_free(html)

    def test_exports_nothing_else(self):
        try:
            symbols = subprocess.run(["nm", "-D", "--defined-only", LIBRARY], check=True,
                                     capture_output=True, text=True).stdout
        except FileNotFoundError:
            self.skipTest("nm is not there")
        names = [line.split()[-1].split("@")[0] for line in symbols.splitlines()]
        self.assertIn("cuvae_model_train", names)
        self.assertEqual([name for name in names if not name.startswith(("cuvae_", "CUVAE_"))], [])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
