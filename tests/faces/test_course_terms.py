"""A course's photo on every page that shows it, and a price that begins later, as people see it."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from PIL import Image

from kefen.catalog import queries as catalog
from kefen.catalog.models import Price
from kefen.orders.models import Line, Order
from kefen.platform import clock
from kefen.platform.audit.models import Record
from tests.faces.school import PRICE, School
from tests.faces.test_course_pages import NEW, post, text

DAY = timedelta(days=1)
LATER = 39_900


def send(school: School, client: Client, data: bytes, name: str = "cover.png") -> HttpResponse:
    sent = {"photo": SimpleUploadedFile(name, data), "decision": "set"}
    answer: HttpResponse = client.post(school.at("courses/maths/cover", "o"), sent)  # type: ignore[assignment]
    return answer


def png(colour: tuple[int, int, int] = (180, 40, 40)) -> bytes:
    out = BytesIO()
    Image.new("RGB", (1600, 900), colour).save(out, "PNG")
    return out.getvalue()


def plan(school: School, client: Client, price: str = "399", **more: str) -> HttpResponse:
    starts = (clock.now() + DAY).astimezone(school.facts.zone)
    values = {"amount": price, "starts_at": f"{starts:%Y-%m-%dT%H:%M}", "decision": "plan"}
    return post(school, client, "courses/maths/price", **(values | more))


def test_a_photo_is_shown_wherever_the_course_is(school: School) -> None:
    client, guest = school.as_("operator"), school.guest()
    sign = guest.get(school.at("c/maths/cover.jpg")).content
    assert send(school, client, png()).status_code == 302
    title = catalog.page("maths").title
    landing = text(guest.get(school.at("c/maths")))
    shop = text(guest.get(school.at("")))
    checkout = text(guest.get(school.at("checkout/maths")))
    promoter = text(school.as_("promoter").get(school.at("courses", "p")))
    editor = text(client.get(school.at("courses/maths", "o")))
    digest = catalog.page("maths").cover_digest
    for page, size in (
        (landing, "wide"),
        *((page, "small") for page in (shop, checkout, promoter, editor)),
    ):
        address = school.at(f"c/maths/cover/{size}/{digest}.jpg")
        shown = re.search(rf'<img[^>]*src="{re.escape(address)}"[^>]*>', page)
        assert shown is not None, size
        assert f'alt="{title}"' in shown[0]
        picture = guest.get(address)
        assert picture["Content-Type"] == "image/jpeg"
        assert "immutable" in picture["Cache-Control"]
    assert guest.get(school.at("c/maths/cover.jpg")).content != sign, "messengers show it, too"


def test_a_poster_shows_it_and_is_drawn_anew(school: School) -> None:
    client = school.as_("operator")
    address = school.at("courses/maths/poster/cover.jpg", "o")
    before = client.get(address).content
    send(school, client, png())
    after = client.get(address).content
    assert after != before
    hero = Image.open(BytesIO(after)).convert("RGB").getpixel((654, 572))
    assert isinstance(hero, tuple)
    assert hero[0] > hero[1] + 90, "the photo stands where the sign stood"
    post(school, client, "courses/maths/cover", decision="drop")
    assert client.get(address).content == before


def test_another_photo_has_another_address_and_the_old_one_is_gone(school: School) -> None:
    client, guest = school.as_("operator"), school.guest()
    send(school, client, png())
    old = school.at(f"c/maths/cover/wide/{catalog.page('maths').cover_digest}.jpg")
    assert guest.get(old).status_code == 200
    send(school, client, png((20, 160, 60)))
    assert guest.get(old).status_code == 404
    post(school, client, "courses/maths/cover", decision="drop")
    assert "<img" not in text(guest.get(school.at("c/maths")))
    assert 'class="cover cover-' in text(guest.get(school.at("c/maths")))


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"nonsense", "请选择 JPEG、PNG 或 WebP 照片"), (b"\xff" * 5_000_001, "不超过 5 MB")],
    ids=["nonsense", "large"],
)
def test_what_is_no_photo_is_refused_in_words(school: School, data: bytes, said: str) -> None:
    client = school.as_("operator")
    assert said in text(send(school, client, data), 422)
    assert not catalog.page("maths").cover_digest
    assert "请先选择文件" in text(post(school, client, "courses/maths/cover", decision="set"), 422)


@pytest.mark.parametrize("who", ["finance", "reviewer", "promoter"])
def test_who_may_not_change_courses_changes_nothing(school: School, who: str) -> None:
    client = school.as_(who)
    assert send(school, client, png()).status_code in (302, 403, 404)
    assert plan(school, client).status_code in (302, 403, 404)
    assert not catalog.page("maths").cover_digest
    assert not Price.objects.exists()


def test_a_price_begins_when_it_is_said_to(school: School) -> None:
    client = school.as_("operator")
    school.buy(phone="13700000011")
    assert plan(school, client).status_code == 302
    editor = text(client.get(school.at("courses/maths", "o")))
    assert "待生效" in editor
    assert "生效中" in editor
    assert "399" not in text(school.guest().get(school.at("c/maths")))
    with clock.at(clock.now() + 2 * DAY):
        assert "399" in text(school.guest().get(school.at("c/maths")))
        school.buy(phone="13700000012")
        assert "已过期" in text(client.get(school.at("courses/maths", "o")))
    lines = list(Line.objects.order_by("order__placed_at").values_list("list_price", "paid"))
    assert lines == [(PRICE, PRICE), (LATER, LATER)]
    assert list(Record.objects.filter(verb="price.planned").values_list("subject", flat=True)) == [
        "course:maths"
    ]


def test_whoever_had_the_form_open_does_not_undo_a_price_that_began(school: School) -> None:
    client = school.as_("operator")
    plan(school, client)
    html = client.get(school.at("courses/maths", "o")).content.decode()
    prices = re.findall(r'name="(list_price|price_was)"[^>]* value="([^"]*)"', html)
    values = {**NEW, **dict(prices)}
    with clock.at(clock.now() + 2 * DAY):
        assert post(school, client, "courses/maths", **values).status_code == 302
        assert catalog.page("maths").title == NEW["title"]
        assert catalog.page("maths").price == LATER
        assert (
            post(school, client, "courses/maths", **(values | {"list_price": "199"})).status_code
            == 302
        )
        assert catalog.page("maths").price == 199_00


def test_a_planned_price_is_dropped_in_the_editor(school: School) -> None:
    client = school.as_("operator")
    plan(school, client)
    price = Price.objects.get(amount=LATER)
    answer = post(school, client, "courses/maths/price", decision="drop", price=str(price.id))
    assert answer.status_code == 302
    with clock.at(clock.now() + 2 * DAY):
        assert catalog.page("maths").price == PRICE
    missing = post(school, client, "courses/maths/price", decision="drop", price="nonsense")
    assert missing.status_code == 404


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"starts_at": ""}, "请填写日期和时间"),
        ({"starts_at": "2020-01-01T00:00"}, "请选择将来的时间"),
        ({"amount": "29o"}, "59.80"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused_beside_the_field(
    school: School, wrong: dict[str, str], said: str
) -> None:
    client = school.as_("operator")
    assert said in text(plan(school, client, **wrong), 422)
    assert not Price.objects.exists()


def test_nobody_pays_a_price_that_he_was_not_shown(school: School) -> None:
    client = school.as_("operator")
    plan(school, client)
    guest = school.guest()
    page = text(guest.get(school.at("checkout/maths")))
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
    assert hidden["price"] == str(PRICE)
    form = hidden | {"phone": "13700000013", "terms": "1", "channel": "sandbox"}
    with clock.at(clock.now() + 2 * DAY):
        again = guest.post(school.at("checkout/maths"), form)
        assert "这是新价格" in text(again, 422)  # type: ignore[arg-type]
        assert f'name="price" value="{LATER}"' in again.content.decode()
    assert not Order.objects.exists()
