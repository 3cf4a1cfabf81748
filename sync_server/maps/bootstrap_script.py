"""The last line of folium's script: it hands the map over to our own."""

import json

from branca.element import MacroElement
from folium.template import Template


class BootstrapScript(MacroElement):
    """Calls `anlan.start` with the map and with what that needs to know from the start."""

    _template = Template(
        "{% macro script(this, kwargs) %}anlan.start(map_anlan, {{ this.ground }});{% endmacro %}"
    )

    def __init__(self, ground: dict[str, object]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Ground"
        self.ground = json.dumps(ground, ensure_ascii=False, separators=(",", ":"))
