"""Compile the loops, if that is wanted and can be done; all else is in pyproject.toml.

Without a compiler the same source runs as it is, only slower. `TOPICWIRE_REQUIRE_EXTENSION=1`
makes a failure to compile an error, `TOPICWIRE_PURE_PYTHON=1` does not try.
"""

import os

from setuptools import Extension, setup

PACKAGE = "src/topicwire"
FLAGS = ["-O3", "-g0"] if os.name == "posix" else []
# Each module, and the source that it is compiled from.
SOURCES = {
    "_batch_c": "_batch_py.py",
    "_claims_c": "_claims_py.py",
    "_context_c": "_context_py.py",
    "_inbound_c": "_inbound_py.py",
    "_instance_check_c": "_instance_check_py.py",
    "_json_scan": "_json_scan.pyx",
    "_nonces_c": "_nonces_py.py",
    "_packets_c": "_packets_py.py",
}


def extensions() -> list[Extension]:
    """Return the modules to compile."""
    if os.environ.get("TOPICWIRE_PURE_PYTHON", "") not in ("", "0"):
        return []
    from Cython.Build import cythonize

    modules = cythonize(
        [
            Extension(f"topicwire.{name}", [f"{PACKAGE}/{source}"], extra_compile_args=FLAGS)
            for name, source in SOURCES.items()
        ],
        compiler_directives={"language_level": 3, "annotation_typing": False},
        build_dir="build/cython",
        # It would not see that only a .pxd has changed, which has another name than the source.
        force=True,
    )
    required = os.environ.get("TOPICWIRE_REQUIRE_EXTENSION", "") not in ("", "0")
    for module in modules:
        # cythonize() makes new extensions, which have lost the flag if it was set before.
        module.optional = not required
    return modules


setup(ext_modules=extensions())
