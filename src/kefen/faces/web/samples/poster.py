"""Sample posters and links: the poster of the mock, its sheet, links of every kind."""

from django.urls import reverse

from kefen.faces.web.posters import LOOKS, Cover, Poster
from kefen.faces.web.promoter import screens
from kefen.faces.web.promoter.link_screens import LinkRow, LinksScreen
from kefen.faces.web.samples.promoter import course, promoted
from kefen.faces.web.samples.words import courses, promoter_name, say
from kefen.faces.web.shared.screens import Form, Option


def picture() -> Poster:
    """A course in a good week."""
    shown = courses()[0]
    return Poster(
        school=say("知行学堂", "Zhixing School"),
        ad=say("广告", "Ad"),
        title=shown.title,
        facts=(
            say("每晚 20:00 直播讲题", "Live at 20:00 every evening"),
            say("30 套真题逐题拆解", "30 past papers, step by step"),
            say("助教 24 小时答疑", "Tutors answer at any hour"),
        ),
        teacher=shown.teacher_name,
        live=say("11-24 20:00 直播", "Live 11-24 20:00"),
        cover=Cover(shown.glyph, shown.tone),
        currency="¥",
        price="299",
        refund=say("付款后 7 天内可全额退", "Full refund within 7 days after payment"),
        promoter=promoter_name(),
        shade=0,
        recommends=say("推荐这门课", "recommends this"),
        scan=(
            say("长按识别二维码", "Long-press to scan"),
            say("先看课程，再决定", "Look first, then decide"),
        ),
        responsible=say("课程与退款由知行学堂负责", "Course and refunds: Zhixing School"),
        disclosure=say("推荐人可获推广服务费", "The recommender may get a service fee"),
        link="https://kefen.example/s/k7qm2xa",
    )


def sheet() -> screens.PosterScreen:
    """A poster with a link of its own for one channel."""
    shown = course()
    return screens.PosterScreen(
        "CNY",
        shown.promoted.course,
        shown.code,
        shown.link,
        "k7qm2xa",
        "cover",
        LOOKS,
        tuple(reverse("web:styleguide_poster", args=[look]) for look in LOOKS),
        shown.texts,
        (
            screens.Channel("k7qm2xa", ""),
            screens.Channel("m3tz9we", say("朋友圈", "Moments")),
            screens.Channel("p8rb4ys", say("公众号", "Newsletter"), say("导数", "Derivatives")),
        ),
    )


def no_poster() -> screens.NoPosterScreen:
    """A course that is off sale."""
    return screens.NoPosterScreen("CNY", courses()[3].title, off_sale=True, siblings=promoted()[:2])


def links() -> LinksScreen:
    """Links of three kinds, one just made."""
    maths = courses()[0].title
    base = "https://kefen.example/s/"
    targets = (
        Option("school", say("整个学校", "The whole school")),
        Option("course:maths30", maths),
    )
    rows = (
        ("m3tz9we", say("朋友圈", "Moments"), maths, "", 1204, "maths30"),
        ("p8rb4ys", "", maths, say("第 3 讲 导数", "Lesson 3, derivatives"), 12, "maths30"),
        ("k7qm2xa", "", "", "", 0, ""),
    )
    made = tuple(
        LinkRow(code, base + code, label, title, session, clicks, poster_of)
        for code, label, title, session, clicks, poster_of in rows
    )
    return LinksScreen("XIAOYU", made, targets, made="m3tz9we")


def links_empty() -> LinksScreen:
    """The first visit, with a label that is too long."""
    typed = Form({"target": "school", "label": "x" * 21}, {"label": say("太长", "Too long")})
    return LinksScreen("XIAOYU", (), links().targets, form=typed)
