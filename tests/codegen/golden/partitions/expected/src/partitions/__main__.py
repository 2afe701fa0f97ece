# Generated from asyncapi.yaml by topicwire-codegen 0.1. DO NOT EDIT.
"""The command `partitions`; needs `pip install partitions[cli]`."""

from topicwire.command import run


def main() -> None:
    """Run the command with the arguments of the process."""
    run("partitions", generator="0.1.0")


if __name__ == "__main__":
    main()
