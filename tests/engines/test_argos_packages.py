"""Installing packages: what is damaged or would do harm changes nothing and is said plainly."""

import json
import stat
import threading
import zipfile
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from app.translation.argos_packages import (
    InstalledPackage,
    PackageError,
    damaged,
    fetch,
    install_file,
    installed,
    offered,
    remove,
    tag_of,
)

METADATA = {"package_version": "1.5", "from_code": "en", "to_code": "pb"}
WHOLE = {
    "translate-en_pb-1_5/metadata.json": json.dumps(METADATA),
    "translate-en_pb-1_5/model/model.bin": "model",
    "translate-en_pb-1_5/sentencepiece.model": "tokenizer",
}


def package_file(folder: Path, members: dict[str, str] = WHOLE) -> Path:
    file = folder / "package.argosmodel"
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file


def without(name: str) -> dict[str, str]:
    return {key: value for key, value in WHOLE.items() if not key.endswith(name)}


def described(**changes: str) -> dict[str, str]:
    text = json.dumps({**METADATA, **changes})
    return {**WHOLE, "translate-en_pb-1_5/metadata.json": text}


@pytest.mark.parametrize(
    ("code", "tag"),
    [("en", "en"), ("pb", "pt-BR"), ("zt", "zh-Hant"), ("zh", "zh"), ("nb", "nb"), ("??", None)],
)
def test_argos_codes_become_tags(code: str, tag: str | None) -> None:
    assert tag_of(code) == tag


def test_a_package_is_installed_listed_replaced_and_removed(tmp_path: Path) -> None:
    packages = tmp_path / "packages"
    found = install_file(package_file(tmp_path), packages)
    folder = packages / "translate-en_pt-BR"
    assert found == InstalledPackage("en", "pt-BR", "1.5", folder, found.size)
    newer = install_file(package_file(tmp_path, described(package_version="1.9")), packages)
    assert installed(packages) == [newer]
    assert newer.version == "1.9"
    assert remove("pt-BR", packages) == [newer]
    assert list(packages.iterdir()) == []
    assert remove("pt-BR", packages) == []


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (without("metadata.json"), "no metadata.json"),
        (without("model.bin"), "the model .* is missing"),
        (without("sentencepiece.model"), "the tokenizer .* is missing"),
        ({**WHOLE, "translate-en_pb-1_5/metadata.json": "{"}, "cannot be read"),
        ({**WHOLE, "translate-en_pb-1_5/metadata.json": "[]"}, "not a package that translates"),
        (described(type="sbd"), "not a package that translates"),
        (described(to_code="nonsense"), "no known pair"),
        ({**WHOLE, "../escape": "x"}, "outside its folder"),
        ({**WHOLE, "/escape": "x"}, "outside its folder"),
        ({**WHOLE, "translate-en_pb-1_5\\..\\..\\escape": "x"}, "outside its folder"),
        ({**WHOLE, "another/metadata.json": "{}"}, "exactly one folder"),
        ({}, "exactly one folder"),
    ],
)
def test_what_is_no_package_changes_nothing(
    tmp_path: Path, members: dict[str, str], message: str
) -> None:
    packages = tmp_path / "packages"
    before = install_file(package_file(tmp_path), packages)
    with pytest.raises(PackageError, match=message):
        install_file(package_file(tmp_path, members), packages)
    assert installed(packages) == [before]
    assert [entry.name for entry in packages.iterdir()] == ["translate-en_pt-BR"]
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["package.argosmodel", "packages"]


def test_a_missing_or_cut_file_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(PackageError, match="no such file"):
        install_file(tmp_path / "nowhere.argosmodel", tmp_path / "packages")
    file = package_file(tmp_path)
    file.write_bytes(file.read_bytes()[:200])
    with pytest.raises(PackageError, match="must be a zip archive"):
        install_file(file, tmp_path / "packages")


def test_a_changed_byte_is_found(tmp_path: Path) -> None:
    file = package_file(tmp_path)
    file.write_bytes(file.read_bytes().replace(b"tokenizer", b"tokenizeR"))
    with pytest.raises(PackageError, match="damaged"):
        install_file(file, tmp_path / "packages")


def test_a_link_in_a_package_is_refused(tmp_path: Path) -> None:
    file = package_file(tmp_path)
    with zipfile.ZipFile(file, "a") as archive:
        link = zipfile.ZipInfo("translate-en_pb-1_5/link")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(PackageError, match="holds a link"):
        install_file(file, tmp_path / "packages")


def test_a_folder_that_is_no_package_is_named_and_left_out(tmp_path: Path) -> None:
    install_file(package_file(tmp_path), tmp_path / "packages")
    (tmp_path / "packages" / "half").mkdir()
    assert len(installed(tmp_path / "packages")) == 1
    assert damaged(tmp_path / "packages") == ["half: no metadata.json, so no Argos package"]
    assert installed(tmp_path / "nowhere") == []


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def index(tmp_path: Path) -> Iterator[str]:
    """Yield the address of an index that offers one package and one that is not there."""
    folder = tmp_path / "index"
    folder.mkdir()
    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), lambda *args: Quiet(*args, directory=str(folder))
    )
    address = f"http://127.0.0.1:{server.server_port}"
    links = [f"{address}/nowhere", f"{address}/package.argosmodel"]
    entries = [
        {**METADATA, "links": links},
        {"from_code": "fr", "to_code": "en", "package_version": "1", "links": links[:1]},
        {"type": "sbd", "from_codes": ["en"], "links": links},
        {"from_code": "de", "to_code": "en", "links": ["ipfs://nothing"]},
        "nonsense",
    ]
    (folder / "index.json").write_text(json.dumps(entries))
    package_file(folder)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield address
    server.shutdown()
    server.server_close()
    thread.join()


def test_an_index_is_read_and_a_package_fetched(index: str, tmp_path: Path) -> None:
    found = offered(f"{index}/")
    assert [(package.source, package.target) for package in found] == [
        ("en", "pt-BR"),
        ("fr", "en"),
    ]
    told: list[int] = []
    file = fetch(found[0], tmp_path, progress=told.append)
    assert told[-1] == file.stat().st_size
    assert install_file(file, tmp_path / "packages").target == "pt-BR"
    with pytest.raises(PackageError, match="cannot be downloaded"):
        fetch(found[1], tmp_path, progress=told.append)


def test_an_index_that_is_not_there_is_said_plainly(index: str) -> None:
    with pytest.raises(PackageError, match="cannot be read"):
        offered(f"{index}/nowhere")
    with pytest.raises(PackageError, match="cannot be read"):
        offered("http://127.0.0.1:1")
