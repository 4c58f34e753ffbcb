# For Hugging Face Spaces (sdk: docker, app_port: 8501) and any other container host.
FROM python:3.11-slim

RUN useradd --create-home --uid 1000 user
USER user
WORKDIR /home/user/app
ENV PATH=/home/user/.local/bin:$PATH \
    PYTHONUNBUFFERED=1

COPY --chown=user requirements.txt requirements-decoder.txt ./
RUN pip install --no-cache-dir --user --index-url https://download.pytorch.org/whl/cpu "$(grep '^torch==' requirements.txt)" \
 && pip install --no-cache-dir --user -r requirements.txt \
 && pip install --no-cache-dir --user --no-deps -r requirements-decoder.txt
COPY --chown=user . .

EXPOSE 8501
# Alive, not ready: a full disk must not restart it for ever.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8501/healthz', timeout=4)"]
# Runs are kept in /home/user/lab unless a setting, also one of the app's old name, says where.
# Inside the frame of a Space the cookie against forged requests must be sent to another site; elsewhere leave this variable out.
CMD ["sh", "-c", "if [ -n \"$SPACE_ID\" ]; then export STREAMLIT_SERVER_XSRF_COOKIE_SAME_SITE=none; fi; if [ -z \"$HIMOTOKU_HOME$TRANSFORMER_LAB_HOME\" ]; then export HIMOTOKU_HOME=/home/user/lab; fi; exec streamlit run server.py --server.port 8501 --server.address 0.0.0.0"]
