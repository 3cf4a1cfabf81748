"""Packs Python's standard library for the browser: compiled, and without what never runs on a phone.

As Pyodide ships it, it is source code that every start without a snapshot would compile.
"""

import zipfile
from pathlib import Path

from mobile_app.packaging.web import bundle, pyodide

NAME = "python_stdlib.zip"
PLACE = "/lib/python314.zip"  # where Pyodide puts it
UNUSED = (  # tools for developers, servers, mail, processes, terminals, and encodings of DOS and old Macs
    "_pydatetime.py",
    "_pyio.py",
    "_pyrepl/",
    "bdb.py",
    "cProfile.py",
    "compileall.py",
    "ctypes/macholib/",
    "doctest.py",
    "encodings/cp7",
    "encodings/cp8",
    "encodings/mac_",
    "ftplib.py",
    "http/server.py",
    "imaplib.py",
    "mailbox.py",
    "modulefinder.py",
    "multiprocessing/",
    "pdb.py",
    "pickletools.py",
    "poplib.py",
    "profile.py",
    "pstats.py",
    "pyclbr.py",
    "pydoc.py",
    "smtplib.py",
    "tabnanny.py",
    "trace.py",
    "unittest/",
    "wave.py",
    "wsgiref/",
    "xmlrpc/",
    "zipapp.py",
)


def pack(runtime: Path, work: Path, folder: Path) -> None:
    """Write the library of the Pyodide in the folder `runtime` to `folder`, as `NAME`; `work` is for the
    files in between."""
    with zipfile.ZipFile(runtime / NAME) as shipped:
        members = [name for name in shipped.namelist() if not name.startswith(UNUSED)]
        shipped.extractall(work, members)
    pyodide.byte_compile(work, runtime, PLACE)
    bundle.pack_folder(work, folder / NAME)
