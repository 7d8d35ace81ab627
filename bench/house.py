"""How large the house is: `python -m bench.house` prints lines, files, functions and comments, room by room.

Only what git knows is counted; migrations are not, for they are written anew by a command.
"""

import ast
import io
import statistics
import subprocess
import tokenize
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

FLOORS = ("config", "consultations", "workflow", "notifications")
LONG = 50
"""Lines above which a function is called long; its decorators and docstring count."""

REGISTERED = "register"
"""A registry is a module that offers this function, or one of this name and a noun, to the floors above."""


def sources() -> list[Path]:
    """Every Python file of the product and its tests, by name."""
    listed = subprocess.run(["git", "ls-files", "*.py"], capture_output=True, text=True, check=True).stdout.split()
    return [path for path in map(Path, listed) if "migrations" not in path.parts and path.exists()]


def room_of(path: Path) -> str:
    """The room a file lives in, such as `workflow/actions`; the floor alone where a floor has no rooms."""
    floor, *below = path.parts
    return f"{floor}/{Path(below[0]).stem}" if floor in ("workflow", "consultations") and below else floor


def functions(text: str) -> Iterator[tuple[str, int]]:
    """Each function of a source text with its length in lines."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            yield node.name, (node.end_lineno or node.lineno) - first + 1


def comments(text: str) -> int:
    """How many lines of a source text bear a comment; `noqa`, `type:` and `fmt:` are none."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    marks = ("noqa", "type:", "fmt:", "pragma", "nosec", "!")
    return sum(token.type == tokenize.COMMENT and not token.string[1:].strip().startswith(marks) for token in tokens)


def main() -> None:
    """Prints the table."""
    sizes: dict[str, list[tuple[int, Path]]] = defaultdict(list)
    lengths: list[tuple[int, str, Path]] = []
    remarks: Counter[str] = Counter()
    for path in sources():
        text = path.read_text(encoding="utf-8")
        sizes[room_of(path)].append((text.count("\n"), path))
        remarks[room_of(path)] += comments(text)
        if path.parts[0] in FLOORS:
            lengths += [(length, name, path) for name, length in functions(text)]
    print("| room | lines | files | median | largest | comments per hundred lines |\n|---|--:|--:|--:|---|--:|")
    for room, files in sorted(sizes.items()):
        lines = sum(size for size, _ in files)
        largest, path = max(files)
        median = statistics.median_low([size for size, _ in files])
        print(
            f"| `{room}` | {lines:,} | {len(files)} | {median} | {largest} `{path.name}` | "
            f"{100 * remarks[room] / max(lines, 1):.1f} |"
        )
    product = [size for room, files in sizes.items() if room.split("/")[0] in FLOORS for size, _ in files]
    comment_lines = sum(number for room, number in remarks.items() if room.split("/")[0] in FLOORS)
    long = sorted((entry for entry in lengths if entry[0] > LONG), reverse=True)
    print(
        f"\nProduct: {sum(product):,} lines in {len(product)} files, median {statistics.median_low(product)}, "
        f"largest {max(product)}; {100 * comment_lines / sum(product):.1f} comments per hundred lines."
    )
    print(
        f"Functions: {len(lengths):,}, of which {len(long)} over {LONG} lines ({100 * len(long) / len(lengths):.1f} %)."
    )
    for length, name, path in long:
        print(f"  {length:>4} {path}::{name}")


if __name__ == "__main__":
    main()
