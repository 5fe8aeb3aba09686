"""Edit workbooks in LibreOffice as a person would: ``python3 office_edit.py < edits.json``.

The edits are ``{"a.xlsx": [["封面", "B4", "KH0012"], …], …}``. Runs under the
system's Python, which has the ``uno`` module. Every entry goes through the
dispatcher, so that protection, formulas and typed dates act as they do for a
person; setting a cell's value directly would go past all three.
"""

import json
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import uno
from com.sun.star.beans import PropertyValue


def main(files: dict[str, list[list[str]]]) -> None:
    with tempfile.TemporaryDirectory() as profile:
        port = free_port()
        office = subprocess.Popen([
            "soffice", "--headless", "--norestore", "--nologo", f"-env:UserInstallation=file://{profile}",
            f"--accept=socket,host=127.0.0.1,port={port};urp",
        ], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            context = connect(port)
            for file, edits in files.items():
                edit(context, Path(file), edits)
        finally:
            office.terminate()
            office.wait(30)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def connect(port: int) -> object:
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(240):
        try:
            return resolver.resolve(f"uno:socket,host=127.0.0.1,port={port};urp;StarOffice.ComponentContext")
        except Exception:
            time.sleep(0.25)
    raise SystemExit("LibreOffice did not start")


def edit(context: object, file: Path, edits: list[list[str]]) -> None:
    manager = context.ServiceManager
    desktop = manager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
    dispatcher = manager.createInstanceWithContext("com.sun.star.frame.DispatchHelper", context)
    document = desktop.loadComponentFromURL(file.resolve().as_uri(), "_blank", 0, (PropertyValue("Hidden", 0, True, 0),))
    controller = document.getCurrentController()
    for sheet, cell, text in edits:
        controller.setActiveSheet(document.Sheets.getByName(sheet))
        send(dispatcher, controller.Frame, ".uno:GoToCell", ToPoint=cell)
        send(dispatcher, controller.Frame, ".uno:EnterString", StringName=text)
    document.store()
    document.close(True)


def send(dispatcher: object, frame: object, command: str, **arguments: str) -> None:
    properties = tuple(PropertyValue(name, 0, value, 0) for name, value in arguments.items())
    dispatcher.executeDispatch(frame, command, "", 0, properties)


if __name__ == "__main__":
    main(json.load(sys.stdin))
