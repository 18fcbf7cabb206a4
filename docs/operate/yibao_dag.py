"""Yibao every night by Airflow 2.10 or 3, in the environment of Yibao, not in that of Airflow.

The logical date is the date of the night, so a task that is run again, or a backfill, writes into
the folder of its night: the config says `output: /srv/yibao/runs/{date}`.
"""

from datetime import datetime, timedelta

from airflow import DAG

try:
    from airflow.providers.standard.operators.bash import BashOperator
except ImportError:  # Airflow 2 without the standard provider
    from airflow.operators.bash import BashOperator

# 3: some articles failed, tried again next night; 99: Airflow marks the task as skipped
RUN = """
/opt/yibao/.venv/bin/pipeline run --log-format json \
    --config /srv/yibao/config.yaml --date {{ ds }}
code=$?
case $code in
    3) exit 0 ;;
    5) exit 99 ;;
    *) exit $code ;;
esac
"""

with DAG(
    dag_id="yibao",
    description="Translate and check the pages of the night",
    schedule="0 2 * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    default_args={
        "retries": 3,
        "retry_delay": timedelta(minutes=10),
        "execution_timeout": timedelta(hours=8),
    },
) as dag:
    BashOperator(task_id="run", bash_command=RUN, skip_on_exit_code=99, append_env=True)
