"""Finds calls in source code that could run what a file or a study says."""

import ast
from collections.abc import Iterator

#: Modules whose formats run code when they are read, or that run commands through a shell.
MODULES = {"pickle", "cPickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "pty", "code", "codeop"}
#: Calls by their full names.
CALLS = {
    *("eval", "exec", "compile", "__import__", "input", "breakpoint"),
    *("os.system", "os.popen", "os.startfile", "subprocess.getoutput", "subprocess.getstatusoutput"),
    *("torch.load", "torch.jit.load", "torch.hub.load", "torch.package.PackageImporter"),
    *("pandas.read_pickle", "pandas.eval", "numpy.loadtxt", "numpy.genfromtxt", "numpy.fromregex"),
    *("yaml.load", "yaml.load_all", "yaml.full_load", "yaml.unsafe_load", "yaml.dump"),
    *("shutil.unpack_archive", "tempfile.mktemp", "asyncio.create_subprocess_shell"),
    *("xml.etree.ElementTree.parse", "xml.dom.minidom.parse"),
}
#: Methods by their last names, whatever they are called on.
METHODS = {"to_pickle", "extractall", "unsafe_load"}
#: Families of calls by the beginnings of their full names.
FAMILIES = ("os.exec", "os.spawn", "os.posix_spawn")
#: What these arguments may be, wherever they stand.
ONLY = {"shell": False, "trust_remote_code": False, "allow_pickle": False, "weights_only": True, "verify": True}
#: Calls that read pickles unless they are told not to.
MUST_SAY = {
    "numpy.load": "allow_pickle",
    "numpy.lib.format.read_array": "allow_pickle",
}
#: Calls whose argument is trusted, and the files that may make them.
TRUSTING = {
    "importlib.import_module": {
        "workflow/spectran/reporting/tables/__init__.py",
        "workflow/spectran/reporting/figures/__init__.py",
        "benchmarks/__main__.py",
    },
    "markupsafe.Markup": {"workflow/spectran/reporting/render/html.py"},
}


def forbidden(source: str, path: str = "") -> list[str]:
    """What is found, as "line: what"."""
    tree = ast.parse(source)
    aliases: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            aliases |= {alias.asname: alias.name for alias in node.names if alias.asname}
        elif isinstance(node, ast.ImportFrom) and node.module:
            aliases |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return [
        f"{getattr(node, 'lineno', 0)}: {what}" for node in ast.walk(tree) for what in _of_node(node, aliases, path)
    ]


def _of_node(node: ast.AST, aliases: dict[str, str], path: str) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (f"import {name.name}" for name in node.names if name.name.partition(".")[0] in MODULES)
    elif isinstance(node, ast.ImportFrom):
        if (node.module or "").partition(".")[0] in MODULES:
            yield f"import {node.module}"
    elif isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and key.value in ONLY and not _is(value, ONLY[key.value]):
                yield f"{key.value} given"
    elif isinstance(node, ast.Call):
        yield from _of_call(node, aliases, path)


def _of_call(node: ast.Call, aliases: dict[str, str], path: str) -> Iterator[str]:
    name = _name(node.func, aliases)
    if (
        name in CALLS
        or name.startswith(FAMILIES)
        or (isinstance(node.func, ast.Attribute) and node.func.attr in METHODS)
    ):
        yield f"{name} called"
    if name in TRUSTING and path not in TRUSTING[name]:
        yield f"{name} called"
    given = {keyword.arg: keyword.value for keyword in node.keywords}
    for argument, wanted in ONLY.items():
        if argument in given and not _is(given[argument], wanted):
            yield f"{argument} given to {name}"
    if name in MUST_SAY and MUST_SAY[name] not in given:
        yield f"{name} called without {MUST_SAY[name]}"
    if (
        name.startswith("subprocess.")
        and node.args
        and isinstance(node.args[0], (ast.Constant, ast.JoinedStr, ast.BinOp))
    ):
        yield f"{name} called with a command line as text"


def _is(node: ast.expr, value: bool) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def _name(node: ast.expr, aliases: dict[str, str]) -> str:
    """Full dotted name of what is called, as imported; "" for what has none."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    first = aliases.get(node.id, node.id) if isinstance(node, ast.Name) else ""
    return ".".join([first, *reversed(parts)])
