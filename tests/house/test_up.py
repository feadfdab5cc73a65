import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from chejian import prepare, up
from chejian.console import OperatorError


def test_a_taken_port_is_named():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(OperatorError, match=str(port)):
            up.check_port("127.0.0.1", port, patience=0.0)
    up.check_port("127.0.0.1", port, patience=5.0)


def test_an_old_process_on_the_port_does_not_pass_for_the_new_one():
    class Old(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps({"status": "ok", "start": "old"}).encode())

        def log_message(self, *_arguments):
            pass

    with HTTPServer(("127.0.0.1", 0), Old) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert up.started_as(server.server_port) == "old"
        server.shutdown()
    assert up.started_as(server.server_port) == ""


def test_public_passwords_stay_on_this_machine(tmp_path):
    wishes = up.Wishes(tmp_path / "data", demo=True, lan=True)
    with pytest.raises(OperatorError, match="--lan"):
        up.up(wishes, None)
    assert not (tmp_path / "data").exists()


def test_only_the_network_option_opens_to_the_network():
    assert up.Wishes(Path()).host == "127.0.0.1"
    assert up.Wishes(Path(), lan=True).host == "0.0.0.0"


@pytest.mark.parametrize(("version", "refused"), [(140012, True), (150000, False)])
def test_a_server_that_is_too_old_is_refused(version, refused):
    if refused:
        with pytest.raises(OperatorError, match="14"):
            prepare.check_server(version)
    else:
        prepare.check_server(version)


@pytest.mark.django_db
def test_a_schema_newer_than_the_code_is_refused():
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor
    from django.db.migrations.recorder import MigrationRecorder

    assert prepare.newer_than_code(MigrationExecutor(connection)) == []
    MigrationRecorder(connection).record_applied("core", "0999_from_the_future")
    MigrationRecorder(connection).record_applied("procrastinate", "9999_not_ours")
    executor = MigrationExecutor(connection)
    assert prepare.newer_than_code(executor) == ["core.0999_from_the_future"]
    with pytest.raises(OperatorError, match="0999_from_the_future"):
        prepare.migrate()
