"""Start the endpoint by hand: `python -m tests.scripted_llm --port 8399 --persona heuristic`."""

import argparse
import asyncio
from contextlib import suppress
from dataclasses import replace

from tests.scripted_llm.personas import PERSONAS
from tests.scripted_llm.server import COMPLAINTS, Persona, ScriptedLLM, Seen
from tests.scripted_llm.steps import Say, Step


async def serve(arguments: argparse.Namespace) -> None:
    persona = PERSONAS[arguments.persona]
    server = ScriptedLLM(_delayed(persona, arguments.delay), refuses=arguments.refuses)
    await server.start(arguments.host, arguments.port)
    print(f"{arguments.persona} answers at {server.base_url}; try it with\n")
    print(f"  OPENAI_BASE_URL={server.base_url} MOCKINT_LLM_MODEL=scripted mockint ask\n")
    print("Ctrl-C stops it.", flush=True)
    try:
        await server.serve_forever()
    finally:
        await server.stop()


def _delayed(persona: Persona, seconds: float) -> Persona:
    """The same character, which takes so long for a reply and then gives it at once."""
    if not seconds:
        return persona

    def late(seen: Seen) -> Step:
        step = persona(seen)
        return replace(step, delay=seconds, pause=0.0) if isinstance(step, Say) else step

    return late


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.scripted_llm", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8399, help="0 picks a free one")
    parser.add_argument("--persona", choices=sorted(PERSONAS), default="heuristic")
    parser.add_argument("--delay", type=float, default=0.0, help="seconds for each reply")
    parser.add_argument(
        "--refuses",
        choices=sorted(COMPLAINTS),
        action="append",
        default=[],
        help="turn down a part of the protocol; may be given more than once",
    )
    arguments = parser.parse_args()
    try:
        with suppress(KeyboardInterrupt):
            asyncio.run(serve(arguments))
    except OSError as error:
        parser.exit(1, f"Cannot listen on {arguments.host}:{arguments.port}: {error.strerror}\n")


if __name__ == "__main__":
    main()
