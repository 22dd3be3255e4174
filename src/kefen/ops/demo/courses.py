"""The demo's catalogue: adult and vocational courses only."""

from kefen.catalog.actions import NewCourse

_OUTLINE = """第一周 打基础：概念、例题与随堂练习
第二周 练方法：高频题型与解题套路
第三周 做整卷：限时训练与逐题讲评
第四周 查漏补缺：错题复盘与考前安排"""


def _course(
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
    return NewCourse(
        code=code,
        title=title,
        category=category,
        list_price=yuan * 100,
        promotable=promotable,
        teacher=teacher,
        summary=summary,
        outline=_OUTLINE,
        cover_glyph=glyph,
        cover_tone=tone,
    )


COURSES = (
    _course("math30", "考研数学 30 天冲刺班", "exam", 299, "陈立老师", "每晚直播两小时，真题逐题讲透，配套题册与答疑。", "数", "indigo"),
    _course("ielts7", "雅思口语 7 分陪跑营", "language", 599, "Lucy 老师", "一对一口语反馈，八周题库全覆盖，每周两次模考。", "雅", "jade"),
    _course("python0", "零基础 Python 数据分析", "it", 199, "周航老师", "42 节录播加每周直播答疑，做完四个真实项目。", "Py", "amber"),
    _course("english1", "考研英语长难句精讲", "exam", 199, "何静老师", "120 句拆到主干，配翻译与写作练习。", "英", "indigo"),
    _course("politics", "考研政治框架串讲", "exam", 159, "郭岩老师", "五门一张图，选择题与分析题各两轮。", "政", "cinnabar"),
    _course("cpa-acc", "注会会计基础精讲", "finance", 899, "顾明老师", "合并报表与长投专题，配分录练习。", "会", "ink"),
    _course("excel", "职场 Excel 与数据看板", "office", 129, "吴桐老师", "函数、透视表到自动化看板，随到随学。", "表", "jade"),
    _course("product", "产品经理入门到面试", "career", 699, "林溪老师", "需求、原型、数据三件套，作业逐份点评。", "产", "amber"),
    _course("ui", "界面设计实战工作坊", "design", 799, "苏沐老师", "六个作业从草图到交付，老师直播改稿。", "设", "cinnabar"),
    _course("video", "短视频剪辑与脚本", "career", 259, "韩冬老师", "脚本、拍摄、剪辑、发布四步走。", "剪", "ink"),
    _course("teacher", "教师资格证笔试通关课", "exam", 329, "秦悦老师", "科一科二全程直播，材料题模板课。", "教", "jade"),
    _course("open", "公开试听课（不参与推广）", "exam", 9, "陈立老师", "先听一节，再决定要不要报名。", "试", "ink", promotable=False),
)
