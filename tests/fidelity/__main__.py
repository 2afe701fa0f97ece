"""`python -m tests.fidelity`: many values for every schema; a disagreement ends it with 1."""

from __future__ import annotations

import argparse
import sys
import time

from tests.fidelity.subjects import DOCUMENTS, subjects, try_out


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fidelity", description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000, help="values for each schema")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("documents", nargs="*", help=", ".join(DOCUMENTS))
    options = parser.parse_args()
    print(f"seed {options.seed}")
    failed = 0
    for document in options.documents or DOCUMENTS:
        with subjects(document) as found:
            known = set[str]()
            for subject in found:
                # Of those with schemas that say the same, the first gets nearly all.
                cases = options.cases // (20 if subject.fingerprint in known else 1)
                known.add(subject.fingerprint)
                try:
                    fitting, others = try_out(subject, cases, options.seed)
                except AssertionError as error:
                    failed += 1
                    print(f"FAILED  {error}", flush=True)
                else:
                    print(f"{subject.name}: {fitting} fit, {others} do not", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
