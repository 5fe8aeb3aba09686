"""Open a workbook in LibreOffice with a password, save it without: ``python3 office_open.py FILE PASSWORD TARGET``.

Runs under the system's Python, which has the ``uno`` module.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from office_edit import PropertyValue, connect, free_port


def main(file: str, password: str, target: str) -> None:
    with tempfile.TemporaryDirectory() as profile:
        port = free_port()
        office = subprocess.Popen([
            "soffice", "--headless", "--norestore", "--nologo", f"-env:UserInstallation=file://{profile}",
            f"--accept=socket,host=127.0.0.1,port={port};urp",
        ], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            context = connect(port)
            desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
            how = (PropertyValue("Hidden", 0, True, 0), PropertyValue("Password", 0, password, 0))
            document = desktop.loadComponentFromURL(Path(file).resolve().as_uri(), "_blank", 0, how)
            plainly = (PropertyValue("FilterName", 0, "Calc MS Excel 2007 XML", 0),)
            document.storeToURL(Path(target).resolve().as_uri(), plainly)
            document.close(True)
        finally:
            office.terminate()
            office.wait(30)


if __name__ == "__main__":
    main(*sys.argv[1:])
