# The production image: web, workers and clock are the same image with different commands (docker-compose.yml).
# No compiler, no test tools, no embedded broker; it runs as a user that may write nothing but /tmp.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app

COPY requirements/production.txt requirements/production.txt
RUN pip install --require-hashes -r requirements/production.txt

COPY manage.py ./
COPY paragon_smtp paragon_smtp
COPY audit audit
COPY accounts accounts
COPY settings_app settings_app
COPY notifications notifications
COPY templates templates
COPY static static
COPY locale locale
RUN python manage.py collectstatic --noinput \
    && python -m compileall -q . \
    && useradd --system --uid 10001 --no-create-home paragon

USER paragon
EXPOSE 8000
CMD ["gunicorn", "paragon_smtp.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", "--threads", "8", "--no-control-socket", "--logger-class", "paragon_smtp.gunicorn_logger.WebLogger", "--worker-tmp-dir", "/dev/shm"]
