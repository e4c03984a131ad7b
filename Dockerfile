# One image for the API, the workers, beat and Flower; the command decides what a container is.
FROM python:3.13-slim AS build
WORKDIR /src
COPY requirements.txt ./
RUN python -m venv /opt/rolecall && /opt/rolecall/bin/pip install --no-cache-dir --require-hashes -r requirements.txt
COPY pyproject.toml README.md LICENSE celeryconfig.py ./
COPY worker worker
COPY api api
RUN /opt/rolecall/bin/pip install --no-cache-dir --no-index --no-deps --no-build-isolation .

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /var/lib/rolecall --create-home rolecall
COPY --from=build /opt/rolecall /opt/rolecall
ENV PATH=/opt/rolecall/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER rolecall
WORKDIR /var/lib/rolecall
EXPOSE 8000
CMD ["uvicorn", "api.app:app", "--host", "0.0.0.0", "--port", "8000"]
