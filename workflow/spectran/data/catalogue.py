"""The synthetic catalogue: items whose titles have structure at several scales."""

import html
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from spectran.data.vocabulary import DEPARTMENTS

#: Characters of the release's ids.
_ALPHABET = np.array(list("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
#: Of 1,000 items: without a title; with the title of the item before them.
_UNTITLED, _REPEATED = 8, 10
#: Entities are written in this share of the titles that could carry them.
_ESCAPED = 0.7
#: Draws of a title before a repetition is accepted.
_TRIES = 20

#: All categories of all departments, in order; a category's number is its place here.
CATEGORIES = tuple((department, category) for department in DEPARTMENTS for category in department.categories)


@dataclass(frozen=True)
class Catalogue:
    """Items, one an entry."""

    asin: list[str]
    title: list[str]
    """'' where there is none."""
    department: npt.NDArray[np.intp]
    """(N,) index into `DEPARTMENTS`."""
    category: npt.NDArray[np.intp]
    """(N,) index into `CATEGORIES`."""
    brand: npt.NDArray[np.intp]
    """(N,) index of the brand within the item's department."""
    attribute: npt.NDArray[np.intp]
    """(N,) index of the describing word within the item's department."""
    price: npt.NDArray[np.float64]
    """(N,) in dollars."""


def make_catalogue(count: int, random: np.random.Generator) -> Catalogue:
    """Draw `count` items.

    A title reads "brand attribute type, variant"; brand, attribute and variant belong to the department, the type to
    the category. Brands are unequal in size. About 1 item in 100 has no title and 1 in 100 repeats one.
    """
    category = np.sort(random.integers(len(CATEGORIES), size=count))
    size = 1.0 / np.arange(1, len(DEPARTMENTS[0].brands) + 1)
    brand = random.choice(size.size, size=count, p=size / size.sum())
    attribute = random.integers(len(DEPARTMENTS[0].attributes), size=count)
    titles: list[str] = []
    seen: set[str] = set()
    for number in range(count):
        for _ in range(_TRIES):
            title = _title(category[number], brand[number], attribute[number], random)
            if title not in seen:
                break
        seen.add(title)
        titles.append(title)
    odd = random.permutation(np.arange(1, count))
    untitled = -(-count * _UNTITLED // 1000)
    repeated = -(-count * _REPEATED // 1000)
    for number in odd[untitled : untitled + repeated]:
        titles[number] = titles[number - 1]
    for number in odd[:untitled]:
        titles[number] = ""
    return Catalogue(
        asin=["B00" + code for code in make_codes(count, 7, random)],
        title=titles,
        department=np.array([DEPARTMENTS.index(CATEGORIES[number][0]) for number in category]),
        category=category,
        brand=brand,
        attribute=attribute,
        price=np.exp(random.normal(2.8, 0.8, size=count)).round(2).astype(np.float64),
    )


def make_codes(count: int, length: int, random: np.random.Generator) -> list[str]:
    """Draw `count` different codes of capital letters and digits."""
    codes: dict[str, None] = {}
    while len(codes) < count:
        drawn = _ALPHABET[random.integers(_ALPHABET.size, size=(count - len(codes), length))]
        codes.update(dict.fromkeys("".join(row) for row in drawn))
    return list(codes)


def _title(category: int, brand: int, attribute: int, random: np.random.Generator) -> str:
    department, kind = CATEGORIES[category]
    product = kind.types[random.integers(len(kind.types))]
    variant = department.variants[random.integers(len(department.variants))]
    title = f"{department.brands[brand]} {department.attributes[attribute]} {product}, {variant}"
    # As in the release: ampersands and double quotes are entities in most titles, apostrophes are not.
    return html.escape(title, quote=False).replace('"', "&quot;") if random.random() < _ESCAPED else title
