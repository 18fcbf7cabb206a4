"""Yibao every night by Airflow 2.10 or 3, in the environment of Yibao, not in that of Airflow.

The date of a night is the day on which it begins, so a task that is run again, or a backfill,
writes into the folder of its night: the config says `output: /srv/yibao/runs/{date}`.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from airflow import DAG
from airflow.timetables.trigger import CronTriggerTimetable

try:
    from airflow.providers.standard.operators.bash import BashOperator
except ImportError:  # Airflow 2 without the standard provider
    from airflow.operators.bash import BashOperator

ZONE = "Asia/Shanghai"

# 1 and a signal: tried again. 2 (config) and 4 (gate) would only fail again, so `verdict` fails,
# which is never retried. 3: some articles failed, tried again next night. 99: skipped, because
# another run holds the folder. The last line is what `verdict` gets.
RUN = """
{% set began = dag_run.logical_date or dag_run.run_after %}
/opt/yibao/.venv/bin/pipeline run --log-format json \
    --config /srv/yibao/config.yaml --date {{ began.astimezone(dag.timezone).date() }}
code=$?
case $code in
    0|2|3|4) echo $code ;;
    5) exit 99 ;;
    *) exit $code ;;
esac
"""
VERDICT = """
code={{ ti.xcom_pull("run") }}
case $code in
    3) exit 0 ;;
    *) exit $code ;;
esac
"""

with DAG(
    dag_id="yibao",
    description="Translate and check the pages of the night",
    # a plain "0 2 * * *" would give each night the date of the night before it in Airflow 2
    schedule=CronTriggerTimetable("0 2 * * *", timezone=ZONE),
    start_date=datetime(2026, 1, 1, tzinfo=ZoneInfo(ZONE)),
    catchup=False,
    max_active_runs=1,
) as dag:
    run = BashOperator(
        task_id="run",
        bash_command=RUN,
        skip_on_exit_code=99,
        append_env=True,
        retries=3,
        retry_delay=timedelta(minutes=10),
        execution_timeout=timedelta(hours=8),
    )
    run >> BashOperator(task_id="verdict", bash_command=VERDICT, retries=0)
