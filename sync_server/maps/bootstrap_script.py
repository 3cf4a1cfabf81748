"""The last line of folium's script: it starts our own script with the map."""

import json

from branca.element import MacroElement
from folium.template import Template


class BootstrapScript(MacroElement):
    """Calls `anlan.start` with the map and its start data: the towns and the extent."""

    _template = Template(
        "{% macro script(this, kwargs) %}anlan.start(map_anlan, {{ this.start_data }});{% endmacro %}"
    )

    def __init__(self, start_data: dict[str, object]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "BootstrapScript"
        self.start_data = json.dumps(start_data, ensure_ascii=False, separators=(",", ":"))
