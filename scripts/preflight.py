"""Checks before the app is installed or started; each failure is one clear sentence. Plain Python, so that it runs before anything is installed.

preflight.py python            this Python is new enough
preflight.py disk FOLDER       there is room for the requirements
preflight.py port PORT         nobody listens there yet
"""

import shutil
import socket
import sys

NEEDED_GB = 4


def python():
    if sys.version_info < (3, 11):
        sys.exit(
            "Python 3.11 or newer is needed, this is %d.%d. Install it, or name it: make run PYTHON=/path/to/python3.11"
            % sys.version_info[:2]
        )
    try:
        import ensurepip  # noqa: F401
    except ImportError:
        sys.exit("This Python can't make virtual environments. On Debian or Ubuntu: apt install python3-venv")


def disk(folder):
    free = shutil.disk_usage(folder).free / 1e9
    if free < NEEDED_GB:
        sys.exit(
            "%.1f GB are free at %s, the installation needs %d GB. Free some space and run the command again." % (free, folder, NEEDED_GB)
        )


def port(number):
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", int(number)))
        except (OSError, OverflowError, ValueError):
            sys.exit(
                "Port %s can't be used: another program holds it, or it isn't a free port number. Choose another: make run PORT=8600"
                % number
            )


if __name__ == "__main__":
    words = sys.argv[1:]
    while words:
        check = words.pop(0)
        if check == "python":
            python()
        else:
            {"disk": disk, "port": port}[check](words.pop(0))
