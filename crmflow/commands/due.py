"""``crmflow due``: what is due, of one person or of all."""

from datetime import datetime

from crmflow.codes import say
from crmflow.commands import show
from crmflow.commands.guard import COMPLETED, WrongUse
from crmflow.commands.known import entered, looking
from crmflow.config import Config
from crmflow.model import Duty, Stage
from crmflow.rules import action_of
from crmflow.state import State, work_out
from crmflow.texts import phrase
from crmflow.timing import arithmetic


def main(config: Config, now: datetime, person: str, as_json: bool) -> int:
    """Print the duties that have reached a stage, the most urgent first."""
    with looking(config) as (store, connection):
        state = work_out(store, connection, config, now)
        owner = _owner(state, person, config)
        duties = [
            duty for duty in state.duties if duty.stage is not Stage.LATER and (not owner or duty.owner == owner)
        ]
        entered(store, config, now, "due", (duty.customer for duty in duties if duty.customer))
    if as_json:
        show.as_json([_document(duty, state) for duty in duties])
    else:
        _print(duties, state, config.language)
    return COMPLETED


def _owner(state: State, person: str, config: Config) -> str:
    if not person:
        return ""
    found = state.company.people.find(person)
    if found is None:
        raise WrongUse(phrase("cli.nobody", config.language, person=person))
    return found.number


def _document(duty: Duty, state: State) -> dict[str, object]:
    facts = {name: say(fact, "zh") for name, fact in duty.facts.items()}
    return duty._asdict() | {
        "where": duty.where._asdict(), "stage": duty.stage.name.lower(), "facts": facts,
        "zh": action_of(duty, "zh"), "en": action_of(duty, "en"),
        "owner_name": _name(duty, state),
        "arithmetic": {language: arithmetic(duty, language) for language in ("zh", "en")},
    }


def _name(duty: Duty, state: State) -> str:
    person = state.company.people.people.get(duty.owner)
    return person.name if person else duty.owner


def _print(duties: list[Duty], state: State, language: str) -> None:
    headings = [phrase(f"master.{name}", language) for name in ("stage", "due_at", "owner", "rule", "action")]
    rows = [
        (phrase(f"master.stage.{duty.stage.name.lower()}", language), f"{duty.due_at:%Y-%m-%d %H:%M}",
         _name(duty, state), duty.rule, _told(duty, language))
        for duty in duties
    ]
    show.table(phrase("cli.due.title", language, count=len(rows)), headings, rows)


def _told(duty: Duty, language: str) -> str:
    """What to do, and below it how the due day came about."""
    todo = action_of(duty, language)
    return "\n".join(line for line in (todo, arithmetic(duty, language, todo)) if line)
