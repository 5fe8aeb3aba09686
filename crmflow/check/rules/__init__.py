"""The rules across the rows and forms of one workbook: a list of small functions, each found by its code."""

from crmflow.check.rules import archive, every_form, expenses, registers, service
from crmflow.check.rules.service import usage_of
from crmflow.check.rules.view import (
    Archive,
    Broken,
    Limits,
    Reference,
    RowRule,
    Usage,
    View,
    at,
    person_of,
    text_of,
)

__all__ = [
    "RULES", "Archive", "Broken", "Limits", "Reference", "RowRule", "Usage", "View", "at", "person_of", "text_of",
    "usage_of",
]

RULES: tuple[RowRule, ...] = (
    every_form.keys_are_unique,
    every_form.row_checks_hold,
    every_form.staff_are_staff,
    archive.account_manager_is_in_service,
    archive.names_repeat_their_profile,
    archive.reporting_lines_do_not_circle,
    archive.superiors_are_staff,
    archive.lines_of_authority_do_not_circle,
    archive.relations_hang_on_more_than_one,
    archive.open_projects_have_a_decision_maker,
    archive.credit_is_known_once_there_are_transactions,
    archive.tender_information_is_lawful,
    archive.news_names_known_customers,
    service.customer_plans_are_approved_by_the_head,
    service.low_scores_have_a_measure,
    service.open_tickets_have_a_promise,
    service.orders_arrive_in_time,
    expenses.nothing_is_given_for_preference,
    expenses.incentives_go_to_the_company,
    expenses.expenses_keep_within_their_limits,
    expenses.checkers_are_entitled,
    expenses.summaries_repeat_their_applications,
    registers.customers_are_on_file,
    registers.exemptions_are_approved_by_a_head,
    registers.steps_belong_to_a_candidate,
    registers.steps_are_taken_in_order,
    registers.receptions_follow_the_standard,
    registers.targets_add_up,
    registers.stock_agrees,
)
