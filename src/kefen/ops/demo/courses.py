"""The demo's catalogue: adult and vocational courses only."""

from kefen.catalog.actions import NewCourse, Trial

_OUTLINE = """第一周 打基础：概念、例题与随堂练习
第二周 练方法：高频题型与解题套路
第三周 做整卷：限时训练与逐题讲评
第四周 查漏补缺：错题复盘与考前安排"""

_TEACHERS = {
    "陈立老师": "讲授考研数学 11 年，著有讲义三册。",
    "Lucy 老师": "讲授雅思口语 8 年，逐句批改作业。",
    "周航老师": "做过 8 年数据分析，课上的数据都来自真实项目。",
    "何静老师": "英语专业出身，讲授考研阅读与翻译 9 年。",
    "顾明老师": "注册会计师，曾在事务所审计合并报表。",
}
_TRIALS = {
    "math30": Trial(
        "为什么先看图像再列式",
        8,
        """一道极限题，很多人拿到手就开始换元。先别急：把函数的图像画出来。

图像告诉你两件事：极限在不在，大致在哪里。列式只是把看到的写清楚。

例：x 趋于 0 时，sin(3x) / x 的极限。画出两条曲线，它们在原点附近几乎都是直线，斜率之比是 3。

再用等价无穷小写出来，答案就是 3。

课上每一讲都这样开始：先看，再写，再检查。""",
    ),
    "ielts7": Trial(
        "口语第一部分：把一句话说成三句话",
        6,
        """考官问：Do you like reading? 只答 Yes, I do 是不够的。

用三步：答案，原因，一个小例子。比如：

Yes, mostly novels. They help me unwind after work. Last week I finished one in two evenings.

现在试着用这三步回答：Do you prefer tea or coffee?""",
    ),
    "python0": Trial(
        "五行代码看懂一张销售表",
        10,
        """打开一张销售表，先问三个问题：有多少行，有哪些列，缺了什么。

import pandas as pd
table = pd.read_csv("sales.csv")
table.shape
table.columns
table.isna().sum()

这五行就是每个分析项目的开头。课程里会把它用在四张真实的表上。""",
    ),
}


def course(
    code: str,
    title: str,
    category: str,
    yuan: int,
    teacher: str,
    summary: str,
    glyph: str,
    tone: str,
    *,
    promotable: bool = True,
) -> NewCourse:
    """A course of the demo; `yuan` is its price."""
    return NewCourse(
        code=code,
        title=title,
        category=category,
        list_price=yuan * 100,
        promotable=promotable,
        teacher=teacher,
        summary=summary,
        outline=_OUTLINE,
        teacher_about=_TEACHERS.get(teacher, ""),
        trial=_TRIALS.get(code),
        cover_glyph=glyph,
        cover_tone=tone,
    )


COURSES = (
    course(
        "math30",
        "考研数学 30 天冲刺班",
        "exam",
        299,
        "陈立老师",
        "每晚直播两小时，真题逐题讲透，配套题册与答疑。",
        "数",
        "indigo",
    ),
    course(
        "ielts7",
        "雅思口语 7 分陪跑营",
        "language",
        599,
        "Lucy 老师",
        "一对一口语反馈，八周题库全覆盖，每周两次模考。",
        "雅",
        "jade",
    ),
    course(
        "python0",
        "零基础 Python 数据分析",
        "it",
        199,
        "周航老师",
        "42 节录播加每周直播答疑，做完四个真实项目。",
        "Py",
        "amber",
    ),
    course(
        "english1",
        "考研英语长难句精讲",
        "exam",
        199,
        "何静老师",
        "120 句拆到主干，配翻译与写作练习。",
        "英",
        "indigo",
    ),
    course(
        "politics",
        "考研政治框架串讲",
        "exam",
        159,
        "郭岩老师",
        "五门一张图，选择题与分析题各两轮。",
        "政",
        "cinnabar",
    ),
    course(
        "cpa-acc",
        "注会会计基础精讲",
        "finance",
        899,
        "顾明老师",
        "合并报表与长投专题，配分录练习。",
        "会",
        "ink",
    ),
    course(
        "excel",
        "职场 Excel 与数据看板",
        "office",
        129,
        "吴桐老师",
        "函数、透视表到自动化看板，随到随学。",
        "表",
        "jade",
    ),
    course(
        "product",
        "产品经理入门到面试",
        "career",
        699,
        "林溪老师",
        "需求、原型、数据三件套，作业逐份点评。",
        "产",
        "amber",
    ),
    course(
        "ui",
        "界面设计实战工作坊",
        "design",
        799,
        "苏沐老师",
        "六个作业从草图到交付，老师直播改稿。",
        "设",
        "cinnabar",
    ),
    course(
        "video",
        "短视频剪辑与脚本",
        "career",
        259,
        "韩冬老师",
        "脚本、拍摄、剪辑、发布四步走。",
        "剪",
        "ink",
    ),
    course(
        "teacher",
        "教师资格证笔试通关课",
        "exam",
        329,
        "秦悦老师",
        "科一科二全程直播，材料题模板课。",
        "教",
        "jade",
    ),
    course(
        "open",
        "公开试听课（不参与推广）",
        "exam",
        9,
        "陈立老师",
        "先听一节，再决定要不要报名。",
        "试",
        "ink",
        promotable=False,
    ),
)
