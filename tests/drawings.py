"""Whether the words of a drawing can be read: shared by the browser tests and the gallery."""

from playwright.sync_api import Page

_TOUCHING = """() => [...document.querySelectorAll('svg.chart')].flatMap((chart) => {
  const words = [...chart.querySelectorAll('text')]
    .map((one) => [one.textContent.trim(), one.getBoundingClientRect()]).filter(([, box]) => box.width > 0);
  return words.flatMap(([word, box], place) => words.slice(place + 1)
    .filter(([, other]) => box.left < other.right + 3 && other.left < box.right + 3
      && box.top < other.bottom - 1 && other.top < box.bottom - 1)
    .map(([other]) => `${word} | ${other}`));
})"""


def touching_words(page: Page) -> list[str]:
    """Pairs of words in one chart that lie on each other, or run into one another."""
    return [str(one) for one in page.evaluate(_TOUCHING)]
