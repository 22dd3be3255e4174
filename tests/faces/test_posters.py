"""Posters as a promoter gets them: drawn from the course's facts, scanned to his link, kept by
content, and of nobody else."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
import zxingcpp
from django.conf import settings
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from PIL import Image, ImageChops

from kefen.catalog.actions import NewCourse, NewSession, add_course, schedule, take_over
from kefen.catalog.models import Course, Session, Status
from kefen.core.attribution import AttributionPolicy
from kefen.core.terms import CourseScope, Percent, PromoterKind, PromoterScope, Rule, Terms
from kefen.core.words import FORBIDDEN_IN_PRODUCT, forbidden
from kefen.faces.web import posters
from kefen.faces.web.posters import letters, shapes
from kefen.platform import clock
from kefen.platform.audit.models import Record
from kefen.platform.identity.actions import account_with_phone, link_user, make_user
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.actions import found_institution
from kefen.programmes.actions import publish
from kefen.promoters.actions import Enrolment, enrol
from kefen.promoters.models import Promoter
from kefen.referrals.models import Link
from tests.faces.school import School, open_school

LINK = "https://kefen.example/s/k7qm2xa"
PLAIN = posters.Poster(
    school="知行学堂",
    ad="广告",
    title="考研数学 30 天冲刺班",
    facts=("每晚直播两小时", "真题逐题讲透", "配套题册与答疑"),
    teacher="陈立老师",
    live="11-24 20:00 直播",
    cover=posters.Cover("数", 0),
    currency="¥",
    price="299",
    refund="付款后 7 天内可全额退",
    promoter="小鱼妈妈",
    shade=0,
    recommends="推荐这门课",
    scan=("长按识别二维码", "先看课程，再决定"),
    responsible="课程与退款由知行学堂负责",
    disclosure="推荐人可获推广服务费",
    link=LINK,
)
FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
LONG = replace(
    PLAIN,
    school="知行终身学习与职业发展学院（北京朝阳校区）",
    title="全国硕士研究生招生考试数学一三十天高强度真题冲刺与答疑陪跑训练营第二期" * 2,
    facts=("每晚直播两小时并有回放以及配套练习" * 3,) * 3,
    teacher="克里斯托弗·利文斯通教授与他的同事们",
    cover=posters.Cover("Py", 3),
    currency="HK$",
    price="12,299.50",
    promoter=f"小鱼{FAMILY}妈妈🎓爱学习的人们",
    responsible="课程与退款由知行终身学习与职业发展学院（北京朝阳校区）负责",
    link="https://a-very-long-host-name.kefen.example/s/k7qm2xa",
)
ENGLISH = replace(
    PLAIN,
    title="Postgraduate entrance mathematics, the long thirty-day intensive sprint",
    facts=("Two hours live each evening", "Every past paper", "Workbook"),
    refund="Full refund within 7 days after payment",
    promoter="José María 🐟",
    scan=("Long-press to scan the code", "Look first, then decide"),
    disclosure="The recommender may get a service fee",
)


@pytest.fixture(autouse=True)
def place(tmp_path: Path) -> Iterator[Path]:
    """Pictures are kept in a folder of the test's own, at an address as short as a real one."""
    with override_settings(POSTERS_ROOT=tmp_path, PUBLIC_URL="https://kefen.example"):
        yield tmp_path


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data))


def scanned(image: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(image.convert("L"))]


# The drawing.


@pytest.mark.parametrize("look", posters.LOOKS)
@pytest.mark.parametrize("poster", [PLAIN, LONG, ENGLISH], ids=["plain", "long", "english"])
def test_a_poster_has_its_size_its_weight_and_one_code(poster: posters.Poster, look: str) -> None:
    data = posters.draw(poster, look)
    image = opened(data)
    assert (image.format, image.size) == ("JPEG", (750, 1334))
    assert len(data) <= 150_000
    assert scanned(image) == [poster.link]


@pytest.mark.parametrize("look", posters.LOOKS)
def test_a_poster_is_scanned_after_it_was_made_small_and_coarse(look: str) -> None:
    small = opened(posters.draw(PLAIN, look)).resize((160, 285), Image.Resampling.LANCZOS)
    out = BytesIO()
    small.save(out, "JPEG", quality=60)
    assert scanned(opened(out.getvalue())) == [LINK]


def test_the_code_is_of_version_3_level_m_on_whole_pixels() -> None:
    link = LINK + "x" * (posters.LINK_LENGTH - len(LINK))
    code = shapes.code_of(link)
    assert (code.version, code.error) == (3, "M")
    assert shapes.qr(link, 296).size == (296, 296)
    longer = shapes.code_of(LINK + "x" * 30)
    assert longer.version == 4
    assert shapes.qr(LINK + "x" * 30, 296).width % 41 == 0


def test_looks_differ_from_each_other() -> None:
    drawn = [opened(posters.draw(PLAIN, look)) for look in posters.LOOKS]
    assert len(drawn) >= 3
    for number, one in enumerate(drawn):
        for other in drawn[number + 1 :]:
            assert ImageChops.difference(one, other).getbbox() is not None


def test_letters_that_no_font_has_are_left_out() -> None:
    assert letters.legible(f"小鱼{FAMILY}妈妈🎓") == "小鱼妈妈"
    assert letters.legible("🎓🎉") == ""
    assert letters.legible("José 鱼，¥1") == "José 鱼，¥1"
    assert letters.legible("a\u202e\tb\x00") == "a b"
    assert letters.legible("𪚥龍") in ("", "龍")


def test_a_name_with_emoji_is_drawn_as_the_one_without() -> None:
    with_emoji = replace(PLAIN, promoter=f"小鱼{FAMILY}妈妈")
    assert posters.draw(with_emoji, "paper") == posters.draw(PLAIN, "paper")


def test_a_name_is_cut_at_eight_characters() -> None:
    assert letters.shorten("一二三四五六七八", posters.NAME_LENGTH) == "一二三四五六七八"
    assert letters.shorten("一二三四五六七八九", posters.NAME_LENGTH) == "一二三四五六七…"


def test_a_title_breaks_where_a_writer_pauses() -> None:
    lines = letters.in_two("考研数学 30 天冲刺班", letters.SERIF, 88, 654)
    assert lines == ("考研数学", "30 天冲刺班")
    assert letters.in_two("一" * 40, letters.SERIF, 88, 654) == ()
    for line in letters.wrap("先看课程，再决定要不要报名。", letters.SANS, 26, 130, 4):
        assert line[0] not in "，。"


def test_a_share_cover_is_small_and_without_a_code() -> None:
    data = posters.draw_cover(posters.Cover("数", 0))
    assert opened(data).size == (300, 300)
    assert len(data) <= 40_000
    assert scanned(opened(data)) == []


# The pages.


def sheet_of(school: School, client: Client, query: str = "") -> str:
    answer = client.get(school.at(f"courses/maths/poster{query}", "p"))
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def picture_in(html: str) -> str:
    found = re.findall(r'<img [^>]*src="([^"]+)"', html)
    assert len(found) == 1, found
    assert found[0].endswith(".jpg")
    return found[0]


def link_in(html: str) -> str:
    found = re.search(r'id="link-text">([^<]+)<', html)
    assert found is not None
    return found[1]


def test_the_sheet_shows_the_poster_of_the_promoter_s_own_link(school: School) -> None:
    client = school.as_("promoter")
    html = sheet_of(school, client)
    link = link_in(html)
    assert link == f"https://kefen.example/s/{school.code}"
    assert len(link) <= posters.LINK_LENGTH
    assert "yu" in html
    for never in ("download", "<canvas", "data:"):
        assert never not in html
    answer = client.get(picture_in(html))
    assert answer["Content-Type"] == "image/jpeg"
    assert "no-store" in answer["Cache-Control"]
    assert scanned(opened(answer.content)) == [link]


def test_every_look_is_a_link_away(school: School) -> None:
    client = school.as_("promoter")
    html = sheet_of(school, client)
    looks = re.findall(r'href="\?look=(\w+)&amp;link=', html.split('class="looks"')[1])
    assert set(looks) >= set(posters.LOOKS)
    shown = {picture_in(sheet_of(school, client, f"?look={one}")) for one in posters.LOOKS}
    assert len(shown) == len(posters.LOOKS)
    assert picture_in(sheet_of(school, client, "?look=nonsense")) in shown
    assert len({client.get(one).content for one in shown}) == len(posters.LOOKS)


def test_the_poster_is_one_tap_from_home_and_from_the_list(school: School) -> None:
    client = school.as_("promoter")
    for page in ("", "courses"):
        html = client.get(school.at(page, "p")).content.decode()
        assert school.at("courses/maths/poster", "p") in html


def kept(place: Path) -> set[Path]:
    return set(place.rglob("*.jpg"))


def test_a_picture_is_drawn_once_and_anew_when_anything_changes(
    school: School, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = school.as_("promoter")
    address = picture_in(sheet_of(school, client))
    drawn: list[posters.Poster] = []
    real = posters.draw

    def counting(poster: posters.Poster, look: str, photo: bytes = b"") -> bytes:
        drawn.append(poster)
        return real(poster, look, photo)

    monkeypatch.setattr(posters, "draw", counting)
    first = client.get(address).content
    assert client.get(address).content == first
    assert len(drawn) == 1
    assert len(kept(place)) == 1
    Promoter.objects.filter(code="yu").update(nickname="大鱼")
    second = client.get(address).content
    assert second != first
    Course.objects.filter(code="maths").update(list_price=399_00)
    third = client.get(address).content
    assert third not in (first, second)
    Session.objects.update(starts_at=clock.now() + timedelta(days=5))
    client.get(address)
    assert [one.promoter for one in drawn] == ["小鱼", "大鱼", "大鱼", "大鱼"]
    assert [one.price for one in drawn] == ["299", "299", "399", "399"]
    assert len(kept(place)) == 1, "what is out of date is not kept"


def test_a_new_version_of_the_programme_draws_anew(school: School, place: Path) -> None:
    client = school.as_("promoter")
    address = picture_in(sheet_of(school, client))
    client.get(address)
    before = kept(place)
    rule = Rule(key="more", promoter=PromoterScope(), course=CourseScope(), level1=Percent(2500))
    later = clock.now() + timedelta(seconds=1)
    policy = AttributionPolicy()
    publish(
        Terms(effective_from=later, policy=policy, hold_days=7, max_rate_bps=3000, rules=(rule,))
    )
    with clock.at(later + timedelta(seconds=1)):
        client.get(address)
    assert kept(place).isdisjoint(before)


def test_a_damaged_folder_costs_time_and_not_the_picture(school: School, place: Path) -> None:
    client = school.as_("promoter")
    address = picture_in(sheet_of(school, client))
    blocked = place / "file"
    blocked.write_text("")
    with override_settings(POSTERS_ROOT=blocked):
        assert opened(client.get(address).content).size == (750, 1334)


@pytest.mark.parametrize(
    "change",
    [{"status": Status.OFF_SALE}, {"promotable": False}, {"status": Status.DRAFT}],
    ids=str,
)
def test_what_cannot_be_bought_or_promoted_has_no_poster(
    school: School, change: dict[str, object]
) -> None:
    client = school.as_("promoter")
    address = picture_in(sheet_of(school, client))
    client.get(address)
    Course.objects.filter(code="maths").update(**change)
    for page in ("courses/maths/poster", "courses/maths"):
        answer = client.get(school.at(page, "p"))
        assert answer.status_code == 404
        html = answer.content.decode()
        assert "这门课没有海报" in html
        assert school.at("courses/python/poster", "p") in html
    assert client.get(address).status_code == 404


def as_promoter(school: School, code: str) -> Client:
    """Somebody else who promotes for the school in scope."""
    account = account_with_phone(f"139{len(code):08}", name="王五")
    past = clock.now() - timedelta(days=1)
    enrol([Enrolment(code, PromoterKind.STUDENT, None, account.id, past, None)])
    user = make_user(code)
    link_user(account.id, user)
    browser = school.guest()
    browser.force_login(user)
    return browser


def test_a_neighbour_gets_nothing(school: School) -> None:
    address = picture_in(sheet_of(school, school.as_("promoter")))
    other = found_institution(slug="other", name="别的学校")
    with scope.institution(other.id):
        neighbour = open_school(other)
        theirs = as_promoter(neighbour, "neighbour")
    foreign = [address, *(school.at(one, "p") for one in ("courses/maths/poster", "links"))]
    assert [theirs.get(one).status_code for one in foreign] == [404, 404, 404]
    refused = Record.objects.filter(verb="access.refused")
    assert refused.count() == len(foreign)
    own = picture_in(sheet_of(neighbour, theirs))
    assert theirs.get(own).status_code == 200
    code = own.split("/")[-2]
    assert theirs.get(own.replace(code, school.code)).status_code == 404
    assert school.guest().get(address).status_code == 302


def test_another_promoter_s_link_makes_no_poster(school: School) -> None:
    browser = as_promoter(school, "wu")
    assert browser.get(school.at(f"posters/{school.code}/paper.jpg", "p")).status_code == 404
    page = school.at(f"courses/maths/poster?link={school.code}", "p")
    assert browser.get(page).status_code == 404
    assert browser.get(school.at("courses/maths/poster", "p")).status_code == 200


@pytest.mark.parametrize("name", ["躺赚大师", "🎓🎉"])
def test_a_nickname_that_may_not_be_printed_gives_way_to_the_code(
    school: School, name: str
) -> None:
    Promoter.objects.filter(code="yu").update(nickname=name)
    client = school.as_("promoter")
    drawn: list[posters.Poster] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(posters, "draw", lambda poster, look, photo: drawn.append(poster) or b"jpg")
        client.get(picture_in(sheet_of(school, client)))
    assert [one.promoter for one in drawn] == ["yu"]


def test_a_course_taken_over_with_forbidden_words_is_not_printed(school: School) -> None:
    taken = NewCourse("sure", "稳赚训练营", "x", 100, summary="包你躺赚，有练习")
    take_over([taken, replace(taken, code="half", title="练习课")])
    client = school.as_("promoter")
    answer = client.get(school.at("courses/sure/poster", "p"))
    assert answer.status_code == 422
    assert "稳赚" in answer.content.decode()
    html = client.get(school.at("courses/half/poster", "p")).content.decode()
    assert "躺赚" not in html
    drawn: list[posters.Poster] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(posters, "draw", lambda poster, look, photo: drawn.append(poster) or b"jpg")
        client.get(picture_in(html))
    assert drawn[0].facts == ("有练习",)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_ready_texts_are_three_lawful_and_lead_to_the_link(school: School, language: str) -> None:
    add_course(NewCourse(code="bare", title="裸课", category="x", list_price=100))
    client = school.as_("promoter")
    client.cookies["kefen_language"] = language
    for course in ("maths", "bare"):
        html = client.get(school.at(f"courses/{course}/poster", "p")).content.decode()
        texts = re.findall(r'id="text-\d">([^<]+)<', html)
        assert len(set(texts)) == 3
        for text in texts:
            assert link_in(html) in text
            assert forbidden(text, FORBIDDEN_IN_PRODUCT) == []
            assert ("广告" if language == "zh-hans" else "Ad:") in text
            for word in ("返佣", "rebate", "commission"):
                assert word not in text


# Links.


def test_a_link_for_a_channel_has_a_poster_and_figures_of_its_own(school: School) -> None:
    client = school.as_("promoter")
    page = school.at("links", "p")
    answer = client.post(page, {"target": "course:maths", "label": " 朋友圈 "})
    assert answer.status_code == 302
    made = Link.objects.get(label="朋友圈")
    assert made.short_code in answer["Location"]
    school.guest().get(f"/s/{made.short_code}")
    html = client.get(answer["Location"]).content.decode()
    row = next(one for one in html.split("<li") if made.short_code in one)
    assert "朋友圈" in row
    assert re.search(r'"v num">1 <', row)
    sheet = sheet_of(school, client, f"?link={made.short_code}")
    assert link_in(sheet).endswith(made.short_code)
    picture = client.get(picture_in(sheet)).content
    assert scanned(opened(picture)) == [link_in(sheet)]
    assert client.post(page, {"target": "course:maths", "label": "朋友圈"}).status_code == 302
    assert Link.objects.filter(label="朋友圈").count() == 1


def test_a_link_to_a_live_lesson_leads_to_its_line(school: School) -> None:
    client = school.as_("promoter")
    session = Session.objects.get()
    answer = client.post(school.at("links", "p"), {"target": f"session:{session.id}", "label": ""})
    assert answer.status_code == 302
    made = Link.objects.get(session_id=session.id)
    assert made.course_id == session.course_id
    browser = school.guest()
    landing = browser.get(f"/s/{made.short_code}")["Location"]
    assert landing.startswith(school.at("c/maths?r="))
    assert landing.endswith(f"#session-{session.id}")
    page = browser.get(landing.partition("#")[0]).content.decode()
    assert f'id="session-{session.id}"' in page
    assert school.checkout(browser, landing.partition("#")[0]).status_code == 302


def test_a_live_lesson_that_began_is_on_no_poster(school: School) -> None:
    client = school.as_("promoter")
    session = Session.objects.get()
    client.post(school.at("links", "p"), {"target": f"session:{session.id}", "label": ""})
    code = Link.objects.get(session_id=session.id).short_code
    drawn: list[posters.Poster] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(posters, "draw", lambda poster, look, photo: drawn.append(poster) or b"jpg")
        client.get(school.at(f"posters/{code}/paper.jpg", "p"))
        with clock.at(session.starts_at + timedelta(minutes=1)):
            client.get(school.at(f"posters/{code}/paper.jpg", "p"))
    assert [bool(one.live) for one in drawn] == [True, False]


def test_a_link_to_the_school(school: School) -> None:
    client = school.as_("promoter")
    client.post(school.at("links", "p"), {"target": "school", "label": "公众号"})
    made = Link.objects.get(label="公众号")
    landing = school.guest().get(f"/s/{made.short_code}")["Location"]
    assert landing.startswith(school.at("?r="))


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ({"target": "course:maths", "label": "x" * 21}, 422),
        ({"target": "nowhere", "label": ""}, 422),
        ({"target": "session:nonsense", "label": ""}, 422),
        ({"target": "session:01890a5d-ac96-774b-bcce-b302099a8057", "label": ""}, 404),
        ({"target": "course:unknown", "label": ""}, 404),
    ],
)
def test_a_refused_link_leaves_nothing(school: School, typed: dict[str, str], status: int) -> None:
    before = Link.objects.count()
    answer = school.as_("promoter").post(school.at("links", "p"), typed)
    assert answer.status_code == status
    assert Link.objects.count() == before


def test_links_ask_as_much_for_thirty_as_for_three(school: School) -> None:
    client = school.as_("promoter")
    page = school.at("links", "p")

    def counted() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(page).status_code == 200
        return len(asked)

    for number in range(3):
        client.post(page, {"target": "course:maths", "label": f"渠道 {number}"})
    few = counted()
    for number in range(27):
        client.post(page, {"target": "course:maths", "label": f"其他 {number}"})
    add_course(NewCourse(code="more", title="更多", category="x", list_price=100))
    schedule(Course.objects.get(code="more").id, [NewSession("一", clock.now(), 60)])
    assert counted() == few


# What a messenger shows.


def meta(html: str, name: str) -> str:
    found = re.search(rf'<meta (?:property|itemprop)="{name}" content="([^"]*)"', html)
    assert found is not None, name
    return found[1]


@pytest.mark.parametrize("page", ["", "c/maths"])
def test_a_landing_says_what_a_card_shows(school: School, page: str) -> None:
    browser = school.guest()
    html = browser.get(school.at(page)).content.decode()
    image = meta(html, "og:image")
    assert image == meta(html, "image")
    assert image.startswith(settings.PUBLIC_URL)
    assert meta(html, "og:title") == meta(html, "name")
    assert meta(html, "og:description") == meta(html, "description") != ""
    answer = browser.get(image.removeprefix(settings.PUBLIC_URL))
    assert answer["Content-Type"] == "image/jpeg"
    assert "public" in answer["Cache-Control"]
    assert opened(answer.content).size == (300, 300)
    assert scanned(opened(answer.content)) == []
    for text in (meta(html, "og:title"), meta(html, "og:description")):
        assert forbidden(text, FORBIDDEN_IN_PRODUCT) == []
