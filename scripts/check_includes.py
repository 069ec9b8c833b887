#!/usr/bin/env python3
"""Holds the sources against what ARCHITECTURE.md says about them.

    scripts/check_includes.py [ROOT]

ARCHITECTURE.md has a block of kind "folders": all folders with sources under kernels/, lib/ and cli/, lowest
first. A file may include files of its own folder and of those above it in that list; a line that begins with
"|" stands beside the one before it, and neither may include the other. So there are no cycles. Besides:

- no source lies directly under lib/ or kernels/, and no two headers include each other,
- a recipe's name is compared nowhere but in the table of recipes,
- what lib/include declares in the namespace cuvae is not defined under kernels/,
- no file of code has more than 600 lines.

Prints one line for each offence and ends with 1 where there is any. Python's standard library only.
"""
import os
import re
import sys
from pathlib import Path

ORDERED = ("kernels", "lib", "cli")
SOURCES = (".hpp", ".h", ".cpp", ".c", ".cuh", ".cu", ".inl")
CODE = SOURCES + (".py", ".sh", ".cmake", "CMakeLists.txt")
MOST_LINES = 600
PUBLIC = "lib/include/cuvae"
# The one table of recipes.
RECIPES = "lib/models/recipes."


def listed_folders(text):
    """Places of the folders in the order, {folder: (line, place beside the line above)}."""
    block = re.search(r"^```folders\n(.*?)^```", text, re.S | re.M)
    if not block:
        sys.exit('ARCHITECTURE.md has no block that begins with ```folders')
    places = {}
    rank = 0
    for line in block[1].splitlines():
        words = line.split()
        if not words:
            continue
        beside = words[0] == "|"
        rank += not beside
        folder = words[1 if beside else 0]
        if folder in places:
            sys.exit(f"ARCHITECTURE.md lists {folder} twice")
        places[folder] = rank
    return places


def code_of(text, with_texts=True):
    """Comments blanked out, and on request what stands in quotes; lines stay where they are."""
    def blank(found):
        quoted = found[0][0] in "\"'"
        return found[0] if quoted and with_texts else re.sub(r"[^\n]", " ", found[0])
    quotes = r'"(?:\\.|[^"\\\n])*"|\b\d[\d\']*|\'(?:\\.|[^\'\\\n])*\''
    return re.sub(quotes + r"|//[^\n]*|/\*.*?\*/", blank, text, flags=re.S)


def files_under(root):
    for folder, inner, names in os.walk(root):
        inner[:] = [name for name in inner if not name.startswith(".") and name not in ("build", "out")]
        for name in names:
            if name.endswith(CODE):
                yield str((Path(folder) / name).relative_to(root))


class Tree:
    def __init__(self, root):
        self.root = root
        self.files = sorted(files_under(root))
        self.sources = [name for name in self.files if name.endswith(SOURCES) and name.split("/")[0] in ORDERED]
        self.texts = {name: (root / name).read_text() for name in self.files}
        self.offences = []

    def offence(self, file, line, what):
        self.offences.append(f"{file}:{line}: {what}")

    def includes(self, file):
        """(line, text, file of this project or None) of what a file includes."""
        folder = file.rpartition("/")[0]
        for number, line in enumerate(self.texts[file].splitlines(), 1):
            found = re.match(r'\s*#\s*include\s*([<"])([^">]+)[">]', line)
            if not found:
                continue
            roots = ["", "lib/", "cli/", "lib/include/"] + ([folder + "/"] if found[1] == '"' else [])
            targets = [root + found[2] for root in roots if root + found[2] in self.texts]
            if targets or found[1] == '"' or found[2].startswith("cuvae/"):
                yield number, found[2], targets[0] if targets else None

    def check_order(self, places):
        folders = {name.rpartition("/")[0] for name in self.sources}
        for folder in sorted(folders - places.keys()):
            top = folder in ("lib", "kernels")
            for name in self.sources:
                if name.rpartition("/")[0] == folder:
                    self.offence(name, 1, f"lies directly under {folder}/, move it into a folder" if top else
                                 f"its folder {folder} is not in the order of ARCHITECTURE.md")
        for folder in sorted(places.keys() - folders):
            self.offence("ARCHITECTURE.md", 1, f"lists {folder}, which has no sources")
        for name in self.sources:
            for line, text, target in self.includes(name):
                if self.is_allowed(name, target, places):
                    continue
                if target is None:
                    self.offence(name, line, f'"{text}" is not in kernels/, lib/ or cli/')
                else:
                    self.offence(name, line, f"{name.rpartition('/')[0]} may not include \"{text}\": "
                                 f"{target.rpartition('/')[0]} is not below it in ARCHITECTURE.md")

    def is_allowed(self, name, target, places):
        if target is None:
            return False
        folder, other = name.rpartition("/")[0], target.rpartition("/")[0]
        if folder == other or folder not in places:
            return True
        return places.get(other, len(places) + 1) < places[folder]

    def check_header_cycles(self):
        done, path = set(), []

        def visit(name):
            if name in path:
                self.offence(name, 1, "includes itself: " + " -> ".join(path[path.index(name):] + [name]))
            elif name not in done:
                path.append(name)
                for _, _, target in self.includes(name):
                    if target:
                        visit(target)
                path.pop()
                done.add(name)

        for name in self.sources:
            visit(name)

    def check_recipes(self):
        if not any(name.startswith(RECIPES) for name in self.sources):
            return  # the table is not there yet
        compared = re.compile(r'\brecipe\s*[=!]=|[=!]=\s*(?:"(?:best|fast|published|seed)"|Recipe::)')
        for name in self.sources:
            if name.startswith(RECIPES):
                continue
            for number, line in enumerate(code_of(self.texts[name]).splitlines(), 1):
                if compared.search(line):
                    self.offence(name, number, f"compares a recipe, which only {RECIPES}* does: {line.strip()}")

    def check_public_functions(self):
        """A definition in namespace cuvae, at the beginning of a line, of a name that a public header declares."""
        functions, types = set(), set()
        for name in self.sources:
            if name.startswith(PUBLIC):
                text = code_of(self.texts[name], with_texts=False)
                functions |= set(re.findall(r"^[\w:][^\n;{}()=]*?\b(\w+)\(", text, re.M))
                types |= set(re.findall(r"^(?:class|struct) (\w+)", text, re.M))
        for name in self.sources:
            if name.startswith("kernels/"):
                text = code_of(self.texts[name], with_texts=False)
                for number, space, words in definitions(text):
                    owner = words.rpartition("::")[0]
                    if space == "cuvae" and (owner in types if owner else words in functions):
                        self.offence(name, number, f"defines the public {words}(); kernels/ has kernels only")

    def check_lengths(self):
        for name in self.files:
            lines = self.texts[name].count("\n")
            if lines > MOST_LINES:
                self.offence(name, lines, f"has {lines} lines, {MOST_LINES} are the most")


def definitions(text):
    """(line, namespace, name) of the functions that a text in this project's format defines."""
    spaces = []
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        opened = re.match(r"namespace ?([\w:]*) ?\{", line)
        if opened:
            spaces.append(opened[1])
        elif line.startswith("}") and not line[1:].strip() and spaces and closes_namespace(lines, number):
            spaces.pop()
        begun = re.match(r"(?:[\w:][^;{}()=]*?[ &*>])?([\w:]+)\(", line)
        if begun and not line.startswith(("using", "#", "template", "static_assert", "return")):
            rest = "\n".join(lines[number - 1:number + 12])
            body, end = rest.find("{"), rest.find(";")
            if body >= 0 and (end < 0 or body < end):
                yield number, "::".join(spaces), begun[1]


def closes_namespace(lines, number):
    """Whether the brace at the beginning of a line ends a namespace, not a function or a type."""
    depth = 0
    for line in reversed(lines[:number]):
        depth += line.count("}") - line.count("{")
        if depth <= 0:
            return line.startswith("namespace")
    return False


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent)
    tree = Tree(root)
    tree.check_order(listed_folders((root / "ARCHITECTURE.md").read_text()))
    tree.check_header_cycles()
    tree.check_recipes()
    tree.check_public_functions()
    tree.check_lengths()
    print("\n".join(tree.offences) if tree.offences else
          f"{len(tree.sources)} sources keep to the order of ARCHITECTURE.md")
    sys.exit(1 if tree.offences else 0)


if __name__ == "__main__":
    main()
