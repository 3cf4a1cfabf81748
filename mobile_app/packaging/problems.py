"""Everything that can stop a build of the phone app."""

from shared.problems import Kind

font_missing = Kind("phone_font_missing", 500)  # path, package: the npm packages are not installed
lock_missing = Kind("phone_lock_missing", 500)  # path
entry_missing = Kind("phone_entry_missing", 500)  # path
npm_missing = Kind("phone_npm_missing", 500)  # path, package
node_missing = Kind("phone_node_missing", 500)
program_failed = Kind("phone_program_failed", 500)  # program, code, output: the end of its output
runtime_changed = Kind("phone_runtime_changed", 500)  # path, expected: flet-web is not the pinned version
wheel_unusable = Kind("phone_wheel_unusable", 500)  # name
