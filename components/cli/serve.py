"""`serve`: a model behind HTTP, for this machine's other programs: POST /predict, GET /healthz, GET /openapi.json."""

import signal
import socket
import sys
from argparse import Namespace

from components.cli.answering import load_answering
from components.errors import UserError
from components.messages import message

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def run(options: Namespace, language: str) -> None:
    """Serves until it is told to stop. Raises UserError where the model can't be asked or the address is taken."""
    import uvicorn

    from components.cli.service import Bounds, service

    task, answering = load_answering(options.model, options.task)
    bounds = Bounds(options.max_texts, options.max_characters, options.max_bytes, options.max_waiting)
    here = options.host in LOOPBACK
    app = service(options.model, task, answering, bounds, options.token, hosts=LOOPBACK if here and not options.token else None)
    bound = _bound(options.host, options.port)
    shown = f"[{options.host}]" if ":" in options.host else options.host
    print(
        message("cli.serving", language, url=f"http://{shown}:{bound.getsockname()[1]}", model=options.model), file=sys.stderr, flush=True
    )
    if not here and not options.token:
        print(message("cli.open_to_all", language), file=sys.stderr, flush=True)
    # Nothing of what is asked is logged; a stop lets the answers in progress end.
    server = uvicorn.Server(
        uvicorn.Config(app, log_level="error", access_log=False, timeout_graceful_shutdown=10, timeout_keep_alive=5, server_header=False)
    )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # what uvicorn raises again after it has stopped in order
    server.run(sockets=[bound])


def _bound(host: str, port: int) -> socket.socket:
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        made = socket.socket(family, socket.SOCK_STREAM)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        made.listen(128)
    except OSError as error:
        raise UserError("cli.address", host=host, port=port, why=error.strerror or str(error)) from error
    return made
