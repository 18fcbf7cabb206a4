"""The recipes of docs/operate: read by their own tools where these are installed, else by rules."""

import ast
import importlib.util
import re
import shlex
import shutil
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from pipeline.cli import cli
from pipeline.config.file import load_config

ROOT = Path(__file__).parents[2]
OPERATE = ROOT / "docs/operate"


def text(name: str) -> str:
    return (OPERATE / name).read_text(encoding="utf-8")


def read_yaml(name: str) -> Any:
    return yaml.safe_load(text(name))


def commands(recipe: str) -> list[list[str]]:
    """Return the arguments of every `pipeline` command in a text."""
    joined = recipe.replace("\\\n", " ")
    found = re.findall(r"(?:^|[\s/])pipeline[ \t]+([a-z][^|;&\n]*)", joined, re.MULTILINE)
    return [shlex.split(arguments) for arguments in found]


RECIPES = ["crontab", "yibao.service", "cronjob.yaml", "indexed-job.yaml", "yibao_dag.py"]


@pytest.mark.parametrize("name", [*RECIPES, "nightly.yml", "Dockerfile"])
def test_every_command_of_a_recipe_has_only_options_that_exist(name: str) -> None:
    found = [c for c in commands(text(name)) if c[0] in ("run", "doctor")]
    assert found
    for name_of, *arguments in found:
        command = cli.get_command(click.Context(cli), name_of)
        assert command is not None
        options = {option for each in command.params for option in each.opts}
        assert {a for a in arguments if a.startswith("--")} <= options, arguments


@pytest.mark.parametrize("name", sorted(path.name for path in OPERATE.iterdir()))
def test_the_index_names_every_page_and_recipe(name: str) -> None:
    assert name == "README.md" or f"]({name})" in text("README.md")


def test_the_line_for_cron_has_five_fields_and_absolute_paths() -> None:
    lines = [line for line in text("crontab").splitlines() if line and line[0] not in "#M"]
    [line] = lines
    *fields, command = line.split(maxsplit=5)
    assert all(re.fullmatch(r"[\d*/,-]+", field) for field in fields)
    assert len(fields) == 5
    program, *arguments = shlex.split(command)
    paths = [program, arguments[arguments.index("--config") + 1]]
    assert all(path.startswith("/") for path in paths)
    assert "%" not in command  # a line break for cron


def test_systemd_accepts_the_units() -> None:
    service = text("yibao.service")
    for code in ("SuccessExitStatus=3 5", "RestartPreventExitStatus=2 4"):
        assert code in service
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    units = [str(OPERATE / name) for name in ("yibao.service", "yibao.timer")]
    answer = subprocess.run(
        ["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False
    )
    assert (answer.returncode, answer.stderr) == (0, "")


def test_the_config_is_valid() -> None:
    config = load_config(OPERATE / "config.yaml", day=date(2026, 11, 28))
    assert config.output.endswith("runs/2026-11-28")
    assert config.input.paths[0].endswith("incoming/2026-11-28")


def pod_of(recipe: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the spec of the job and of its pod."""
    job = recipe["spec"]["jobTemplate"]["spec"] if recipe["kind"] == "CronJob" else recipe["spec"]
    return job, job["template"]["spec"]


@pytest.mark.parametrize("name", ["cronjob.yaml", "indexed-job.yaml"])
def test_kubernetes_jobs_have_what_the_api_asks_for(name: str) -> None:
    recipe = read_yaml(name)
    assert recipe["apiVersion"] == "batch/v1"
    job, pod = pod_of(recipe)
    label = recipe["metadata"].get("name") or recipe["metadata"]["generateName"]
    assert re.fullmatch(r"[a-z0-9]([-a-z0-9]{0,50})", label)
    assert pod["restartPolicy"] == "Never"  # a policy for failed pods demands it
    [container] = pod["containers"]
    for rule in job["podFailurePolicy"]["rules"]:
        codes = rule.get("onExitCodes")
        if codes:
            assert codes["containerName"] == container["name"]
            assert codes["values"] == [2, 4]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert f"--uid {pod['securityContext']['runAsUser']} " in text("Dockerfile")
    assert {v["name"] for v in pod["volumes"]} == {m["name"] for m in container["volumeMounts"]}
    assert "3|5) exit 0" in container["args"][0]


def test_the_cron_job_and_the_indexed_job_differ_where_they_should() -> None:
    cron, indexed = read_yaml("cronjob.yaml")["spec"], read_yaml("indexed-job.yaml")["spec"]
    assert len(cron["schedule"].split()) == 5
    assert cron["concurrencyPolicy"] == "Forbid"
    assert (indexed["completionMode"], indexed["completions"] > 1) == ("Indexed", True)
    assert {"backoffLimitPerIndex", "maxFailedIndexes"} <= indexed.keys()
    assert "$JOB_COMPLETION_INDEX" in text("indexed-job.yaml")


def test_every_pod_has_the_day_of_the_desk_and_the_secrets_of_hooks() -> None:
    pods = [pod_of(read_yaml(name))[1] for name in ("cronjob.yaml", "indexed-job.yaml")]
    first, second = (pod["containers"][0] for pod in pods)
    assert first["env"] == second["env"] == [{"name": "TZ", "value": "Asia/Shanghai"}]
    assert first["envFrom"] == second["envFrom"]
    zone = first["env"][0]["value"]
    assert f'ZONE = "{zone}"' in text("yibao_dag.py")
    assert f"TZ: {zone}" in text("nightly.yml")


# what the file takes from Airflow: the same in 2.10 and in 3
AIRFLOW_NAMES = {
    "airflow": {"DAG"},
    "airflow.timetables.trigger": {"CronTriggerTimetable"},
    "airflow.operators.bash": {"BashOperator"},
    "airflow.providers.standard.operators.bash": {"BashOperator"},
}
AIRFLOW_ARGUMENTS = {
    "DAG": {
        *("dag_id", "description", "schedule", "start_date", "catchup", "max_active_runs"),
        "default_args",
    },
    "BashOperator": {
        *("task_id", "bash_command", "skip_on_exit_code", "append_env"),
        *("retries", "retry_delay", "execution_timeout"),
    },
    "CronTriggerTimetable": {"timezone"},
}


def test_airflow_can_read_the_dag(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    if importlib.util.find_spec("airflow") is not None:
        monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path))
        specification = importlib.util.spec_from_file_location("d", OPERATE / "yibao_dag.py")
        assert specification
        assert specification.loader
        module = importlib.util.module_from_spec(specification)
        specification.loader.exec_module(module)
        assert module.dag.task_ids == ["run", "verdict"]
    tree = ast.parse(text("yibao_dag.py"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("airflow"):
            assert {alias.name for alias in node.names} <= AIRFLOW_NAMES[str(node.module)]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            wanted = AIRFLOW_ARGUMENTS.get(node.func.id)
            assert wanted is None or {keyword.arg for keyword in node.keywords} <= wanted


# exit code of the run, of the task `run`, of the task `verdict` (None: it is not started)
ENDS = [(0, 0, 0), (1, 1, None), (2, 0, 2), (3, 0, 0), (4, 0, 4), (5, 99, None), (143, 143, None)]


@pytest.mark.skipif(shutil.which("bash") is None, reason="Airflow runs it with bash")
@pytest.mark.parametrize(("ended", "run", "verdict"), ENDS)
def test_only_what_may_succeed_later_is_retried_by_airflow(
    ended: int, run: int, verdict: int | None
) -> None:
    tree = ast.parse(text("yibao_dag.py"))
    scripts = {
        node.targets[0].id: str(ast.literal_eval(node.value))
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    assert "{{ began.astimezone(dag.timezone).date() }}" in scripts["RUN"]
    program = f"(exit {ended}) # "
    script = re.sub(r"{[{%].*?[%}]}", "", scripts["RUN"].replace("/opt/yibao", program))
    answer = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)
    assert answer.returncode == run
    if verdict is not None:
        [code] = answer.stdout.split()
        second = re.sub(r"{{.*?}}", code, scripts["VERDICT"])
        assert subprocess.run(["bash", "-c", second], check=False).returncode == verdict


def test_the_workflow_is_pinned_and_needs_no_rights() -> None:
    workflow = read_yaml("nightly.yml")
    assert workflow["permissions"] == {"contents": "read"}
    assert {"schedule", "workflow_dispatch"} <= workflow[True].keys()  # YAML reads `on` so
    [job] = workflow["jobs"].values()
    for step in job["steps"]:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", step.get("uses", f"a/b@{'0' * 40}"))
    assert "--require-hashes" in text("nightly.yml")
    assert "${{ github.event" not in text("nightly.yml")  # text of strangers in a shell


def test_the_image_follows_the_rules() -> None:
    recipe = text("Dockerfile")
    lines = recipe.replace("\\\n", " ").splitlines()
    steps = [line.split(maxsplit=1) for line in lines if line and line[0] not in "# "]
    words = [word for word, _ in steps]
    assert words.count("FROM") == 2
    bases = [rest.split()[0] for word, rest in steps if word == "FROM"]
    assert all(re.search(r":\d+\.\d+", base) for base in bases)  # no `latest`
    users = [rest for word, rest in steps if word == "USER"]
    assert users == ["10001:10001"]
    assert words.index("USER") > words.index("WORKDIR")
    assert [rest for word, rest in steps if word == "ENTRYPOINT"] == ['["pipeline"]']
    assert not {"ADD", "VOLUME", "EXPOSE"} & {*words}
    assert not re.search(r"(?i)password|secret|token", recipe)
    for install in re.findall(r"pip install [^&\n]*", recipe.replace("\\\n", " ")):
        assert "--no-cache-dir" in install
        assert "--require-hashes" in install or install.rstrip().endswith(" .")
    for word, rest in steps:
        if word == "COPY" and "--from" not in rest:
            for source in rest.split()[:-1]:
                assert (ROOT / source).exists(), source
