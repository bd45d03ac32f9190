"""Words of the synthetic catalogue: departments, categories, product types, and what usually follows what."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Category:
    """Some product types that are bought together."""

    name: str
    types: tuple[str, ...]
    follow: str
    """Category that purchases here often lead to; its own name if they stay."""


@dataclass(frozen=True)
class Department:
    """Categories that share brands and describing words."""

    name: str
    brands: tuple[str, ...]
    attributes: tuple[str, ...]
    variants: tuple[str, ...]
    categories: tuple[Category, ...]


def _words(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(","))


def _department(
    name: str, brands: str, attributes: str, variants: str, *categories: tuple[str, str, str]
) -> Department:
    return Department(
        name,
        _words(brands),
        _words(attributes),
        _words(variants),
        tuple(Category(category, _words(types), follow) for category, types, follow in categories),
    )


#: Brands are invented; '&', quotes and inch marks are there so that titles carry HTML entities as the release's do.
DEPARTMENTS: tuple[Department, ...] = (
    _department(
        "Office Products",
        "Fernhill, Quill & Stone, Deskmate, Marlow, Papertrail, Northgate, Inkwell's, Rowan",
        "Recycled, Heavy Duty, Premium, Compact, Wireless, Refillable, Acid Free, Ergonomic",
        'Black, Blue, Letter Size, Legal Size, Pack of 3, Pack of 12, 8.5" x 11", Box of 100',
        ("Writing", "Gel Pen, Ballpoint Pen, Mechanical Pencil, Highlighter, Permanent Marker", "Paper"),
        ("Paper", "Copy Paper, Spiral Notebook, Sticky Notes, Index Cards, Legal Pad", "Filing"),
        ("Filing", "File Folder, Ring Binder, Sheet Protectors, Label Maker, Hanging Folders", "Writing"),
        ("Printing", "Laser Printer, Inkjet Printer, Document Scanner, Label Printer", "Ink & Toner"),
        ("Ink & Toner", "Toner Cartridge, Ink Cartridge, Photo Paper, Printer Cable", "Paper"),
    ),
    _department(
        "Electronics",
        "Lumatek, Kestrel, Aurora & Finch, Novatone, Pixelworks, Bluecrest, Halden, Sonora",
        "Digital, Portable, Waterproof, Rechargeable, High Speed, Noise Cancelling, Slim, Bluetooth",
        'Black, Silver, 16 GB, 64 GB, 7", 10.1", 2 Pack, with Remote',
        ("Cameras", "Digital Camera, Action Camera, Camcorder, Instant Camera", "Camera Accessories"),
        ("Camera Accessories", "Camera Case, Tripod, Memory Card, Lens Filter, Camera Battery", "Cameras"),
        ("Audio", "Headphones, Earbuds, Bookshelf Speaker, Soundbar, Portable Radio", "Cables"),
        ("Tablets", "Tablet, E-Reader, Tablet Case, Screen Protector, Stylus", "Cables"),
        ("Cables", "HDMI Cable, USB Charger, Power Bank, Wall Adapter, Extension Cord", "Audio"),
    ),
    _department(
        "Toys & Games",
        "Acorn Lane, Brightbox, Tumble & Tot, Wonderwick, Little Otter, Gamewright's, Pebble, Starling",
        "Wooden, Classic, Deluxe, Educational, Magnetic, Glow in the Dark, Junior, Remote Control",
        "Ages 3 and Up, Ages 8 and Up, 24 Pieces, 100 Pieces, 500 Pieces, Travel Edition, Red, Green",
        ("Building", "Building Blocks, Marble Run, Construction Set, Train Track", "Vehicles"),
        ("Vehicles", "Race Car, Fire Truck, Train Engine, Toy Helicopter", "Building"),
        ("Board Games", "Strategy Game, Card Game, Trivia Game, Dice Game, Chess Set", "Puzzles"),
        ("Puzzles", "Jigsaw Puzzle, Brain Teaser, Floor Puzzle, Puzzle Cube", "Board Games"),
        ("Dolls", "Fashion Doll, Dollhouse, Stuffed Bear, Hand Puppet, Doll Clothes", "Dolls"),
    ),
    _department(
        "Beauty",
        "Verbena, Rose & Rye, Claribel, Mistral, Honeydew, Saint Olive, Petalsoft, L'Aube",
        "Organic, Fragrance Free, Hydrating, Anti-Aging, Volumizing, Gentle, Long Lasting, Oil Free",
        "1.7 oz, 4 oz, 8 fl oz, 12 Ounce, Travel Size, Pack of 2, Light, Medium",
        ("Skin Care", "Face Cream, Eye Serum, Clay Mask, Facial Cleanser, Sunscreen Lotion", "Makeup"),
        ("Makeup", "Lipstick, Mascara, Eyeliner Pencil, Foundation, Blush Powder", "Tools"),
        ("Tools", "Makeup Brush, Hair Dryer, Nail File, Tweezers, Cosmetic Mirror", "Hair Care"),
        ("Hair Care", "Shampoo, Conditioner, Hair Mask, Styling Gel, Hair Oil", "Hair Care"),
        ("Fragrance", "Eau de Toilette Spray, Body Mist, Perfume Oil, Scented Candle", "Skin Care"),
    ),
    _department(
        "Clothing",
        "Harrow & Vale, Tidewater, Juniper, Summit Line, Maribel, Oakridge, Wren's, Cobalt",
        "Cotton, Leather, Stretch, Wool, Vintage, Water Resistant, Slim Fit, Lightweight",
        "Small, Medium, Large, X-Large, Black, Navy, Women's, Men's",
        ("Shoes", "Running Shoe, Ankle Boot, Canvas Sneaker, Sandal, Loafer", "Socks"),
        ("Socks", "Crew Socks, Wool Socks, Tights, Shoe Insoles", "Shoes"),
        ("Tops", "T-Shirt, Polo Shirt, Hooded Sweatshirt, Blouse, Cardigan", "Bottoms"),
        ("Bottoms", "Jeans, Cargo Shorts, Pleated Skirt, Yoga Pants", "Tops"),
        ("Jewelry", "Pendant Necklace, Hoop Earrings, Charm Bracelet, Wrist Watch, Jewelry Box", "Jewelry"),
    ),
    _department(
        "Kitchen",
        "Copperleaf, Salt & Sage, Homestead, Brasserie, Millstone, Ember, Chef's Row, Tavola",
        "Stainless Steel, Nonstick, Ceramic, Cast Iron, Silicone, Glass, Dishwasher Safe, Bamboo",
        '8", 10", 12", 2 Quart, 5 Quart, Set of 4, Set of 6, Red',
        ("Cookware", "Frying Pan, Saucepan, Dutch Oven, Wok, Stock Pot", "Utensils"),
        ("Utensils", "Spatula, Whisk, Chef Knife, Cutting Board, Measuring Cups", "Bakeware"),
        ("Bakeware", "Loaf Pan, Muffin Tin, Cookie Sheet, Rolling Pin, Cake Stand", "Utensils"),
        ("Coffee", "Espresso Machine, French Press, Coffee Grinder, Tea Kettle", "Drinkware"),
        ("Drinkware", "Travel Mug, Wine Glasses, Water Bottle, Coffee Mug", "Coffee"),
    ),
    _department(
        "Garden & Pets",
        "Greenacre, Thistle & Thorn, Barkley, Meadowlark, Pawsworth, Stonebrook, Gardener's Own, Heron",
        "Outdoor, Adjustable, Natural, Solar, Extra Large, Weatherproof, Folding, Grain Free",
        "5 lb, 15 lb, Small, Large, 25 ft, 50 ft, Pack of 6, Green",
        ("Plant Care", "Potting Soil, Flower Pot, Plant Food, Seed Starter Kit", "Garden Tools"),
        ("Garden Tools", "Pruning Shears, Garden Hose, Hand Trowel, Leaf Rake, Watering Can", "Plant Care"),
        ("Dogs", "Dog Bed, Dog Leash, Chew Toy, Dry Dog Food, Dog Crate", "Dogs"),
        ("Cats", "Cat Litter, Scratching Post, Cat Tunnel, Wet Cat Food", "Cats"),
        ("Birds", "Bird Feeder, Bird House, Wild Bird Seed, Suet Cake", "Plant Care"),
    ),
    _department(
        "Sports",
        "Ridgeway, Peak & Pine, Velocita, Ironwood, Swiftwater, Trailhead, Runner's Mark, Boreal",
        "Lightweight, Insulated, Training, Professional, Inflatable, Breathable, All Weather, Quick Dry",
        'Small, Large, 20 lb, 40 lb, 26", 2 Person, 4 Person, Orange',
        ("Camping", "Camping Tent, Sleeping Bag, Camp Stove, Headlamp", "Hiking"),
        ("Hiking", "Hiking Backpack, Trekking Poles, Compass, Hydration Pack", "Camping"),
        ("Fitness", "Yoga Mat, Dumbbell, Resistance Bands, Jump Rope, Kettlebell", "Fitness"),
        ("Cycling", "Bike Helmet, Bike Light, Cycling Gloves, Bike Pump, Bike Lock", "Cycling"),
        ("Water Sports", "Swim Goggles, Snorkel Set, Kayak Paddle, Life Jacket", "Camping"),
    ),
)
