"""The command `chejian`. Commands load only what they need: the supervisor runs without Django."""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from chejian import __version__, folder
from chejian.console import OperatorError, _

#: commands that are management commands under a name of their own
ALIASES = {
    "check": "check_ledgers", "import": "import_files", "demo": "demo",
    "export-archive": "export_archive", "load-archive": "load_archive",
    "reindex": "reindex_search",
}


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 is well, 1 a failure that was explained, 2 a wrong command line."""
    given = sys.argv[1:] if arguments is None else arguments
    try:
        if given and (given[0] in ALIASES or given[0] == "manage"):
            return manage(given)
        options = _parser().parse_args(given)
        command: Callable[[argparse.Namespace], None] = options.run
        command(options)
    except OperatorError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def up(options: argparse.Namespace) -> None:
    from chejian.up import Wishes
    from chejian.up import up as run

    wishes = Wishes(options.data, options.port, options.events_port, options.demo, options.lan)
    run(wishes, os.environ.get("DATABASE_URL"))


def web(options: argparse.Namespace) -> None:
    from chejian import serve

    _settle(options.data)
    serve.web(options.host, options.port)


def events(options: argparse.Namespace) -> None:
    from chejian import serve

    _settle(options.data)
    serve.events(options.host, options.port)


def worker(options: argparse.Namespace) -> None:
    from chejian import worker as jobs

    _settle(options.data)
    jobs.run()


def prepare(options: argparse.Namespace) -> None:
    _settle(options.data)
    from chejian.prepare import prepare as run

    run(demo=options.demo)


def version(_options: argparse.Namespace) -> None:
    print(f"chejian {__version__}, Python {sys.version.split()[0]}")


def manage(given: list[str]) -> int:
    """`chejian manage [--data DIR] COMMAND …` on the running database, or on one started for it."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--data", type=Path, default=folder.default_data())
    known, rest = parser.parse_known_args(given[1:])
    command = [ALIASES[given[0]], *rest] if given[0] in ALIASES else rest
    data = folder.open_folder(known.data)
    _settle(data)
    from chejian.own_database import database
    from chejian.postgres import FILLING_OPTIONS

    with database(data, FILLING_OPTIONS if given[0] == "demo" else ()) as url:
        os.environ["DATABASE_URL"] = url
        from django.core.management import execute_from_command_line

        try:
            execute_from_command_line([f"chejian {given[0]}", *command])
        except SystemExit as end:
            return int(end.code or 0)
    return 0


def _settle(data: Path) -> None:
    os.environ["CHEJIAN_DATA"] = str(data.expanduser().resolve())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chejian.settings")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("chejian", description=_("After-sales service for cars."))
    commands = parser.add_subparsers(required=True, metavar=_("command"))
    _add_up(commands)
    for name, run, port, text in (
        ("web", web, 8700, _("only the web server, on a database of one's own")),
        ("events", events, 8701, _("only the server of live screens")),
        ("worker", worker, None, _("only the worker that takes jobs")),
        ("prepare", prepare, None, _("bring database and static files to this version")),
    ):
        _add_role(commands, name, run, port, text)
    for name, text in (
        ("manage", _("a management command, such as `chejian manage help`")),
        ("check", _("re-sum every ledger and say what does not tie")),
        ("reindex", _("make the search index anew, while people work")),
        ("import", _("bring in files of another system")),
        ("export-archive", _("everything as an open archive")),
        ("load-archive", _("an archive into an empty house")),
        ("demo", _("make demo data")),
    ):
        commands.add_parser(name, help=text)
    commands.add_parser("version", help=_("the version")).set_defaults(run=version)
    return parser


def _add_up(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("up", help=_("start everything"))
    _add_data(parser)
    parser.add_argument("--demo", action="store_true",
                        help=_("fill an empty database with a demo group of stations"))
    parser.add_argument("--lan", action="store_true",
                        help=_("let phones and other computers of the network in"))
    parser.add_argument("--port", type=int, default=8700)
    parser.add_argument("--events-port", type=int, default=8701)
    parser.set_defaults(run=up)


def _add_role(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str, run: Callable[[argparse.Namespace], None], port: int | None, text: str,
) -> None:
    parser = commands.add_parser(name, help=text)
    _add_data(parser)
    if port is not None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=port)
    if name == "prepare":
        parser.add_argument("--demo", action="store_true")
    parser.set_defaults(run=run)


def _add_data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, default=folder.default_data(),
                        help=_("the data folder"))
