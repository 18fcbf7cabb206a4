"""scripts/simulate_scale.py runs a whole archive with a model that costs nothing."""

import json
import subprocess
import sys

import simulate_scale


def test_one_article_in_a_thousand_fails() -> None:
    command = [sys.executable, simulate_scale.__file__, "--quick", "--one", "1000"]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert json.loads(output)["failed"] == 1
