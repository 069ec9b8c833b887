#!/usr/bin/env python3
"""Shows that scripts/check_includes.py finds each kind of offence, on small trees made for it."""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "check_includes.py"

ORDER = """```folders
kernels/arithmetic   numbers
lib/include/cuvae    what is public
kernels/published    kernels
| kernels/tokens     others
lib/models           models
cli                  the tool
```
"""

GOOD = {
    "kernels/arithmetic/adam.hpp": "",
    "kernels/published/layout.cpp": '#include "kernels/arithmetic/adam.hpp"\nnamespace cuvae {\n\n'
                                    "int offset_of(int layer) {\n  return layer;\n}\n\n}  // namespace cuvae\n"
                                    "namespace cuvae::plain {\n\nModel train(int rows) {\n  return {};\n}\n\n"
                                    "}  // namespace cuvae::plain\n",
    "kernels/tokens/layout.hpp": "#include <cuvae/model.hpp>\n#include <vector>\n",
    "lib/include/cuvae/model.hpp": "namespace cuvae {\n\nclass Model {};\n\nModel train(int rows);\n\n}\n",
    "lib/models/recipes.cpp": 'bool is_best() { return recipe == "best"; }\n',
    "lib/models/train.cpp": '#include "kernels/tokens/layout.hpp"\n',
    "cli/main.cpp": '#include "models/train.hpp"\n',
    "lib/models/train.hpp": "",
}


def offences(changes, order=ORDER):
    """What the script prints about the good tree with some files changed; "" where it is content."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "ARCHITECTURE.md").write_text(order)
        for name, content in {**GOOD, **changes}.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(content)
        done = subprocess.run([sys.executable, SCRIPT, root], stdout=subprocess.PIPE, text=True)
        return done.stdout if done.returncode == 1 else "" if done.returncode == 0 else "failed otherwise"


class CheckIncludes(unittest.TestCase):
    def assert_finds(self, what, changes, order=ORDER):
        self.assertIn(what, offences(changes, order))

    def test_is_content_with_the_good_tree(self):
        self.assertEqual("", offences({}))

    def test_upward_include(self):
        self.assert_finds("kernels/arithmetic may not include",
                          {"kernels/arithmetic/adam.hpp": '#include "kernels/published/layout.cpp"\n'})

    def test_public_header_that_looks_inside(self):
        self.assert_finds("lib/include/cuvae/model.hpp:1: ",
                          {"lib/include/cuvae/model.hpp": '#include "models/train.hpp"\n'})

    def test_folders_beside_each_other(self):
        self.assert_finds("kernels/tokens may not include",
                          {"kernels/tokens/layout.hpp": '#include "kernels/published/layout.cpp"\n'})

    def test_include_from_outside(self):
        self.assert_finds("is not in kernels/, lib/ or cli/", {"lib/models/train.cpp": '#include "bench/x.hpp"\n'})

    def test_cycle_of_headers(self):
        self.assert_finds("includes itself: ", {"lib/models/train.hpp": '#include "models/model.hpp"\n',
                                                "lib/models/model.hpp": '#include "models/train.hpp"\n'})

    def test_source_directly_under_lib(self):
        self.assert_finds("lies directly under lib/", {"lib/device.cpp": ""})

    def test_folder_without_a_place(self):
        self.assert_finds("its folder lib/new is not in the order", {"lib/new/new.cpp": ""})

    def test_place_without_a_folder(self):
        self.assert_finds("lists lib/gone", {}, ORDER.replace("cli ", "lib/gone\ncli "))

    def test_comparison_of_a_recipe(self):
        self.assert_finds("compares a recipe", {"cli/main.cpp": 'if (options.recipe == "best") {}\n'})
        self.assert_finds("compares a recipe", {"cli/main.cpp": "if (kind != Recipe::published) {}\n"})
        self.assertEqual("", offences({"cli/main.cpp": '// recipe == "best"\n'}))

    def test_public_function_defined_in_kernels(self):
        body = "\nModel train(int rows) {\n  return {};\n}\n\n}\n"
        self.assert_finds("defines the public train()", {"kernels/tokens/train.cpp": "namespace cuvae {\n" + body})
        self.assertEqual("", offences({"kernels/tokens/train.cpp": "namespace cuvae::cuda {\n" + body}))
        self.assertEqual("", offences({"kernels/tokens/train.cpp": "namespace cuvae {\nnamespace {\n" + body + "}\n"}))

    def test_long_file(self):
        self.assert_finds("has 601 lines", {"cli/main.cpp": "\n" * 601})
        self.assertEqual("", offences({"cli/main.cpp": "\n" * 600}))


if __name__ == "__main__":
    unittest.main()
