"""`voice-trainer export` and `import`: an attempt travels to the coach as one file, with its consent."""

from __future__ import annotations

from pathlib import Path

import click

from voice_trainer.cli.console import console
from voice_trainer.cli.options import house, person_options, write_file
from voice_trainer.errors import ExitStatus, UsageError
from voice_trainer.exports.bundle import read_bundle, write_bundle
from voice_trainer.practice.attempts import import_attempt


@click.command("export")
@click.argument("attempt_id")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Write over a file that exists.")
@person_options
def export_command(
    attempt_id: str, file: Path | None, force: bool, person: str | None, data_dir: Path | None
) -> int:
    """Write one attempt as one file for the coach.

    FILE then holds the recordings, scores and consent of ATTEMPT_ID.
    """
    home = house(person=person, data_dir=data_dir)
    attempt = home.store.get(attempt_id)
    target = file or Path(f"{attempt.id}.vtattempt")
    if target.exists() and not force:
        raise UsageError("file_exists", f"{target} exists already.", remedy="Name another, or add --force.")
    content = write_bundle(
        attempt,
        blobs=home.blobs,
        consent=home.store.consent(attempt.person),
        review=home.reviews.review(attempt.id),
    )
    write_file(target, content)
    size_mb = len(content) / 1e6
    console().print(f"Wrote {target} ({size_mb:.1f} MB). It holds {attempt.person}'s voice.", markup=False)
    return ExitStatus.DONE


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@person_options
def import_command(file: Path, person: str | None, data_dir: Path | None) -> int:
    """Take over an attempt from a file.

    One that is here already is left as it is; the remarks that a coach added elsewhere are taken over.
    """
    home = house(person=person, data_dir=data_dir)
    try:
        content = file.read_bytes()
    except OSError as error:
        raise UsageError(
            "bundle_unreadable",
            f"{file} cannot be read: {error.strerror or error}.",
            remedy="Check the path.",
        ) from error
    bundle = read_bundle(content)
    remarks = import_attempt(
        bundle.attempt,
        bundle.audio,
        store=home.store,
        blobs=home.blobs,
        reviews=home.reviews,
        review=bundle.review,
        consent=bundle.consent,
    )
    attempt = bundle.attempt
    console().print(f"Took over {attempt.id}: {attempt.person}, “{attempt.scenario.title}”.", markup=False)
    if remarks:
        console().print(f"With it: {remarks} remarks of its coach and agent.")
    return ExitStatus.DONE
