"""What `make test` runs in which mode, what `make test-fast` leaves out, and what tests must reach."""

# What another database, a cache, a broker or a channel layer could answer differently, and so runs in both
# modes: every query and every act (locks, transactions, what follows a commit), triggers and constraints, all
# tests that commit, hostile input, rate limits, tasks, the live line, the demo in one process, killed
# processes, and in the browser the main chain, the open console and the crash of the system. The rest runs
# once: rules, texts, pages above those queries and acts, and what happens on the phone.
BOTH_MODES = (
    "tests/clinic/services",
    "tests/clinic/queries",
    "tests/clinic/management",
    "tests/clinic/test_*.py",
    "tests/clinic/api/test_[!s]*.py",
    "tests/clinic/console/accounts",
    "tests/clinic/console/test_consumers.py",
    "tests/clinic/console/escalations",
    "tests/clinic/console/test_second_factor.py",
    "tests/caregiver/services",
    "tests/caregiver/queries",
    "tests/caregiver/views/check_in/test_sent_once.py",
    "tests/caregiver/views/check_in/test_steps.py",
    "tests/caregiver/views/core/test_recovery.py",
    "tests/caregiver/views/account/test_sign_in.py",
    "tests/caregiver/views/account/test_strangers.py",
    "tests/caregiver/views/phone/test_sync.py",
    "tests/caregiver/views/phone/test_refusals.py",
    "tests/notifications/services",
    "tests/notifications/test_*.py",
    "tests/config",
    "tests/schema",
    "tests/architecture/test_constraints.py",
    "tests/architecture/test_no_health_words.py",
    "tests/architecture/test_odd_addresses.py",
)
BOTH_MODES_PROCESSES = (
    "tests/faults/test_[!p]*.py",
    "tests/e2e/test_main_chain.py",
    "tests/e2e/test_offline_crashes.py",
)
# What takes long and asks the database nothing that the tests beside it do not ask: on PostgreSQL alone. Each
# act of a night and of a patient's whole life has tests beside it, which run in both modes.
MAIN_ONLY = (
    "tests/clinic/services/paging/test_night*.py",
    "tests/clinic/services/patients/story/*",
    "tests/caregiver/queries/household/test_course_levels.py",
    # What PostgreSQL plans.
    "tests/clinic/queries/desk/test_worklist_plans.py",
    # Rules, pictures and spoken words alone: no test of them has a database.
    "tests/clinic/management/test_simulate.py",
    "tests/clinic/management/test_check_[opr]*.py",
    "tests/clinic/services/reports/test_pictures.py",
    "tests/caregiver/services/guidance/test_pictures.py",
    "tests/caregiver/services/keypad/test_prompts.py",
)
# Cases that ask it nothing more than others of their test. What is odd in an address is mostly refused, or
# a text of nobody's; a number or date that one database cannot hold, and half a character, are sent to both.
MAIN_ONLY_CASES = {
    "tests/architecture/test_odd_addresses.py": (
        "test_odd_parameters_answer_without_a_failure[nul]",
        "test_odd_parameters_answer_without_a_failure[long]",
        "test_odd_parameters_answer_without_a_failure[before all time]",
        "test_odd_paths_answer_without_a_failure[nul]",
        "test_odd_paths_answer_without_a_failure[long]",
    ),
    # Rotas and histories by chance: each asks with the same statements, and a few ask them of both.
    "tests/clinic/queries/rota/test_one_order.py": tuple(
        f"test_all_who_name_the_people_on_call_name_the_same[{seed}]" for seed in range(3, 8)
    ),
    "tests/clinic/services/outcomes/test_alarm_tallies.py": tuple(
        f"test_count_is_right_whatever_happened_since[{seed}]" for seed in range(2, 4)
    ),
    # It reads the program's text.
    "tests/clinic/services/patients/test_hanging.py": (
        "test_everything_that_sends_says_what_an_event_does_to_it",
    ),
    # The tests beside it ask as often as the limits of both caches need.
    "tests/caregiver/views/account/test_strangers.py": (
        "test_thousand_requests_of_strangers_keep_no_family_out",
    ),
    "tests/clinic/services/paging/test_same_day.py": (
        "test_person_on_shift_then_the_leads_each_once[before opening]",
        "test_person_on_shift_then_the_leads_each_once[evening]",
        "test_person_on_shift_then_the_leads_each_once[before closing]",
        "test_person_on_shift_then_the_leads_each_once[before the weekend]",
    ),
}
# Where tests with a browser or processes are; the others are sought everywhere.
PROCESSES = ("tests/e2e", "tests/faults", "tests/vectors")
# What goes through every address, call, page or language, or loads a whole demo: left to `make test`.
SWEEPS = (
    "tests/architecture/test_access.py",
    "tests/architecture/test_csrf.py",
    "tests/architecture/test_hostile_doors.py",
    "tests/architecture/test_dependencies.py",
    "tests/architecture/test_documents.py",
    "tests/architecture/test_editor.py",
    "tests/architecture/test_headers.py",
    "tests/architecture/test_staff_in_spanish.py",
    "tests/clinic/services/demo",
    "tests/clinic/api/test_schema.py",
    "tests/caregiver/cms/*",
    "tests/caregiver/services/guidance",
    "tests/caregiver/views/guidance",
    "tests/caregiver/test_no_english_left.py",
    "tests/caregiver/test_weight.py",
    "tests/config/test_demo_command.py",
)
# Per cent of lines and branches that tests without browsers reach; held where CI=true. Never lower one.
FLOORS = {
    "clinic/rules": 99.0,
    "clinic/services": 97.5,
    "caregiver/rules": 99.0,
    "caregiver/services": 96.5,
    "notifications/rules": 99.0,
    "notifications/services": 98.5,
}
