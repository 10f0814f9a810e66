"""`python3 check.py PROGRAM FOLDER`: holds what `PROGRAM verify` does with each file of FOLDER against `index.json`.

Prints each file that is read as another network than the saved one, that should be read and is not, or whose refusal
does not mention what it should; ends with how many there are of each.
"""

import collections
import concurrent.futures
import json
import pathlib
import subprocess
import sys


def verdict(program, path, entry):
    """(verdict, why) of one file."""
    command = [program, "verify", str(path), "--strategy", "brute-force", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    message = " ".join(done.stderr.split())
    if done.returncode == 0:
        found = int(json.loads(done.stdout)[0]["correct"])
        if entry["right"] == "refuses" or found != entry["truth"]:
            return "ANOTHER NETWORK", f"read as right on {found}, should be {entry['truth'] or 'refused'}"
        return "right", ""
    if done.returncode != 1:
        return "CRASH", f"exit code {done.returncode}: {message}"
    if entry["right"] == "reads":
        return "not read", message
    text = message.replace(str(path), "").lower()
    missing = [m for m in entry["must_mention"] if not any(word.lower() in text for word in m.split("|"))]
    return ("not mentioned", f"{missing} in: {message}") if missing else ("right", "")


if __name__ == "__main__":
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    index = json.loads((folder / "index.json").read_text())
    total = collections.Counter()
    with concurrent.futures.ThreadPoolExecutor() as pool:
        verdicts = pool.map(lambda entry: verdict(program, folder / entry["file"], entry), index)
        for entry, (what, why) in zip(index, verdicts):
            total[what] += 1
            if what != "right":
                print(f"{what}: {entry['file']}: {why[:300]}")
    print(", ".join(f"{count} {what}" for what, count in total.most_common()))
    sys.exit(set(total) != {"right"})
