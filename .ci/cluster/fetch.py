"""Fetches the files whose addresses a text file lists, each on a line. A file that is there is not fetched again."""

import os
import sys
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

MOST_BYTES = 64 << 20  # the program reads no larger file
PATIENCE = 60  # seconds in which nothing arrives
TRIES = 4


def fetch(address: str, folder: Path) -> None:
    """Fetches one file; another process finds it whole, or not at all."""
    name = Path(urllib.parse.unquote(urllib.parse.urlsplit(address).path)).name
    place = folder / name
    if place.exists():
        return
    part = place.with_name(f"{name}.{os.getpid()}.part")
    for tried in range(1, TRIES + 1):
        try:
            with urllib.request.urlopen(address, timeout=PATIENCE) as response:
                content = response.read(MOST_BYTES + 1)
            break
        except OSError as error:
            if tried == TRIES:
                raise SystemExit(f"{address} did not arrive: {error}") from error
    part.write_bytes(content)
    part.rename(place)


def fetch_all(listed: Path, kept: Path, folder: Path) -> None:
    """Fetches all files of a list into `kept`, and links them into `folder` when all are there."""
    addresses = [line.strip() for line in listed.read_text().splitlines() if line.strip()]
    names = [Path(urllib.parse.urlsplit(address).path).name for address in addresses]
    double = sorted({name for name in names if names.count(name) > 1})
    if double:
        raise SystemExit(f"{listed}: several addresses end with {', '.join(double[:5])}: rename the files")
    kept.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda address: fetch(address, kept), addresses))
    folder.mkdir(parents=True, exist_ok=True)
    for file in kept.iterdir():
        if file.suffix != ".part" and not (folder / file.name).exists():
            os.link(file, folder / file.name)


if "snakemake" in globals():
    out = Path(snakemake.output[0])  # noqa: F821
    # Snakemake removes an unfinished output: what has arrived is kept beside it.
    fetch_all(Path(snakemake.input[0]), out.with_name("arrived"), out)  # noqa: F821
elif __name__ == "__main__":
    fetch_all(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
