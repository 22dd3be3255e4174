"""Line icons on a 20 × 20 grid, drawn for this product; `{% icon "name" %}` puts one on a page."""

from typing import Final

PATHS: Final[dict[str, str]] = {
    "home": '<path d="M3.5 9.2 10 3.8l6.5 5.4V16a.8.8 0 0 1-.8.8H4.3a.8.8 0 0 1-.8-.8z"/>'
    '<path d="M8 16.6v-4.4h4v4.4"/>',
    "book": '<path d="M10 5.2C8.4 4 6 3.6 3.6 3.8v11.4c2.4-.2 4.8.2 6.4 1.4 1.6-1.2 4-1.6 '
    '6.4-1.4V3.8C14 3.6 11.6 4 10 5.2z"/><path d="M10 5.2v11.4"/>',
    "wallet": '<rect x="3" y="5" width="14" height="11" rx="2.2"/>'
    '<path d="M3 8.2h14M13 12.2h1.4"/>',
    "person": '<circle cx="10" cy="7" r="3.2"/>'
    '<path d="M3.8 16.8c.8-3 3.2-4.6 6.2-4.6s5.4 1.6 6.2 4.6"/>',
    "people": '<circle cx="7.6" cy="7" r="2.8"/>'
    '<path d="M2.8 16c.5-2.7 2.4-4.2 4.8-4.2s4.3 1.5 4.8 4.2"/>'
    '<path d="M13 4.6a2.6 2.6 0 0 1 0 4.9M14.8 12.2c1.4.6 2.2 1.9 2.5 3.8"/>',
    "seal": '<rect x="4" y="4" width="12" height="12" rx="2.6"/><path d="m7.2 10.2 2 2 3.8-4.2"/>',
    "right": '<path d="m8 5 5 5-5 5"/>',
    "left": '<path d="m12 5-5 5 5 5"/>',
    "down": '<path d="m5.5 8 4.5 4.5L14.5 8"/>',
    "clock": '<circle cx="10" cy="10" r="6.6"/><path d="M10 6.4V10l2.4 1.6"/>',
    "link": '<path d="M8.6 11.4a3 3 0 0 0 4.3.2l2.5-2.5a3 3 0 1 0-4.2-4.3l-1.1 1.1"/>'
    '<path d="M11.4 8.6a3 3 0 0 0-4.3-.2L4.6 10.9a3 3 0 1 0 4.2 4.3l1.1-1.1"/>',
    "qr": '<rect x="3.5" y="3.5" width="5" height="5" rx="1"/>'
    '<rect x="11.5" y="3.5" width="5" height="5" rx="1"/>'
    '<rect x="3.5" y="11.5" width="5" height="5" rx="1"/>'
    '<path d="M11.5 11.5h2v2M16.5 11.5v2M11.5 16.5h2M16.5 16.5h-.1"/>',
    "grid": '<rect x="3.5" y="3.5" width="5.5" height="5.5" rx="1.4"/>'
    '<rect x="11" y="3.5" width="5.5" height="5.5" rx="1.4"/>'
    '<rect x="3.5" y="11" width="5.5" height="5.5" rx="1.4"/>'
    '<rect x="11" y="11" width="5.5" height="5.5" rx="1.4"/>',
    "sliders": '<path d="M4 6h7M14.5 6H16M4 14h1.5M9 14h7"/><circle cx="12.8" cy="6" r="1.7"/>'
    '<circle cx="7.3" cy="14" r="1.7"/>',
    "receipt": '<path d="M5 3.2h10v13.6l-2-1.3-1.7 1.3-1.3-1.3-1.3 1.3L7 15.5l-2 1.3z"/>'
    '<path d="M7.6 7h4.8M7.6 10h4.8"/>',
    "split": '<path d="M4 10h4l5-5h3M8 10l5 5h3"/><path d="m14 3 2.4 2L14 7m0 6 2.4 2-2.4 2"/>',
    "coins": '<ellipse cx="10" cy="5.6" rx="5.6" ry="2.4"/><path d="M4.4 5.6V10c0 1.3 2.5 2.4 '
    "5.6 2.4s5.6-1.1 5.6-2.4V5.6M4.4 10v4.4c0 1.3 2.5 2.4 5.6 2.4s5.6-1.1 5.6-2.4V10"
    '"/>',
    "page": '<path d="M5.5 3h6L15 6.5V17H5.5z"/><path d="M11.5 3v3.5H15M8 10h4.5M8 13h4.5"/>',
    "shield": '<path d="M10 3 4.5 5v4.6c0 3.5 2.3 5.9 5.5 7.4 3.2-1.5 5.5-3.9 5.5-7.4V5z"/>'
    '<path d="m7.7 9.9 1.7 1.7 3-3.3"/>',
    "lock": '<rect x="4.5" y="8.8" width="11" height="7.9" rx="2"/>'
    '<path d="M7 8.8V6.6a3 3 0 0 1 6 0v2.2M10 12v1.6"/>',
    "history": '<circle cx="9" cy="9" r="5.2"/><path d="m13 13 3.6 3.6M9 6.4V9l1.8 1.2"/>',
    "search": '<circle cx="8.8" cy="8.8" r="5"/><path d="m12.6 12.6 3.9 3.9"/>',
    "inbox": '<path d="M3.5 11.5 5.6 4.6h8.8l2.1 6.9v4.3h-13z"/>'
    '<path d="M3.5 11.5h3.8l1 1.8h3.4l1-1.8h3.8"/>',
    "warning": '<path d="M10 3.6 17 16H3z"/><path d="M10 8.4v3.4M10 13.7v.1"/>',
    "info": '<circle cx="10" cy="10" r="6.6"/><path d="M10 9.4v3.8M10 6.8v.1"/>',
    "menu": '<path d="M3.5 5.5h13M3.5 10h13M3.5 14.5h13"/>',
    "check": '<path d="m4.6 10.6 3.6 3.6 7.4-8"/>',
    "cross": '<path d="m5.5 5.5 9 9M14.5 5.5l-9 9"/>',
    "download": '<path d="M10 3.5v9M6.6 9.2 10 12.6l3.4-3.4"/>'
    '<path d="M4 12v3.4c0 .6.5 1.1 1.1 1.1h9.8c.6 0 1.1-.5 1.1-1.1V12"/>',
    "sun": '<circle cx="10" cy="10" r="3.2"/><path d="M10 3v1.6M10 15.4V17M3 10h1.6M15.4 10H17'
    'M5.05 5.05l1.1 1.1M13.85 13.85l1.1 1.1M5.05 14.95l1.1-1.1M13.85 6.15l1.1-1.1"/>',
    "moon": '<path d="M15.8 12.1A6.5 6.5 0 0 1 7.9 4.2a6.5 6.5 0 1 0 7.9 7.9z"/>',
    "device": '<rect x="3" y="4" width="14" height="9.5" rx="1.6"/>'
    '<path d="M7.5 16.5h5M10 13.5v3"/>',
    "exit": '<path d="M8 4H5a1 1 0 0 0-1 1v10a1 1 0 0 0 1 1h3M12.5 6.5 16 10l-3.5 3.5M15.5 10H8"/>',
    "flask": '<path d="M8 3.5h4M8.8 3.5v4.3L4.7 15a1.2 1.2 0 0 0 1.1 1.7h8.4'
    'a1.2 1.2 0 0 0 1.1-1.7l-4.1-7.2V3.5"/><path d="M6.6 12.3h6.8"/>',
    "play": '<rect x="3" y="4.5" width="14" height="11" rx="2.2"/>'
    '<path d="m8.7 7.7 3.8 2.3-3.8 2.3z"/>',
    "calendar": '<rect x="3.5" y="4.5" width="13" height="12" rx="2"/>'
    '<path d="M3.5 8.3h13M7 3v3M13 3v3"/>',
    "building": '<path d="M4.5 16.7V4.3l7-1v13.4M11.5 8h4v8.7M3 16.7h14"/>'
    '<path d="M7 7h2M7 10h2M7 13h2"/>',
    "pulse": '<path d="M2.8 10.5h3.4l2-5.7 3.4 10.4 2-4.7h3.6"/>',
    "back": '<path d="M7 5.5 3.8 8.7 7 11.9"/><path d="M4 8.7h7.5a4.2 4.2 0 0 1 0 8.4H8"/>',
    "pause": '<path d="M7.2 5v10M12.8 5v10"/>',
    "resume": '<path d="m7 4.8 8 5.2-8 5.2z"/>',
    "plus": '<path d="M10 4.5v11M4.5 10h11"/>',
}
