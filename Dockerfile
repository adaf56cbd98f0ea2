# One image for every process of ours: Airflow's services, Celery workers, the sandbox, the renown command.
#   hashed lock ──► virtual environment ──► copied into a slim image that runs as an ordinary user
FROM python:3.11-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 UV_LINK_MODE=copy VIRTUAL_ENV=/opt/venv
WORKDIR /opt/renown
RUN python -m venv /opt/venv
COPY requirements-bootstrap.lock requirements-celery.lock ./
RUN /opt/venv/bin/pip install --no-cache-dir --require-hashes -r requirements-bootstrap.lock \
 && /opt/venv/bin/uv pip sync --no-cache --require-hashes requirements-celery.lock requirements-bootstrap.lock
COPY . .
RUN /opt/venv/bin/uv pip install --no-cache --no-deps --no-build-isolation -e . \
 && /opt/venv/bin/python -m compileall -q /opt/renown

FROM python:3.11-slim-bookworm
ENV PATH=/opt/venv/bin:$PATH PYTHONPATH=/opt/renown PYTHONUNBUFFERED=1 RENOWN_HOME=/renown AIRFLOW_HOME=/renown/airflow
COPY --from=build /opt/venv /opt/venv
COPY --from=build /opt/renown /opt/renown
# A PDF of the week at a glance: Pango, and letters of all five languages.
RUN apt-get update && apt-get install -y --no-install-recommends \
      libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig fonts-dejavu-core fonts-noto-cjk \
 && rm -rf /var/lib/apt/lists/*
# Group 0, so that an orchestrator that picks another user id can still write.
RUN useradd --uid 10001 --gid 0 --home-dir /renown --shell /usr/sbin/nologin renown \
 && install -d -o 10001 -g 0 -m 0770 /renown
WORKDIR /opt/renown
USER 10001:0
VOLUME /renown
CMD ["renown", "--help"]
