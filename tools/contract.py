"""`make contract`: write the OpenAPI document of the API into docs/openapi.json."""

from pathlib import Path

from sync_server.contract import document

KEPT = Path(__file__).parents[1] / "docs" / "openapi.json"

if __name__ == "__main__":
    KEPT.write_text(document.text(), encoding="utf-8")
