"""Bring the catalogues up to date with the sources, and say what there is to translate.

`python -m tests.translate` writes each catalogue anew: new messages without a translation, near ones marked fuzzy,
messages that are gone dropped; and its compiled form beside it. It prints each message that is untranslated, fuzzy, or
has other places ({name}, {}) than the original, and the captions of lessons that lack a language; then it exits with 1.
`--check` writes nothing, and exits with 1 where the files are not up to date, too.
"""

import argparse
import sys

from tests.translate import catalogue, lessons


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.translate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    given = parser.parse_args()
    said = [fault for path in lessons.FILES for fault in lessons.faults(path)]
    for name, path in catalogue.CATALOGUES.items():
        made = catalogue.merged(name)
        if not given.check:
            catalogue.write(name, made)
        for form, data in ((".po", catalogue.text_of(made)), (".mo", catalogue.compiled(made))):
            if path.with_suffix(form).read_bytes() != data:
                said.append(f"{path.with_suffix(form)} is not up to date")
        said += [f"{name}: {fault}" for fault in catalogue.faults(made)]
        print(f"{name}: {len(made)} messages", file=sys.stderr)
    print("\n".join(said))
    return 1 if said else 0


if __name__ == "__main__":
    raise SystemExit(main())
