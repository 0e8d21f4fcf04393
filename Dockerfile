# Baraza for running it for real: pages and translation worker, data in /data, no root inside.
# docs/running.md says how; compose.yaml adds PostgreSQL.

FROM python:3.13-slim AS installed
WORKDIR /srv/baraza
COPY requirements.lock ./
RUN python -m venv .venv \
    && .venv/bin/python -m pip install --no-cache-dir --require-hashes --no-deps \
       --only-binary :all: -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY app app
COPY bench bench
RUN .venv/bin/python -m pip install --no-cache-dir --no-deps --no-build-isolation --no-index --editable . \
    && .venv/bin/python -m compileall -q app bench

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin baraza \
    && install --directory --owner=baraza --group=baraza --mode=700 /data
WORKDIR /srv/baraza
COPY alembic.ini pyproject.toml README.md LICENSE ./
COPY migrations migrations
COPY static static
COPY translations translations
COPY --from=installed /srv/baraza/.venv .venv
COPY --from=installed /srv/baraza/app app
COPY --from=installed /srv/baraza/bench bench
ENV PATH=/srv/baraza/.venv/bin:$PATH \
    HOME=/data \
    BARAZA_DATA_DIR=/data \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER baraza
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["sh", "-c", "baraza migrate && exec baraza serve --host 0.0.0.0"]
