"""Contestants that take turns, and what is made of their rounds."""

from streamseg.cli._measuring import Contest, Measured, hold
from streamseg.timing import Spread


def measured(fps, p50=1.0):
    return Measured(fps, {"inference": Spread(count=10, p50=p50, p95=2.0, p99=3.0, maximum=p50 * 4)})


def test_contestants_take_turns_in_reversed_order_every_other_round():
    order = []

    def contestant(name):
        def compete():
            order.append(name)
            return measured(1.0)

        return compete

    turns = []
    contest = hold({name: contestant(name) for name in "abc"}, 3, lambda: turns.append(1))
    assert "".join(order) == "abccbaabc"
    assert len(turns) == 9
    assert {name: len(rounds) for name, rounds in contest.rounds.items()} == {"a": 3, "b": 3, "c": 3}


def test_the_rate_is_the_median_and_the_range_is_said():
    contest = Contest({"bare": [measured(fps) for fps in (20.0, 5.0, 21.0)]})
    assert contest.fps("bare") == 20.0
    assert contest.range_fps("bare") == (5.0, 21.0)


def test_the_ratio_is_taken_within_each_round_so_that_a_machine_that_slows_down_does_not_change_it():
    bare = [measured(fps) for fps in (20.0, 10.0, 5.0)]
    pipeline = [measured(fps) for fps in (18.0, 9.0, 4.5)]
    assert Contest({"bare": bare, "pipeline": pipeline}).ratio("pipeline", "bare") == 0.9


def test_stages_are_medians_over_the_rounds_with_the_overall_count_and_maximum():
    contest = Contest({"bare": [measured(1.0, p50) for p50 in (1.0, 9.0, 2.0)]})
    assert contest.stages("bare") == {"inference": Spread(count=30, p50=2.0, p95=2.0, p99=3.0, maximum=36.0)}
