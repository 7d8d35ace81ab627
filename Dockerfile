# One image for web, worker and beat. Build: docker build -t samraad . The proxy: docker build --target proxy .
FROM node:22-bookworm-slim AS assets
WORKDIR /src
RUN apt-get update && apt-get install -y --no-install-recommends python3 && rm -rf /var/lib/apt/lists/*
COPY package.json package-lock.json .npmrc ./
COPY config/assets.py config/assets.py
RUN python3 config/assets.py

FROM python:3.11-slim-bookworm AS build
ENV PYTHONDONTWRITEBYTECODE=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src
RUN python -m venv /venv
COPY requirements/uv.txt requirements/base.txt requirements/
RUN python -m venv /installer \
 && /installer/bin/pip install --quiet --require-hashes -r requirements/uv.txt \
 && /installer/bin/uv pip install --quiet --system-certs --python /venv/bin/python --compile-bytecode --require-hashes -r requirements/base.txt
COPY . .
COPY --from=assets /src/static/vendor static/vendor
# Catalogues and static files are part of the image; the secrets made here are thrown away with this stage's /tmp.
RUN /venv/bin/python -m config.messages compile \
 && VAR_DIR=/tmp/build STATIC_ROOT=/src/static-root /venv/bin/python manage.py collectstatic --noinput --verbosity 0 \
 && chmod -R a+rX /src

FROM debian:bookworm-slim AS proxy
RUN apt-get update && apt-get install -y --no-install-recommends nginx-light && rm -rf /var/lib/apt/lists/*
COPY config/nginx.conf /etc/nginx/nginx.conf
USER www-data
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=5s --retries=4 CMD ["bash", "-c", "</dev/tcp/127.0.0.1/8080"]
CMD ["nginx", "-e", "stderr", "-g", "daemon off;"]

FROM python:3.11-slim-bookworm
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    VAR_DIR=/data STATIC_ROOT=/app/static-root HOST=0.0.0.0 PORT=8000 LOG_FORMAT=json
# Pango and a font: papers as PDF.
RUN apt-get update \
 && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
 && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin samraad \
 && install -d -o samraad -g samraad -m 0700 /data
COPY --from=build /venv /venv
COPY --from=build /src /app
WORKDIR /app
USER samraad
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=4 \
  CMD ["python", "-m", "config.healthcheck"]
CMD ["gunicorn", "-c", "python:config.web", "config.wsgi"]
