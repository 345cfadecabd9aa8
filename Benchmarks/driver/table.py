"""Turns reports into a Markdown table."""

from operator import itemgetter
from statistics import median

BASES = ["floor", "lws"]  # what the others are compared with


def calm(reports):
    """The good reports that nothing disturbed, or all good ones if there are none."""
    good = [report for report in reports if report["good"]]
    return [report for report in good if not report["disturbed"]] or good


def ratio(rounds, name, base, value):
    """The median of the ratios within each round. A ~ marks one that has no calm pair."""
    pairs = [(each[name], each[base]) for each in rounds if name in each and base in each]
    pairs = [pair for pair in pairs if all(report["good"] and value(report) > 0 for report in pair)]
    undisturbed = [pair for pair in pairs if not any(report["disturbed"] for report in pair)]
    if not pairs:
        return "–"
    quotient = median(value(ours) / value(theirs) for ours, theirs in undisturbed or pairs)
    return f"{quotient:.2f}{'' if undisturbed else ' ~'}"


def runs(reports):
    failed = sum(not report["good"] for report in reports)
    disturbed = sum(report["disturbed"] for report in reports)
    words = [str(len(reports))]
    words += [f"{failed} failed"] if failed else []
    words += [f"{disturbed} disturbed"] if disturbed else []
    return ", ".join(words)


def middle(reports, name, factor=1.0):
    return factor * median(report[name] for report in reports)


def load_cells(name, rounds, reports):
    return [
        f"{middle(reports, 'messages_per_second'):,.0f}",
        f"{middle(reports, 'server_us_per_message'):.2f}",
        f"{middle(reports, 'server_user_share', 100):.0f}",
        f"{middle(reports, 'p50_us'):,.0f} / {middle(reports, 'p99_us'):,.0f}",
        f"{middle(reports, 'server_busy'):.2f} / {middle(reports, 'load_busy'):.2f}",
        *(ratio(rounds, name, base, itemgetter("server_us_per_message")) for base in BASES),
    ]


def idle_cells(name, rounds, reports):
    return [
        f"{middle(reports, 'memory_per_connection'):,.0f}",
        f"{middle(reports, 'memory_open', 1 / 2**20):.1f}",
        *(ratio(rounds, name, base, itemgetter("memory_per_connection")) for base in BASES),
    ]


LOAD_HEAD = ["messages/s", "server CPU µs/message", "user %", "p50 / p99 µs", "server / load busy",
             *(f"CPU x {base}" for base in BASES)]
IDLE_HEAD = ["RSS bytes/connection", "RSS of all MiB", *(f"x {base}" for base in BASES)]


def row(cells):
    return "| " + " | ".join(cells) + " |\n"


def table(case, rounds):
    """The heading and table of one case, with an empty line at its end."""
    head, cells_of = (IDLE_HEAD, idle_cells) if case.is_idle else (LOAD_HEAD, load_cells)
    text = f"### {case.name}\n\n{case.meaning[0].upper()}{case.meaning[1:]}.\n\n"
    text += row(["server", *head, "runs"]) + row(["---"] * (len(head) + 2))
    for name in rounds[0]:
        reports = [each[name] for each in rounds]
        usable = calm(reports)
        cells = cells_of(name, rounds, usable) if usable else [reports[0]["failure"], *[""] * (len(head) - 1)]
        text += row([name, *cells, runs(reports)])
    return text + "\n"
