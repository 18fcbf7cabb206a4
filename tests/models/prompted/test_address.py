"""What of a config is a secret, and what only looks like one."""

import pytest

from models.prompted.address import is_local, masked, secrets, without_secrets

SECRET_NAMES = (
    *("api_key", "apiKey", "X-API-Key", "APIKEY", "key", "token", "accessToken", "hf_token"),
    *("Authorization", "auth", "proxy_auth", "password", "db_passwd", "client_secret"),
    *("credentials", "cookie", "Set-Cookie", "private_key", "subscription-key", "jwt"),
)
OPEN_NAMES = (
    *("max_tokens", "max_completion_tokens", "stop_token_ids", "eos_token", "pad_token"),
    *("tokenizer", "top_k", "keep_alive", "author", "monkey", "skip_special_tokens"),
)


@pytest.mark.parametrize("name", SECRET_NAMES)
def test_a_secret_is_hidden_at_any_depth(name: str) -> None:
    assert masked({name: "abcdef"}) == {name: "***"}
    assert masked({"a": [{name: {"x": ["abcdef", 7]}}]}) == {"a": [{name: {"x": ["***", "***"]}}]}
    assert secrets({"a": [{name: "Bearer abcdef"}]}) == ["Bearer abcdef", "abcdef"]


@pytest.mark.parametrize("name", OPEN_NAMES)
def test_what_is_no_secret_is_shown(name: str) -> None:
    value = {name: ["text", 5, True, None, {"inner": 1.5}]}
    assert masked(value) == value
    assert secrets(value) == []


@pytest.mark.parametrize("value", ["Bearer abcdef", "sk-abcdefgh1234", "hf_abcdefgh1234"])
def test_a_value_that_looks_like_a_key_is_hidden_whatever_its_name(value: str) -> None:
    assert masked({"header": [value]}) == {"header": ["***"]}


def test_an_address_is_shown_without_user_query_and_fragment() -> None:
    shown = without_secrets("https://me:word@example.com:8443/v1/x?token=1#there")
    assert shown == "https://example.com:8443/v1/x"
    assert without_secrets("http://[::1]:80/v1") == "http://[::1]:80/v1"
    assert without_secrets("http://[::1") == "an address that is not valid"


@pytest.mark.parametrize(
    ("address", "local"),
    [
        ("http://localhost/v1", True),
        ("HTTP://LOCALHOST:1/v1", True),
        ("https://127.8.9.1/v1", True),
        ("http://[::1]/v1", True),
        ("http://localhost.example.com/v1", False),
        ("http://0.0.0.0/v1", False),
        ("http://10.0.0.1/v1", False),
    ],
)
def test_only_this_machine_is_local(address: str, local: bool) -> None:
    assert is_local(address) == local
