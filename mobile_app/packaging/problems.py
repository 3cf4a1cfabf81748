"""What can stop a build of the phone app, once."""

from shared.problems import Kind

font_missing = Kind("phone_font_missing", 500)  # path, package: install the project's npm packages
lock_missing = Kind("phone_lock_missing", 500)  # path
entry_missing = Kind("phone_entry_missing", 500)  # path
node_missing = Kind("phone_node_missing", 500)
program_failed = Kind("phone_program_failed", 500)  # program, code, output: its last lines
runtime_changed = Kind("phone_runtime_changed", 500)  # path, expected: not the pinned Flet
wheel_unusable = Kind("phone_wheel_unusable", 500)  # name
