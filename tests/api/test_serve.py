"""How `kb serve` is told to stop."""

from __future__ import annotations

import signal

import pytest

from api.cli.serve import Stopped, _stopping_in_order


class Cleared:
    """Is told to stop at the very moment at which Python clears it away."""

    def __del__(self) -> None:
        signal.raise_signal(signal.SIGTERM)


def test_signal_unwinds_the_stack() -> None:
    """So that everything that was begun is ended in order."""
    with pytest.raises(Stopped), _stopping_in_order() as asked:
        signal.raise_signal(signal.SIGINT)

    assert asked.is_set()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_signal_while_an_object_is_cleared_away_is_not_lost() -> None:
    """Python drops what is raised there; the service sees afterwards that it was asked to stop."""
    with _stopping_in_order() as asked:
        Cleared()
        after = True

    assert after
    assert asked.is_set()
