"""Reads cases (a 4-byte length, big-endian, and the bytes) and answers each with a line: `=` and what importlib.metadata reads of a
METADATA of these bytes, name and version in hex, or `!` and why it reads none."""

import importlib.metadata
import pathlib
import struct
import sys
import tempfile


def answer(folder, content):
    (folder / "METADATA").write_bytes(content)
    try:
        metadata = importlib.metadata.PathDistribution(folder).metadata
        name, version = metadata.get("Name"), metadata.get("Version")
    except Exception as error:
        return "!" + " ".join(str(error).split())
    if name is None or version is None:
        return "!it states no name or version"
    return "=" + " ".join(str(text).strip().encode("utf-8", "replace").hex() for text in (name, version))


def main():
    with tempfile.TemporaryDirectory() as around:
        folder = pathlib.Path(around) / "a-1.0.dist-info"
        folder.mkdir()
        while header := sys.stdin.buffer.read(4):
            content = sys.stdin.buffer.read(struct.unpack(">I", header)[0])
            print(answer(folder, content))


main()
