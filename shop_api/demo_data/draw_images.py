"""`python -m shop_api.demo_data.draw_images`: write the product pictures, one small SVG each."""

from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent / "images"


class Picture(NamedTuple):
    """Two background colours and the shapes on a 240 × 240 sheet."""

    light: str
    deep: str
    shapes: str


PICTURES = {
    "running-shoes": Picture(
        "#e8f1fb",
        "#bcd6f2",
        '<path d="M40 150c0-14 2-38 8-48 14 16 32 12 42 0l46 36c20 14 62 10 64 '
        '34v10H46c-6 0-6-18-6-32z" fill="#5b84b1"/>'
        '<path d="M38 172h164v10c0 8-6 12-14 12H54c-10 0-16-8-16-22z" fill="#fff"/>'
        '<path d="M96 112l14-10m-2 20 14-10m-2 20 14-10" stroke="#fff" stroke-width="5" stroke-linecap="round"/>',
    ),
    "hiking-boots": Picture(
        "#f5ecdf",
        "#e0c9a6",
        '<path d="M72 56h56v62c24 12 66 14 70 44v14H72z" fill="#9a6b3f"/>'
        '<path d="M66 174h136v14l-8 8-8-8-10 8-10-8-10 8-10-8-10 8-10-8-10 8-10-8-10 '
        '8-10-8-10 8-8-8z" fill="#4d3621"/>'
        '<path d="M112 74h20m-20 18h20m-18 18h24" stroke="#f5ecdf" stroke-width="5" stroke-linecap="round"/>',
    ),
    "phone": Picture(
        "#e6edf7",
        "#b5c7e3",
        '<rect x="76" y="36" width="88" height="168" rx="16" fill="#23395d"/>'
        '<rect x="84" y="46" width="72" height="148" rx="9" fill="#7fa7d9"/>'
        '<path d="M84 160c24-30 48 8 72-26v51a9 9 0 0 1-9 9H93a9 9 0 0 1-9-9z" fill="#4f7cb8"/>'
        '<circle cx="120" cy="55" r="4" fill="#23395d"/>',
    ),
    "earphones": Picture(
        "#eef5f0",
        "#c2dccb",
        '<path d="M58 132a62 62 0 0 1 124 0" fill="none" stroke="#3f6b54" stroke-width="12"/>'
        '<rect x="44" y="124" width="34" height="60" rx="17" fill="#3f6b54"/>'
        '<rect x="162" y="124" width="34" height="60" rx="17" fill="#3f6b54"/>'
        '<rect x="66" y="130" width="14" height="48" rx="7" fill="#a9cbb6"/>'
        '<rect x="160" y="130" width="14" height="48" rx="7" fill="#a9cbb6"/>',
    ),
    "air-fryer": Picture(
        "#fbf5e6",
        "#ecdcae",
        '<rect x="66" y="44" width="108" height="152" rx="30" fill="#fffaf0" stroke="#c9b177" stroke-width="5"/>'
        '<rect x="82" y="112" width="76" height="62" rx="12" fill="#6b5a33"/>'
        '<rect x="104" y="126" width="32" height="10" rx="5" fill="#e7b34d"/>'
        '<circle cx="120" cy="78" r="14" fill="none" stroke="#c9b177" stroke-width="5"/>',
    ),
    "fan": Picture(
        "#eef3f7",
        "#cbd9e4",
        '<ellipse cx="120" cy="88" rx="44" ry="54" fill="none" stroke="#8299ad" stroke-width="13"/>'
        '<rect x="108" y="140" width="24" height="44" rx="8" fill="#8299ad"/>'
        '<rect x="78" y="182" width="84" height="18" rx="9" fill="#5d7488"/>',
    ),
    "coat": Picture(
        "#f4ebe1",
        "#dcc3a5",
        '<path d="M92 46h56l40 32-12 62-16-6v64H80v-64l-16 6-12-62z" fill="#b98a55"/>'
        '<path d="M98 46l22 40 22-40m-22 40v112" fill="none" stroke="#7d5a33" stroke-width="5"/>'
        '<circle cx="132" cy="116" r="5" fill="#7d5a33"/><circle cx="132" cy="144" r="5" fill="#7d5a33"/>',
    ),
    "tshirt": Picture(
        "#eaf2f6",
        "#bfd6e1",
        '<path d="M88 58c12 16 52 16 64 0l44 26-18 38-18-8v78H80v-78l-18 8-18-38z" fill="#6d97ab"/>'
        '<path d="M88 58c12 16 52 16 64 0" fill="none" stroke="#eaf2f6" stroke-width="6"/>',
    ),
    "mask": Picture(
        "#eaf6f6",
        "#b9dfe0",
        '<rect x="70" y="46" width="100" height="148" rx="10" fill="#fff"/>'
        '<path d="M120 72c22 20 30 36 30 50a30 30 0 0 1-60 0c0-14 8-30 30-50z" fill="#55aeb3"/>'
        '<rect x="90" y="168" width="60" height="8" rx="4" fill="#b9dfe0"/>',
    ),
    "lipstick": Picture(
        "#fbeaec",
        "#f0bec6",
        '<path d="M104 96V64l32-20v52z" fill="#c2344d"/><rect x="98" y="94" width="44" height="36" fill="#e6c27a"/>'
        '<rect x="90" y="128" width="60" height="68" rx="6" fill="#4a2630"/>',
    ),
    "blueberry": Picture(
        "#eceafa",
        "#c6c1ec",
        '<circle cx="92" cy="134" r="36" fill="#4a4a9c"/><circle cx="150" cy="138" r="34" fill="#5a5ab3"/>'
        '<circle cx="122" cy="88" r="34" fill="#3c3c86"/>'
        '<path d="M114 78l8 8 8-8m-8 8v10M84 126l8 8 8-8M142 130l8 8 8-8" '
        'stroke="#c6c1ec" stroke-width="4" fill="none"/>'
        '<path d="M140 58c14-16 34-14 42-8-8 16-26 20-42 8z" fill="#78a86b"/>',
    ),
    "nuts": Picture(
        "#f8efe2",
        "#e5c99c",
        '<rect x="52" y="78" width="136" height="112" rx="12" fill="#b5763a"/>'
        '<path d="M52 90a12 12 0 0 1 12-12h112a12 12 0 0 1 12 12v22H52z" fill="#8d5524"/>'
        '<ellipse cx="120" cy="150" rx="26" ry="18" fill="#f0d9b5" transform="rotate(-20 120 150)"/>'
        '<path d="M100 156q20-18 40-12" stroke="#b5763a" stroke-width="4" fill="none"/>',
    ),
    "book": Picture(
        "#eef4ea",
        "#c9ddbc",
        '<path d="M120 70c-20-16-48-16-70-8v112c22-8 50-8 70 8z" fill="#6f9a58"/>'
        '<path d="M120 70c20-16 48-16 70-8v112c-22-8-50-8-70 8z" fill="#89b270"/>'
        '<path d="M66 92c14-4 26-2 38 4m-38 18c14-4 26-2 38 4m32-22c12-6 24-8 38-4" '
        'stroke="#eef4ea" stroke-width="5" fill="none"/>',
    ),
    "vinyl": Picture(
        "#efefef",
        "#cfcfcf",
        '<circle cx="120" cy="120" r="78" fill="#22252b"/>'
        '<circle cx="120" cy="120" r="60" fill="none" stroke="#3d424b" stroke-width="3"/>'
        '<circle cx="120" cy="120" r="46" fill="none" stroke="#3d424b" stroke-width="3"/>'
        '<circle cx="120" cy="120" r="28" fill="#d98a3d"/><circle cx="120" cy="120" r="5" fill="#efefef"/>',
    ),
    "pillow": Picture(
        "#edf1fa",
        "#c8d4ee",
        '<path d="M46 92c26-20 122-20 148 0 12 22 12 50 0 72-26 16-122 16-148 0-12-22-12-50 0-72z" fill="#fff"/>'
        '<path d="M66 108c34-12 74-12 108 0M74 148c30 8 62 8 92 0" stroke="#c8d4ee" stroke-width="6" fill="none"/>',
    ),
    "shelf": Picture(
        "#f6efe4",
        "#e2cda9",
        '<path d="M66 42v160M174 42v160" stroke="#8a6036" stroke-width="10" stroke-linecap="round"/>'
        '<path d="M58 78h124M58 130h124M58 182h124" stroke="#b98550" stroke-width="12" stroke-linecap="round"/>'
        '<rect x="88" y="96" width="16" height="28" fill="#6f9a58"/>'
        '<rect x="106" y="102" width="12" height="22" fill="#c2634d"/>'
        '<circle cx="148" cy="162" r="14" fill="#7fa7d9"/>',
    ),
    "romper": Picture(
        "#fdf5e0",
        "#f5dfa3",
        '<path d="M92 52h56l36 34-20 20-12-8v60c0 22-12 38-32 38s-32-16-32-38V98l-12 8-20-20z" fill="#f0b94b"/>'
        '<circle cx="120" cy="118" r="20" fill="#fff"/><circle cx="113" cy="114" r="3" fill="#6b4d12"/>'
        '<circle cx="127" cy="114" r="3" fill="#6b4d12"/>'
        '<path d="M112 123q8 7 16 0" stroke="#6b4d12" stroke-width="3" fill="none"/>',
    ),
    "bottle": Picture(
        "#e9f4fb",
        "#b8dbef",
        '<path d="M110 34h20v16l12 14H98l12-14z" fill="#f2c6a0"/>'
        '<rect x="88" y="62" width="64" height="20" rx="6" fill="#4f94bd"/>'
        '<rect x="84" y="82" width="72" height="116" rx="18" fill="#fff"/>'
        '<path d="M84 128h72v52a18 18 0 0 1-18 18h-36a18 18 0 0 1-18-18z" fill="#cfe6f4"/>'
        '<path d="M140 104h12m-18 18h18m-12 18h12" stroke="#4f94bd" stroke-width="4"/>',
    ),
    "necklace": Picture(
        "#f3f0f7",
        "#d3c9e3",
        '<path d="M60 50c0 70 40 92 60 92s60-22 60-92" fill="none" stroke="#8d86a3" stroke-width="5"/>'
        '<path d="M120 190c-30-22-34-40-22-48 10-6 20 0 22 8 2-8 12-14 22-8 12 8 8 26-22 48z" fill="#b9b2cc"/>'
        '<path d="M108 158h24" stroke="#fff" stroke-width="4"/>',
    ),
    "puzzle": Picture(
        "#eaf3ee",
        "#bddcca",
        '<path d="M54 54h58c-6-22 26-22 20 0h54v56c22-6 22 26 0 20v58H54v-58c-22 6-22-26 0-20z" fill="#4f9a74"/>'
        '<path d="M120 60v48c-20-6-20 24 0 18v56M60 120h44m32 0h44" stroke="#eaf3ee" stroke-width="4" fill="none"/>',
    ),
}


def draw(picture: Picture) -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 240" role="img">'
        '<defs><linearGradient id="b" x1="0" y1="0" x2="1" y2="1">'
        f'<stop offset="0" stop-color="{picture.light}"/><stop offset="1" stop-color="{picture.deep}"/>'
        '</linearGradient></defs><rect width="240" height="240" rx="20" fill="url(#b)"/>'
        f'<ellipse cx="120" cy="206" rx="74" ry="8" fill="#000" opacity=".08"/>{picture.shapes}</svg>\n'
    )


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, picture in PICTURES.items():
        (FOLDER / f"{name}.svg").write_text(draw(picture), encoding="utf-8")
