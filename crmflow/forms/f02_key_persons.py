"""F2 Key-person profile 附表2 关键人物的个人情况资料 (Q0 附表2); personal data, section 8."""

from crmflow.declare import Audience, Choice, Field, Form, Kind, Table
from crmflow.forms._parts import CUSTOMER_PERSON, channel_level, day, email, note
from crmflow.model import Text, WorkbookKind

GENDERS = (
    Choice("male", Text("男", "Male"), aliases=("先生",)),
    Choice("female", Text("女", "Female"), aliases=("女士",)),
)

PERSONS = Table(
    id="persons",
    title=Text("关键人物", "Key persons"),
    key=("name", "institution"),
    blank_rows=34,
    fields=(
        Field(
            "name", Text("姓名", "Name"), Kind.TEXT, required=True, width=10,
            help=Text("全名；附表3、附表4 要用同样的写法。", "The full name; F3 and F4 must spell it the same way."),
            example=CUSTOMER_PERSON,
        ),
        Field(
            "institution", Text("机构", "Institution"), Kind.TEXT, width=14, aliases=("单位",),
            help=Text("所在的机构，写法与附表1 一致；同名的人靠它区分。",
                      "Where the person works, spelled as in F1; it tells people of the same name apart."),
            example=Text("厦门工厂", "Xiamen plant"),
        ),
        Field(
            "department", Text("部门", "Department"), Kind.TEXT, width=11,
            help=Text("所在部门。", "The person's department."),
            example=Text("设备部", "Equipment"),
        ),
        Field(
            "post", Text("职务", "Post"), Kind.TEXT, width=13, required=True,
            help=Text("现任职务，变动后及时改。", "The present post; renew it when it changes."),
            example=Text("设备部经理", "Equipment manager"),
        ),
        Field(
            "gender", Text("性别", "Gender"), Kind.CHOICE, choices=GENDERS, width=7, audience=Audience.PERSONAL,
            help=Text("从下拉列表中选。", "Choose from the list."),
            example=GENDERS[0].label,
        ),
        Field(
            "birthday", Text("生日", "Birthday"), Kind.BIRTHDAY, width=14, audience=Audience.PERSONAL,
            help=Text("不知道年份就只填 月-日；过农历生日的写明农历，例如：农历八月十五、农历闰四月初三。到期前会提醒问候。",
                      "Month-day is enough if the year is not known; by the lunar calendar type for example lunar 08-15, or "
                      "lunar leap 04-03 in a leap month. We are reminded before it comes."),
            example="05-20",
        ),
        Field(
            "mobile", Text("手机", "Mobile"), Kind.MOBILE, width=13, audience=Audience.PERSONAL, aliases=("手机号", "手机号码"),
            help=Text("11 位手机号。", "Eleven digits."),
            example="13805920001",
        ),
        email(Text("常用邮箱。", "The address the person reads."), example="zhaojg@jiangnan.example"),
        note(
            "education", Text("教育背景", "Education"), width=15, audience=Audience.PERSONAL,
            help=Text("学校、专业、毕业年份，知道多少写多少。", "School, subject, year: whatever is known."),
            example=Text("厦门大学机械系 1998 届", "Xiamen University, mechanical engineering, 1998"),
        ),
        note(
            "career", Text("工作经历", "Career"), width=18, audience=Audience.PERSONAL,
            help=Text("做过哪些岗位，在本单位几年。", "Posts held, and years with this institution."),
            example=Text("2005 年入职，历任车间主任、设备部副经理", "Joined 2005; workshop head, deputy equipment manager"),
        ),
        note(
            "preferences", Text("偏好", "Hobbies and preferences"), width=15, audience=Audience.PERSONAL,
            help=Text("爱好，喜欢的沟通方式和时间，忌讳。", "Hobbies, how and when to be approached, what to avoid."),
            example=Text("喜欢羽毛球；上午不接电话", "Badminton; takes no calls in the morning"),
        ),
        note(
            "concerns", Text("担忧的问题", "Concerns"), width=16, audience=Audience.PERSONAL,
            help=Text("对方在工作上最担心什么。", "What worries the person most at work."),
            example=Text("停产改造时间太长", "A long standstill during the rebuilding"),
        ),
        channel_level(Text(
            "资料从哪里来：1 客户公开发布；2 行业媒体、政府数据；3 客户联系人及其伙伴；4 内部人士提供，须保密。",
            "Where this profile comes from: 1 published by the customer; 2 trade press, government data; "
            "3 the customer's contacts and partners; 4 confidential, from people inside.")),
        Field(
            "consent", Text("告知同意", "Informed and agreed"), Kind.YES_NO, required=True, width=9,
            help=Text("已告知本人我们留存其联系资料并得到同意，选“是”；还没有的选“否”，并尽快办理。",
                      "Yes if the person knows that we keep these data and agrees; No if that is still to be done."),
            example=Text("是", "Yes"),
        ),
        day(
            "updated_on", Text("更新日期", "Updated on"),
            Text("最近一次核对这一行的日期。", "The day this row was last checked."), "2026-06-30",
            required=True, past=True,
        ),
    ),
)

FORM = Form(
    id="F2",
    title=Text("附表2 关键人物的个人情况资料", "Appendix 2 Key-person profiles"),
    sheet=Text("附表2 关键人物资料", "F2 Key persons"),
    kind=WorkbookKind.ARCHIVE,
    note=Text(
        "对我们的项目说得上话的人，每人一行。只记工作需要的内容，并事先告知本人、征得同意（《个人信息保护法》）。"
        "不知道的先空着，不要猜。本表含个人信息，请勿在公共场合打开或转发。",
        "One row for everybody who has a say in our projects. Note only what the work needs, and tell the person "
        "beforehand (Personal Information Protection Law). Leave blank what is not known; never guess. "
        "This form holds personal data: do not open it in public or pass it on.",
    ),
    blocks=(PERSONS,),
    source="Q0 附表2",
)
