"""Settings, read from the environment and an optional `.env` file in the working directory."""

import ipaddress
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import platformdirs
from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.errors import SettingsError, filled

SHORTEST_SECRET = 32
SHORTEST_TOKEN = 12


def _default_home() -> Path:
    return Path(platformdirs.user_data_dir("mockint", appauthor=False))


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


class Settings(BaseSettings):
    """Everything that can be configured; each field is the variable MOCKINT_ + its name.

    The two OPENAI_ variables keep the names that other tools use, so that one configuration
    serves all.
    """

    model_config = SettingsConfigDict(
        env_prefix="MOCKINT_",
        env_file=".env",
        env_ignore_empty=True,
        frozen=True,
        extra="ignore",
        populate_by_name=True,
    )

    home: Path = Field(
        default_factory=_default_home, description="Folder for all data that mockint keeps."
    )
    bank: str = Field(
        default="",
        description="Bank files to use instead of the shipped and imported ones, separated by "
        "the system's path separator.",
    )
    language: Literal["auto", "zh", "en"] = Field(
        default="auto",
        description="Language of questions and texts; `auto` follows the system's locale.",
    )
    database_url: str = Field(
        default="", description="SQLAlchemy URL; empty for SQLite in the home folder."
    )
    chroma_url: str = Field(
        default="", description="URL of a Chroma server; empty for Chroma in the home folder."
    )
    embedder: str = Field(
        default="bundled",
        description="`bundled`, `st:NAME` (a sentence-transformers model) or `openai:NAME` (a "
        "model behind an embeddings endpoint).",
    )
    embedder_device: str = Field(
        default="", description="Device for `st:` models (cpu, cuda, mps); empty to choose."
    )
    llm_model: str = Field(
        default="", description="Chat model that judges answers; empty for similarity only."
    )
    openai_base_url: str = Field(
        default="",
        validation_alias=AliasChoices("OPENAI_BASE_URL", "openai_base_url"),
        description="Base URL of an OpenAI-compatible endpoint; empty for OpenAI's own.",
    )
    openai_api_key: SecretStr = Field(
        default=SecretStr(""),
        validation_alias=AliasChoices("OPENAI_API_KEY", "openai_api_key"),
        description="API key for that endpoint; many local servers take any.",
    )
    llm_deadline: float = Field(
        default=90.0,
        gt=0,
        le=3600,
        description="Seconds for one assessment, retries included.",
    )
    llm_attempts: int = Field(
        default=4, ge=1, le=10, description="Tries for one LLM call inside the deadline."
    )
    llm_concurrency: int = Field(
        default=4,
        ge=1,
        le=256,
        description="LLM calls under way at once in one process of the server or of a command.",
    )
    llm_max_tokens: int = Field(
        default=4096, ge=256, le=131072, description="Upper bound of one LLM reply, in tokens."
    )
    answer_limit: int = Field(
        default=12_000, ge=100, le=200_000, description="Longest answer taken, in characters."
    )

    host: str = Field(
        default="127.0.0.1",
        description="Address that `mockint serve` listens at; others than this machine's own need "
        "an access token or accounts.",
    )
    port: int = Field(default=8642, ge=0, le=65535, description="Port that it listens at.")
    workers: int = Field(default=1, ge=1, le=64, description="Server processes.")
    public_url: str = Field(
        default="",
        description="Address that browsers see, where a proxy stands in front "
        "(https://interview.example.org).",
    )
    allowed_hosts: str = Field(
        default="",
        description="Further names that the server may be called by, separated by commas.",
    )
    access_token: SecretStr = Field(
        default=SecretStr(""),
        description="Word that every visitor has to give once; programs send it as a bearer token.",
    )
    session_secret: SecretStr = Field(
        default=SecretStr(""),
        description="Key that signs cookies, where several machines serve one database; unset for "
        "a key kept in the home folder.",
    )
    body_limit: int = Field(
        default=12_000_000,
        ge=100_000,
        le=200_000_000,
        description="Largest request that the server takes, uploads included, in bytes.",
    )
    request_limit: int = Field(
        default=600,
        ge=10,
        le=1_000_000,
        description="Requests a minute that one visitor may make.",
    )
    llm_daily_tokens: int = Field(
        default=400_000,
        ge=0,
        description="LLM tokens that one visitor may spend a day; 0 for no bound.",
    )

    @field_validator("embedder")
    @classmethod
    def _known_embedder(cls, value: str) -> str:
        if value == "bundled" or (value.startswith(("st:", "openai:")) and value.split(":", 1)[1]):
            return value
        raise ValueError("use bundled, st:NAME or openai:NAME")

    @field_validator("public_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.hostname):
            raise ValueError("use http://NAME or https://NAME")
        return value.rstrip("/")

    @field_validator("session_secret")
    @classmethod
    def _long_enough(cls, value: SecretStr) -> SecretStr:
        if 0 < len(value.get_secret_value()) < SHORTEST_SECRET:
            raise ValueError(
                f"use at least {SHORTEST_SECRET} characters, as `openssl rand -hex 32`"
            )
        return value

    @field_validator("access_token")
    @classmethod
    def _hard_to_guess(cls, value: SecretStr) -> SecretStr:
        if 0 < len(value.get_secret_value()) < SHORTEST_TOKEN:
            raise ValueError(f"use at least {SHORTEST_TOKEN} characters")
        return value

    @field_validator("home")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()


def variable_of(field: str) -> str:
    """The environment variable behind a settings field."""
    return field.upper() if field.startswith("openai_") else f"MOCKINT_{field.upper()}"


def read_settings() -> Settings:
    """Settings from the environment; raises SettingsError that names each bad variable."""
    try:
        return Settings()
    except ValidationError as error:
        problems = "; ".join(
            f"{variable_of(str(item['loc'][0]))}: {item['msg']}" for item in error.errors()
        )
        raise SettingsError(
            filled("Settings cannot be used: {problems}.", problems=problems),
            "Correct them in the environment or in .env; docs/configuration.md lists them.",
        ) from error
