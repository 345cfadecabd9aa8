"""Turns reports into a Markdown table."""

from operator import itemgetter
from statistics import median

from driver.measuring import is_failed

# what the others are compared with
BASES = ["floor", "lws", "node", "bare", "bare-own", "bare-all", "flask", "node-http", "node-batched", "fixed", "sqlite"]


def bases(rounds):
    return [base for base in BASES if base in rounds[0]]


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
    if not any(report.get("offered", True) for report in reports):
        return "0"
    failed = sum(is_failed(report) for report in reports)
    disturbed = sum(report["disturbed"] for report in reports)
    words = [str(len(reports))]
    words += [f"{failed} failed"] if failed else []
    words += [f"{disturbed} disturbed"] if disturbed else []
    return ", ".join(words)


def middle(reports, name, factor=1.0):
    return factor * median(report[name] for report in reports)


def middle_if_known(reports, name):
    return f"{middle(reports, name):,.0f}" if reports[0].get(name) is not None else "–"


def load_columns(case, rounds):
    """The head of each column, and what makes its cell of a server's name and reports."""
    unit = case.unit
    columns = [
        (f"{unit}s/s", lambda _, reports: f"{middle(reports, 'messages_per_second'):,.0f}"),
        (f"server CPU µs/{unit}", lambda _, reports: f"{middle(reports, 'server_us_per_message'):.2f}"),
        ("user %", lambda _, reports: f"{middle(reports, 'server_user_share', 100):.0f}"),
        ("p50 / p99 µs",
         lambda _, reports: f"{middle(reports, 'p50_us'):,.0f} / {middle(reports, 'p99_us'):,.0f}"),
        ("server / load busy",
         lambda _, reports: f"{middle(reports, 'server_busy'):.2f} / {middle(reports, 'load_busy'):.2f}"),
    ]
    if case.is_chat:
        columns.append(("bytes", lambda _, reports: f"{middle(reports, 'bytes_per_message'):,.0f}"))
    if case.is_chat and case.mode == "fanout" and "--relay" not in case.options:
        columns.insert(-2, ("last receiver p50 / p99 µs", lambda _, reports:
                            f"{middle(reports, 'p50_last_us'):,.0f} / {middle(reports, 'p99_last_us'):,.0f}"))
    if "--relay" in case.options:
        columns.append(("segments, empty", lambda _, reports:
                        f"{middle(reports, 'segments_per_message'):.2f}, "
                        f"{middle(reports, 'empty_segments_per_message'):.2f}"))
    if case.keeps:
        columns.append(("rows/commit", lambda _, reports: middle_if_known(reports, "rows_per_commit")))
    if case.is_compressed:
        columns.append(("answers' size %", lambda _, reports: f"{middle(reports, 'packed_share', 100):.0f}"))
    if case.compares_rates:
        columns += ratio_columns(rounds, f"{unit}s/s x", itemgetter("messages_per_second"))
    return columns + ratio_columns(rounds, "CPU x", itemgetter("server_us_per_message"))


def idle_columns(rounds):
    columns = [
        ("RSS bytes/connection", lambda _, reports: f"{middle(reports, 'memory_per_connection'):,.0f}"),
        ("RSS of all MiB", lambda _, reports: f"{middle(reports, 'memory_open', 1 / 2**20):.1f}"),
    ]
    return columns + ratio_columns(rounds, "x", itemgetter("memory_per_connection"))


def ratio_columns(rounds, word, value):
    return [(f"{word} {base}", lambda name, _, base=base: ratio(rounds, name, base, value))
            for base in bases(rounds)]


def row(cells):
    return "| " + " | ".join(cells) + " |\n"


def table(case, rounds):
    """The heading and table of one case, with an empty line at its end."""
    columns = idle_columns(rounds) if case.is_idle else load_columns(case, rounds)
    text = f"### {case.name}\n\n{case.meaning[0].upper()}{case.meaning[1:]}.\n\n"
    text += row(["server", *(head for head, _ in columns), "runs"]) + row(["---"] * (len(columns) + 2))
    for name in rounds[0]:
        reports = [each[name] for each in rounds]
        usable = calm(reports)
        cells = [cell(name, usable) for _, cell in columns] if usable \
            else [reports[0]["failure"], *[""] * (len(columns) - 1)]
        text += row([name, *cells, runs(reports)])
    return text + "\n"
