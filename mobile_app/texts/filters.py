"""The texts of what the list of hazards is narrowed to, in both languages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FilterTexts:
    """The texts of one language; those with `count` depend on it (`shared.plural`)."""

    filter: str
    some: str
    title: str
    found: str
    show: str
    clear: str
    any: str
    more: str
    hint: str


ZH = FilterTexts(
    filter="筛选",
    some="筛选 · {count}",
    title="筛选隐患",
    found="找到 {count} 处",
    show="看 {count} 处",
    clear="清除筛选",
    any="不限",
    more="其他",
    hint="换一个词，或点“清除筛选”。",
)

EN = FilterTexts(
    filter="Filter",
    some="Filter · {count}",
    title="Filter hazards",
    found="{count} 〔site|sites〕 found",
    show="Show {count} 〔site|sites〕",
    clear="Clear filters",
    any="Any",
    more="More",
    hint="Try another word, or tap “Clear filters”.",
)
