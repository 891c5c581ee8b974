"""What the action server reads from the environment."""

from datetime import timedelta
from functools import lru_cache

from pydantic import SecretStr
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    shop_api_url: str = "http://127.0.0.1:8601"
    shop_api_token: SecretStr
    actions_token: SecretStr
    actions_port: int = 8602
    shop_timeout: timedelta = timedelta(seconds=2)  # a shopper waits for this; Rasa itself would wait 300 s


@lru_cache(maxsize=1)
def read_settings() -> Settings:
    return Settings()
