"""Who is meant by a name."""

from crmflow.model import Person
from crmflow.people import Directory


def test_somebody_registered_without_a_number_is_not_everybody():
    directory = Directory.of((Person("", "王芳", "account_manager"), Person("1001", "陈亮", "department_head")))
    assert directory.candidates("无此人") == ()
    assert directory.find("王芳") == Person("", "王芳", "account_manager")
    assert directory.find("陈亮（1001）") == directory.find("1001") == directory.people["1001"]
