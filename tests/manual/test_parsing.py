from __future__ import annotations

import pytest

from ctdild_desktop.manual.blocks import Code, Grid, Heading, Listing, Paragraph, Picture, Span, text_of
from ctdild_desktop.manual.parsing import parse, slug

TEXT = """\
# To log a *test*

Press **Ctrl+T**, see [here](02.md#log) or `ctdild show`.
Next line.

<a id="why"></a>
## Why?

3. First
4. Second
   - inner

| a | n |
|---|---:|
| `x` | 2 |

```sh
ctdild verify  # <b>
```

![what it shows](p.png "the line below")
"""


def test_a_text_becomes_blocks() -> None:
    title, words, why, listing, grid, code, picture = parse(TEXT)
    assert title == Heading(1, (Span("To log a "), Span("test", italic=True)), ("to-log-a-test",))
    assert isinstance(words, Paragraph)
    assert Span("Ctrl+T", bold=True) in words.spans
    assert Span("here", link="02.md#log") in words.spans
    assert Span("ctdild show", code=True) in words.spans
    assert text_of(words.spans).endswith("show. Next line.")
    assert why == Heading(2, (Span("Why?"),), ("why", "why"))
    assert isinstance(listing, Listing)
    assert listing.start == 3
    assert [type(part) for part in listing.items[1]] == [Paragraph, Listing]
    assert grid == Grid(
        ((Span("a"),), (Span("n"),)), (((Span("x", code=True),), (Span("2"),)),), frozenset({1})
    )
    assert code == Code("ctdild verify  # <b>")
    assert picture == Picture("p.png", "what it shows", "the line below")


def test_a_table_too_wide_for_a_page_is_told_row_by_row() -> None:
    heads = [f"h{n}" for n in range(9)]
    row = ["R1", "two", "", *("x" for _ in range(6))]
    lines = [f"| {' | '.join(cells)} |" for cells in (heads, ["---"] * 9, row)]
    (told,) = parse("\n".join(lines))
    assert isinstance(told, Listing)
    (words,) = told.items[0]
    assert isinstance(words, Paragraph)
    assert words.spans[0] == Span("R1", bold=True)
    assert text_of(words.spans).startswith("R1; h1: two; h3: x; ")


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("What is met / not met", "what-is-met--not-met"),
        ("9. Due list", "9-due-list"),
        ("`due.table`", "duetable"),
        ("¿Qué dice el análisis?", "qué-dice-el-análisis"),
    ],
)
def test_anchors_are_those_of_a_code_host(heading: str, anchor: str) -> None:
    assert slug(heading.replace("`", "")) == anchor
