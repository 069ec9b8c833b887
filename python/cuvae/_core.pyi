from collections.abc import Sequence

class Error(RuntimeError): ...
class UsageError(Error, ValueError): ...
class DataError(Error, ValueError): ...
class DeviceError(Error): ...
class Interrupted(Error): ...

class ReadOptions:
    def __init__(self) -> None: ...
    threads: int
    label: list[str]
    continuous: list[str]
    drop: list[str]
    key: list[str]
    keep: list[str]
    datetime: list[tuple[str, str]]
    missing: list[str]
    find_missing: bool
    rules: list[str]
    find_rules: bool
    rename: list[tuple[str, str]]
    delimiter: str
    comment: str
    skip: int
    skip_last: int
    def set_encoding(self, name: str) -> None: ...

class TrainOptions:
    def __init__(self) -> None: ...
    def set_recipe(self, name: str) -> None: ...
    def set_loss(self, name: str) -> None: ...
    epochs: int | None
    batch_size: int | None
    latent: int | None
    learning_rate: float | None
    kl_weight: float | None
    hidden: tuple[int, int] | None
    width: int | None
    validation: float | None
    together: list[list[str]]
    condition: list[str]
    protect_rare: int | None
    person: str
    protect_star: bool
    seed: int

class Table:
    @staticmethod
    def from_csv(path: str, options: ReadOptions, like: Table | None, listener: object | None) -> Table: ...
    @staticmethod
    def from_stream(capsule: object, options: ReadOptions, like: Table | None, listener: object | None) -> Table: ...
    @property
    def rows(self) -> int: ...
    @property
    def fingerprint(self) -> str: ...
    @property
    def empty_columns(self) -> list[str]: ...
    @property
    def notes(self) -> list[str]: ...
    @property
    def columns(self) -> list[tuple[str, str]]: ...
    def split(self, share: float, seed: int) -> tuple[Table, Table]: ...
    def leave_out(self, names: Sequence[str]) -> None: ...
    def stream(self) -> object: ...

class Model:
    @staticmethod
    def load(path: str) -> Model: ...
    @staticmethod
    def from_bytes(bytes: bytes) -> Model: ...
    def save(self, path: str, overwrite: bool) -> None: ...
    def to_bytes(self) -> bytes: ...
    @property
    def version(self) -> str: ...
    @property
    def device(self) -> str: ...
    @property
    def parameters(self) -> int: ...
    @property
    def schema(self) -> str: ...
    @property
    def settings(self) -> str: ...
    @property
    def history(self) -> str: ...
    def write_csv(
        self,
        path: str,
        rows: int,
        first_row: int,
        seed: int,
        where: Sequence[str],
        balance: str,
        header: bool,
        escape_formulas: bool,
        overwrite: bool,
        device: str,
        threads: int,
        listener: object | None,
    ) -> None: ...
    def stream(
        self,
        rows: int,
        first_row: int,
        seed: int,
        where: Sequence[str],
        balance: str,
        exact_decimals: bool,
        batch_rows: int,
        device: str,
        threads: int,
    ) -> object: ...
    def table(
        self,
        rows: int,
        first_row: int,
        seed: int,
        where: Sequence[str],
        balance: str,
        device: str,
        threads: int,
        listener: object | None,
    ) -> Table: ...

class Evaluation:
    def json(self) -> str: ...
    def html(
        self, title: str, model: Model | None, provenance: Sequence[tuple[str, str]]
    ) -> str: ...

def train(
    table: Table, options: TrainOptions, device: str, threads: int, listener: object | None
) -> Model: ...
def evaluate(
    real: Table,
    synthetic: Table,
    holdout: Table | None,
    target: str,
    device: str,
    threads: int,
    listener: object | None,
) -> Evaluation: ...
def devices() -> list[tuple[str, str]]: ...
def version() -> str: ...
