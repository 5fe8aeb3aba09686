"""One finished mail → an outcome: by SMTP over one open connection an account, or as an ``.eml`` file."""

from crmflow.mail.carriers import carrier, file_name
from crmflow.mail.examine import examine
from crmflow.mail.letters import compose, message_id
from crmflow.mail.outcome import Carrier, Letter, MailProblem, Outcome, Result

__all__ = [
    "Carrier", "Letter", "MailProblem", "Outcome", "Result", "carrier", "compose", "examine", "file_name", "message_id",
]
