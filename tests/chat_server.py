"""The fake server of `pipeline.testing` as a process of its own, for tests.

    python -P tests/chat_server.py            answers every prompt with "An answer." (no torch)
    python -P tests/chat_server.py FOLDER     answers with the checkpoint in FOLDER
    python -P tests/chat_server.py --tls PEM  speaks https with a certificate and its key

It writes its port to stdout and serves until it is killed; `tests.servers` starts it.
"""

import ssl
import sys
import threading
from pathlib import Path
from typing import Any

from pipeline.testing import Script, make_server


class Model:
    """Greedy decoding, step by step, without our own code: the answers to compare with."""

    def __init__(self, folder: Path) -> None:
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer

        torch.set_num_threads(1)
        self.torch = torch
        self.model: Any = AutoModelForCausalLM.from_pretrained(str(folder))
        self.tokenizer: Any = AutoTokenizer.from_pretrained(str(folder))
        self.lock = threading.Lock()

    def chat(self, messages: list[dict[str, str]]) -> list[int]:
        ids: list[int] = self.tokenizer.apply_chat_template(
            messages, add_generation_prompt=True, enable_thinking=False, return_dict=False
        )
        return ids

    def plain(self, prompt: str) -> list[int]:
        ids: list[int] = self.tokenizer(prompt)["input_ids"]
        return ids

    def answer(self, ids: list[int], body: dict[str, Any]) -> tuple[str, list[float], str]:
        torch, written, scores = self.torch, list[int](), list[float]()
        generator = torch.Generator().manual_seed(int(body.get("seed") or 0))
        with self.lock, torch.inference_mode():
            while len(written) < body["max_tokens"]:
                logits = self.model(torch.tensor([[*ids, *written]])).logits[0, -1].float()
                chances = logits.log_softmax(dim=-1)
                if body["temperature"]:
                    warm = (logits / body["temperature"]).softmax(dim=-1)
                    token = int(torch.multinomial(warm, 1, generator=generator))
                else:
                    token = int(chances.argmax())
                written.append(token)
                scores.append(float(chances[token]))
                if token == self.tokenizer.eos_token_id:
                    break
        ended = written[-1] == self.tokenizer.eos_token_id
        text = self.tokenizer.decode(written, skip_special_tokens=True)
        return text, scores, "stop" if ended else "length"


def serve(folder: Path | None, certificate: str = "") -> None:
    """Serve a checkpoint, or a script, under the name `tiny` until the process is ended."""
    model = Model(folder) if folder else Script(lambda messages: "An answer.")
    server = make_server(model, folder.name if folder else "script")
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--tls"]:
        serve(None, sys.argv[2])
    else:
        serve(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
