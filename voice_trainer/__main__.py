"""`python -m voice_trainer`."""

from voice_trainer.cli.main import run

if __name__ == "__main__":
    run()
