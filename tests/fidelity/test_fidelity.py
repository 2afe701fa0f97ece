"""A short run of `make fidelity`."""

import pytest

from tests.fidelity.subjects import DOCUMENTS, subjects, try_out

CASES = 12


@pytest.mark.parametrize("document", DOCUMENTS)
def test_models_and_schemas_agree(document):
    known = set[str]()
    with subjects(document) as found:
        for subject in found:
            if subject.fingerprint not in known:
                known.add(subject.fingerprint)
                try_out(subject, CASES)
