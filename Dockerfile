# Syllabot as an image. compose.yaml runs it; README, 'In a container', says how.

FROM python:3.11-slim AS build
WORKDIR /build
# Without a pip of its own: the image is used, not changed.
RUN python -m venv --without-pip /opt/syllabot
# The libraries first. This layer stays as it is when only the code changes.
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY bot/__init__.py bot/
RUN mkdir handlers db \
    && python -m pip --python /opt/syllabot/bin/python install --no-cache-dir --disable-pip-version-check \
        --constraint constraints.txt '.[postgres]'
COPY bot bot
COPY handlers handlers
COPY db db
RUN python -m pip --python /opt/syllabot/bin/python install --no-cache-dir --disable-pip-version-check \
        --no-deps .


FROM python:3.11-slim
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /data --shell /usr/sbin/nologin syllabot \
    && install --directory --owner=syllabot --group=syllabot --mode=0700 /data
COPY --from=build /opt/syllabot /opt/syllabot
ENV PATH=/opt/syllabot/bin:$PATH \
    DATABASE_URL=sqlite:////data/syllabot.sqlite3 \
    LISTEN_HOST=0.0.0.0 \
    METRICS_PORT=9464
USER syllabot
WORKDIR /data
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
# Whether the process lives, with `run` as with `serve`, also while Telegram or the database is away.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import http.client as http, os; c = http.HTTPConnection('127.0.0.1', int(os.environ['METRICS_PORT']), timeout=4); c.request('GET', '/metrics'); exit(c.getresponse().status != 200)"]
ENTRYPOINT ["syllabot"]
CMD ["run"]
