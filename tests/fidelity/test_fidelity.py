"""A short run of `make fidelity`."""

import pytest

from tests.fidelity.subjects import DOCUMENTS, name_of, subjects, try_out

CASES = 12


@pytest.mark.parametrize("spec", DOCUMENTS, ids=name_of)
def test_models_and_schemas_agree(spec, tmp_path):
    with subjects(spec, tmp_path / "out") as found:
        for subject in found:
            try_out(subject, CASES)
